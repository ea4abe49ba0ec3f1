"""The errors that a person is meant to read: one sentence saying what to do next, no traceback."""


class DemoError(Exception):
    """Something failed (exit status 1). The message names the remedy and holds no secret."""

    exit_status = 1

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in the place of a traceback: the sentence (IPython asks for this by name)."""
        return [f"{type(self).__name__}: {self}"]


class UsageError(DemoError):
    """The request itself is off: an empty question, an unknown setting, a wrong option (exit status 2)."""

    exit_status = 2
