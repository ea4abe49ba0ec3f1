"""Slide 11: a new agent is a schema, a function and one line."""

import mlflow

from demo_lib import Workshop
from demo_lib.agents.data_quality import quality_report

workshop = Workshop()
agent_registry, today = workshop.registry, workshop.today

# slide: register
data_quality_tool = {"type": "function", "function": {      # 1 define
    "name": "check_data_quality",
    "description": "Validate query results for anomalies",
    "parameters": {"type": "object", "properties": {
        "data": {"type": "array"}, "checks": {"type": "array"}}}}}

@mlflow.trace                                               # 2 implement
def check_data_quality(data, checks):
    return quality_report(data, checks, today)
agent_registry.register(                                    # 3 register
    "data_quality", check_data_quality, data_quality_tool)
# slide: end

answer = workshop.ask("Total sales by day in 2024, and check the data quality of the result")
tools = [span.name for span in mlflow.get_trace(answer.trace_id).search_spans(span_type="TOOL")]
print(" → ".join(tools))
