"""Items → frame: one function a clause, run in order; what none has used is declined by name."""
