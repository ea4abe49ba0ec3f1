"""The exercises' graders, a module a notebook. They look at result rows and trace facts, never at wording."""
