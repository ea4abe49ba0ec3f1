"""Tools and structured answers: the next tool, its arguments, and the last word on what came back."""
