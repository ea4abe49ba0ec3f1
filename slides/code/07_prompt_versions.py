"""Slide 7: two prompt versions, one MLflow run each, and an accuracy that is measured."""

import mlflow

from demo_lib import Workshop
from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.questions import load

workshop = Workshop()
questions = load(lesson=True)[::6]  # every sixth, as on stage

# slide: two runs
# one MLflow run a version: parameters and metrics
compared = compare_prompts(
    workshop, ["v1.0", "v2.0"], questions)

for version, run_id in compared.run_ids.items():
    run = mlflow.get_run(run_id).data
    print(version, run.params["model"],
          f"accuracy {run.metrics['accuracy']:.2f}")
# slide: end
