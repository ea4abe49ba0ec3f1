"""Items → items: what several words mean together, put plainly before the clauses read it."""
