"""Appendix: MLflow in a few lines."""

from demo_lib import Workshop
from demo_lib.tracing import setup

workshop = Workshop()
setup(workshop.settings)
client, sql_agent = workshop.model.client, workshop.sql_agent

# slide: setup
import mlflow

# mlflow.set_tracking_uri("http://localhost:5000")  # a server; default: a file
mlflow.openai.autolog()  # each model call becomes a span

@mlflow.trace(name="my_agent", span_type="AGENT")
def generate_sql(question, context):
    return sql_agent.generate_query(question, context=context).sql

print(generate_sql("How many stores are there?", ["stores"]))
trace = mlflow.get_trace(mlflow.get_last_active_trace_id())
print(" → ".join(span.name for span in trace.data.spans))
# slide: end
