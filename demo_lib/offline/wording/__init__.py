"""Tokens → tokens: what is said in a roundabout way put plainly, where the prompt knows the nouns in it."""
