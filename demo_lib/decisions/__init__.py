""""Why did the agent make this decision?" (slide 2), answered from its trace alone; nothing is run again."""

from demo_lib.decisions.compared import Difference, TraceDiff, trace_diff
from demo_lib.decisions.decided import Decision, decisions
from demo_lib.decisions.shown import Why, why

__all__ = ["Decision", "Difference", "TraceDiff", "Why", "decisions", "trace_diff", "why"]
