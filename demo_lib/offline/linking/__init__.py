"""Tokens → items: which word stands for what of the prompt."""
