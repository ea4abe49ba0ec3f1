"""What a prompt says: its schema, its glossary, and the vocabulary of every name in them."""
