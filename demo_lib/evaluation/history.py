"""Past evaluations out of MLflow: is it getting better, and what does that cost?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo_lib.errors import DemoError
from demo_lib.evaluation.evaluate import KIND
from demo_lib.figures import new_figure

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FIGURES = {"accuracy": "accuracy", "latency_p50": "latency, p50 (s)", "usd": "cost (US$)"}


def history(most: int = 50) -> pd.DataFrame:
    """The newest evaluations, oldest first, at most so many.

    Returns one row a run: started, model, prompt, questions, accuracy, hallucination_rate, latency_p50 and latency_p95
    (seconds), usd, run_id. Raises DemoError where there is none.
    """
    import mlflow
    import pandas as pd

    from demo_lib.tracing import ensure_setup

    ensure_setup()
    runs = mlflow.search_runs(
        filter_string=f"tags.`demo.kind` = '{KIND}' AND attributes.status = 'FINISHED'", max_results=most
    )
    if runs.empty:
        raise DemoError("There is no evaluation yet. Make one: python -m demo_lib evaluate")
    columns = {
        "start_time": "started", "params.answered_by": "model", "params.demo.prompt": "prompt",
        "params.questions": "questions", "metrics.accuracy": "accuracy",
        "metrics.hallucination_rate": "hallucination_rate", "metrics.latency_p50": "latency_p50",
        "metrics.latency_p95": "latency_p95", "metrics.usd": "usd", "run_id": "run_id",
    }  # fmt: skip
    found = runs.reindex(columns=list(columns)).rename(columns=columns).sort_values("started", ignore_index=True)
    return found.astype({"questions": int}).assign(started=pd.to_datetime(found["started"]).dt.floor("s"))


def picture(runs: pd.DataFrame) -> Figure:
    """Accuracy, latency and cost over the runs of `history`, a line for each model and prompt."""
    figure = new_figure(8, 5.5)
    for axes, (column, label) in zip(figure.subplots(len(FIGURES), sharex=True), FIGURES.items(), strict=True):
        for (model, prompt), of_one in runs.groupby(["model", "prompt"]):
            axes.plot(of_one.index + 1, of_one[column], marker="o", label=f"{model}, {prompt}")
        axes.set_ylabel(label)
        axes.set_ylim(0, 1.05 if column == "accuracy" else 1.1 * runs[column].max() or None)
        axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("evaluation, oldest first")
    axes.set_xticks(runs.index + 1)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, ncols=3, loc="outside upper center", frameon=False)
    return figure
