"""Who answers: one `openai` client for every mode, and what stands below it.

`model` is what agents call. Below the SDK: `endpoints` (where to), `retries` (again?), `modes` over `recording` and
`misses` (record, replay, stage), `transport` (no key in what comes back); `tally` counts tokens and who answered.
The other way round, `serve` puts the offline model on a port.
"""

from demo_lib.llm.model import Model, ModelError

__all__ = ["Model", "ModelError"]
