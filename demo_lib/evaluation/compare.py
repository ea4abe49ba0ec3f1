"""Which prompt version is better? The same questions, the same tables, one MLflow run a version (slide 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from demo_lib import prompts
from demo_lib.errors import UsageError
from demo_lib.evaluation.mcnemar import McNemar, mcnemar
from demo_lib.evaluation.questions import Question
from demo_lib.evaluation.trial import Verdict, check_fit, try_prompt
from demo_lib.figures import new_figure
from demo_lib.tracing import setup as set_up_tracing

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from demo_lib.workshop import Workshop

VERDICTS: tuple[Verdict, ...] = ("right", "declined", "wrong")


@dataclass(frozen=True)
class Comparison:
    """What each version made of each question."""

    verdicts: pd.DataFrame
    """One row a question, one column a version: `right`, `declined` or `wrong`. A decline that is wanted is right."""
    run_ids: dict[str, str]
    """The MLflow run of each version."""
    trace_ids: dict[str, list[str]] = field(default_factory=dict)
    """The trace of each question under each version, in the questions' order."""

    @property
    def accuracy(self) -> pd.DataFrame:
        """One row a version: the share of questions right, declined and wrong, each from 0 to 1."""
        import pandas as pd

        shares = {v: self.verdicts[v].value_counts(normalize=True) for v in self.verdicts}
        return pd.DataFrame(shares).T.reindex(columns=[*VERDICTS]).fillna(0.0).round(3)

    def changed(self) -> pd.DataFrame:
        """The questions on which the versions differ."""
        return self.verdicts[self.verdicts.nunique(axis=1) > 1]

    def mcnemar(self, first: str, second: str) -> McNemar:
        """Whether the difference between two of the versions may be chance."""
        return mcnemar(first, self.verdicts[first] == "right", second, self.verdicts[second] == "right")

    def as_json(self) -> dict[str, Any]:
        """As `ab --json` prints it; `mcnemar` is there for two versions."""
        versions = [str(v) for v in self.verdicts]
        test = self.mcnemar(*versions) if len(versions) == 2 else None
        return {
            "questions": len(self.verdicts),
            "accuracy": self.accuracy.to_dict("index"),
            "mcnemar": test and asdict(test) | {"discordant": test.discordant, "in_words": test.in_words},
            "changed": [{"question": q} | dict(verdicts) for q, verdicts in self.changed().iterrows()],
            "run_ids": self.run_ids,
        }

    def __str__(self) -> str:
        """As `ab` prints it: shares, McNemar's test where there are two versions, and the questions that changed."""
        versions, changed = [str(v) for v in self.verdicts], self.changed()
        shares = self.accuracy.map("{:.1%}".format)
        shares["MLflow run"] = [self.run_ids.get(v, "") for v in versions]
        lines = [f"{len(self.verdicts)} questions, the same under each prompt:", shares.to_string(), ""]
        if len(versions) == 2:
            lines += [str(self.mcnemar(*versions)), ""]
        lines.append(f"They differ on {len(changed)} of them{':' if len(changed) else '.'}")
        lines += [
            f"  {' → '.join(f'{v:8}' for v in row)}  {q}"
            for q, row in zip(changed.index, changed.to_numpy(), strict=True)
        ]
        return "\n".join(lines)

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
    """Ask every version the same questions; each version is one MLflow run with its prompt, parameters and metrics.

    versions: of the SQL prompt: names, numbers in MLflow's registry, or aliases. The tables of each question are the
    gold ones, so that the prompt alone makes the difference. progress: show a bar.
    Returns a Comparison. Raises UsageError for an unknown version or one named twice, and ModelError.
    """
    import mlflow
    import pandas as pd
    from tqdm import tqdm

    set_up_tracing(workshop.settings)
    registered = {version: prompts.find(version) for version in versions}  # before the first run is opened
    if len(registered) < len(versions):
        raise UsageError(f"Compare different versions: {', '.join(versions)} names one twice.")
    check_fit(workshop, questions)
    verdicts: dict[str, list[Verdict]] = {}
    runs: dict[str, str] = {}
    traces: dict[str, list[str]] = {}
    with tqdm(total=len(versions) * len(questions), unit="question", disable=not progress) as steps:
        for version, known in registered.items():
            steps.set_description(f"prompt {version}")
            # what is loaded while the run is open is linked to it: the run's page leads to the prompt
            with mlflow.start_run(run_name=f"prompt {version}", description=known.prompt.description) as run:
                params = {"prompt_version": version, "model": workshop.settings.model_id, "questions": len(questions)}
                mlflow.log_params(params | {"prompt_registry_version": known.number})
                trials = []
                for question in questions:
                    trials.append(try_prompt(workshop, version, question))
                    steps.update()
                found = [t.verdict for t in trials]
                mlflow.log_metrics({"accuracy": _share(found, "right"), "declined": _share(found, "declined"),
                                    "wrong": _share(found, "wrong")})  # fmt: skip
            verdicts[version], runs[version] = found, run.info.run_id
            traces[version] = [t.trace_id for t in trials]
    return Comparison(pd.DataFrame(verdicts, index=[q.question for q in questions]), runs, traces)


def _share(found: Sequence[Verdict], verdict: Verdict) -> float:
    return found.count(verdict) / len(found) if found else 0.0
