"""Which prompt version is better? The same questions, the same tables, one MLflow run a version (slide 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from demo_lib.errors import DemoError
from demo_lib.evaluation.execution_accuracy import same_result
from demo_lib.evaluation.questions import Question
from demo_lib.figures import new_figure
from demo_lib.tracing import annotate, traced
from demo_lib.tracing import setup as set_up_tracing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from demo_lib.workshop import Workshop

Verdict = Literal["right", "declined", "wrong"]
# A list of names needs a column or two more than the gold query has; more would be guessing.
EXTRA_COLUMNS = 2


@dataclass(frozen=True)
class Comparison:
    """What each version made of each question."""

    verdicts: pd.DataFrame
    """One row a question, one column a version: `right`, `declined` or `wrong`. A decline that is wanted is right."""
    run_ids: dict[str, str]
    """The MLflow run of each version."""

    @property
    def accuracy(self) -> pd.DataFrame:
        """One row a version: the share of questions right, declined and wrong, each from 0 to 1."""
        import pandas as pd

        shares = {v: self.verdicts[v].value_counts(normalize=True) for v in self.verdicts}
        return pd.DataFrame(shares).T.reindex(columns=["right", "declined", "wrong"]).fillna(0.0).round(3)

    def changed(self) -> pd.DataFrame:
        """The questions on which the versions differ."""
        return self.verdicts[self.verdicts.nunique(axis=1) > 1]

    def picture(self) -> Figure:
        """One row a question, one column a version: ● right, ○ declined, ✕ wrong."""
        looks: dict[str, dict[str, Any]] = {
            "right": {"marker": "o", "c": "#009E73"},
            "declined": {"marker": "o", "facecolors": "none", "edgecolors": "#666666"},
            "wrong": {"marker": "x", "c": "#D55E00"},
        }
        figure = new_figure(7, 0.9 + 0.27 * len(self.verdicts))
        axes = figure.subplots()
        table = self.verdicts.transpose()
        for verdict, look in looks.items():
            across, down = (table == verdict).to_numpy().nonzero()
            if len(across):
                axes.scatter(across, down, s=90, label=verdict, **look)
        axes.set_xticks(range(len(self.verdicts.columns)), self.verdicts.columns)
        axes.set_yticks(range(len(self.verdicts)), self.verdicts.index)
        axes.set_xlim(-0.6, len(self.verdicts.columns) - 0.4)
        axes.invert_yaxis()
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        figure.legend(ncols=3, loc="outside lower center", frameon=False)
        return figure


def compare_prompts(
    workshop: Workshop, versions: Sequence[str], questions: Sequence[Question], *, progress: bool = True
) -> Comparison:
    """Ask every version the same questions; each version is one MLflow run with its parameters and metrics.

    versions: of the SQL prompt, or its aliases. The tables of each question are the gold ones, so that the
    prompt alone makes the difference. progress: show a bar. Returns a Comparison. Raises ModelError.
    """
    import mlflow
    import pandas as pd
    from tqdm import tqdm

    set_up_tracing(workshop.settings)
    verdicts: dict[str, list[Verdict]] = {}
    runs: dict[str, str] = {}
    steps = tqdm(total=len(versions) * len(questions), unit="question", disable=not progress)
    for version in versions:
        steps.set_description(f"prompt {version}")
        with mlflow.start_run(run_name=f"prompt {version}") as run:
            mlflow.log_params(
                {"prompt_version": version, "model": workshop.settings.model_id, "questions": len(questions)}
            )
            found = [_advance(steps, _verdict(workshop, version, q)) for q in questions]
            mlflow.log_metrics({"accuracy": _share(found, "right"), "declined": _share(found, "declined"),
                                "wrong": _share(found, "wrong")})  # fmt: skip
            verdicts[version], runs[version] = found, run.info.run_id
    steps.close()
    return Comparison(pd.DataFrame(verdicts, index=[q.question for q in questions]), runs)


def _advance(steps: Any, verdict: Verdict) -> Verdict:
    steps.update()
    return verdict


def _share(found: Iterable[Verdict], verdict: Verdict) -> float:
    given = list(found)
    return given.count(verdict) / len(given) if given else 0.0


@traced("evaluate_question", "AGENT")
def _verdict(workshop: Workshop, version: str, question: Question) -> Verdict:
    """One question under one version, in a trace of its own: what the evaluation did can be looked up too."""
    agent = replace(workshop.sql_agent, prompt_version=version)
    context = question.gold_tables or tuple(workshop.policies[question.database].tables)
    draft = agent.generate_query(question.question, context=context, database=question.database)
    if draft.sql is None:
        verdict: Verdict = "right" if question.expect == "decline" else "declined"
    else:
        verdict = "right" if agrees(workshop, question, draft.sql) else "wrong"
    annotate(question=question.id, prompt_version=version, verdict=verdict, note=verdict)
    return verdict


def agrees(workshop: Workshop, question: Question, sql: str) -> bool:
    """Whether the query's rows are the gold ones; a query that fails, or should not exist, does not agree."""
    if question.expect == "decline":
        return False
    try:
        result = workshop.execute_sql(sql, question.database)
    except DemoError:
        return False
    rows = workshop.results.get(result["result_id"]).table
    return any(
        same_result(rows, gold, ordered=question.ordered, extra_columns=EXTRA_COLUMNS)
        for gold in question.golds(workshop)
    )
