"""What the presenter needs around the talk: preflight, reset, the demo end to end, the trace store."""
