"""How right is right: execution accuracy, and what is measured with it."""
