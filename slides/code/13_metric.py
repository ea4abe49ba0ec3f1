"""Slide 13: accuracy as we count it, by rows and not by words."""

import mlflow

from demo_lib import Workshop
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.questions import load
from demo_lib.tracing import setup

workshop = Workshop()
setup(workshop.settings)
question = next(q for q in load() if q.question == "What were total sales last quarter?")

# slide: metric
with mlflow.start_run(run_name=question.id):
    answer = workshop.ask(question.question)
    right = any(same_result(answer.table, gold, ordered=question.ordered)
                for gold in question.golds(workshop))  # rows, not words
    mlflow.log_metric("accuracy", right)
    mlflow.log_metric("latency_ms", answer.latency_ms)
# slide: end
print("right" if right else "wrong")
