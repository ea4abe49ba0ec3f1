"""The visualization agent: picks a chart for the shape of a result and draws it. It runs no code of a model's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from demo_lib.agents.results import ResultStore
from demo_lib.errors import UsageError
from demo_lib.figures import new_figure
from demo_lib.tracing import annotate, traced

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Kind = Literal["auto", "bar", "line", "scatter", "number"]

MOST_BARS = 30
BLUE = "#0072B2"


@dataclass(frozen=True)
class VisualizationAgent:
    """Draws results that are in the store; the model names one, it never sends rows or code."""

    results: ResultStore

    def create_chart(self, result_id: str, kind: Kind) -> dict[str, Any]:
        """Draw a chart of a result. Only where the user asks for a chart, plot, graph or picture.

        Args:
            result_id: the id of the result to draw
            kind: the kind of chart; auto chooses by the shape of the result
        """
        result = self.results.get(result_id)
        return {"result_id": result_id, "chart": self._draw(result_id, result.table, kind)}

    @traced("visualization", "AGENT")
    def _draw(self, result_id: str, table: pd.DataFrame, kind: Kind) -> str:
        suits = choose_chart(table)  # also where a kind was named: it refuses what cannot be drawn
        fits = kind != "auto" and (kind != "scatter" or len(_numbers(table)) > 1)
        chosen = kind if fits else suits
        figure = new_figure(8, 4.5)
        _PAINTERS[chosen](figure.subplots(), table)
        if chosen != "number":
            figure.suptitle(_title(table))
        self.results.keep_chart(result_id, figure)
        annotate(chart=chosen, note=chosen)
        return chosen


def choose_chart(table: pd.DataFrame) -> Kind:
    """The chart that suits the result: one value → number; over time → line; by category → bar; two measures
    → scatter. Raises UsageError where there is nothing to draw."""
    numbers = _numbers(table)
    if table.empty or not numbers:
        raise UsageError("There is nothing to draw: the result has no rows or no numbers.")
    if len(table) == 1 and len(table.columns) == 1:
        return "number"
    labels = [c for c in table.columns if c not in numbers]
    first = str(table.columns[0]).lower()
    if any(_is_time(table, c) for c in labels) or (first in _PERIODS and len(table) > 2):
        return "line"
    if labels or first in _PERIODS or len(numbers) == 1:
        return "bar"
    return "scatter"


_PERIODS = {"year", "quarter", "month", "week", "day", "date"}


def _numbers(table: pd.DataFrame) -> list[Any]:
    import pandas as pd

    def numeric(column: pd.Series) -> bool:
        if pd.api.types.is_bool_dtype(column):
            return False
        return pd.api.types.is_numeric_dtype(column) or bool(
            len(column.dropna())
            and pd.to_numeric(column.dropna(), errors="coerce").notna().all()
            and not column.dropna().map(lambda v: isinstance(v, str)).any()
        )

    return [c for c in table.columns if numeric(table[c])]


def _is_time(table: pd.DataFrame, column: Any) -> bool:
    import pandas as pd

    values = table[column].dropna()
    return pd.api.types.is_datetime64_any_dtype(values) or bool(
        len(values) and values.map(lambda v: hasattr(v, "isoformat")).all()
    )


def _axes_of(table: pd.DataFrame) -> tuple[list[str], list[Any]]:
    """Labels for one axis (the first columns) and the measures for the other."""
    numbers = _numbers(table)
    if table.columns[0] in numbers and len(numbers) > 1:  # a year or a month number leads
        numbers = [c for c in numbers if c != table.columns[0]]
    labels = [c for c in table.columns if c not in numbers]
    if not labels:
        return [str(i + 1) for i in range(len(table))], numbers
    texts = [" · ".join(_text(v) for v in row) for row in table[labels].itertuples(index=False)]
    if len(labels) == 1 and _is_time(table, labels[0]) and all(t.endswith("-01") for t in texts):
        texts = [t.removesuffix("-01") for t in texts]  # months
    return texts, numbers


def _text(value: Any) -> str:
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    return "—" if value is None else str(value)


def _bar(axes: Axes, table: pd.DataFrame) -> None:
    shown = table.head(MOST_BARS)
    labels, measures = _axes_of(shown)
    height = 0.8 / len(measures)
    for i, measure in enumerate(measures):
        places = [y + i * height for y in range(len(labels))]
        colour = BLUE if i == 0 else f"C{i}"
        bars = axes.barh(places, shown[measure].astype(float), height, label=_human(measure), color=colour)
        if len(measures) == 1 and len(labels) <= 12:
            axes.bar_label(bars, fmt="{:,.6g}", padding=3, fontsize=9)
    axes.set_yticks([y + 0.4 - height / 2 for y in range(len(labels))], labels)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    _finish(axes, measures, value_axis="x")
    if len(table) > MOST_BARS:
        axes.set_title(f"The first {MOST_BARS} of {len(table):,}", fontsize=10)


def _line(axes: Axes, table: pd.DataFrame) -> None:
    labels, measures = _axes_of(table)
    for i, measure in enumerate(measures):
        colour = BLUE if i == 0 else f"C{i}"
        axes.plot(range(len(labels)), table[measure].astype(float), marker="o", label=_human(measure), color=colour)
    step = max(1, len(labels) // 12)
    axes.set_xticks(range(0, len(labels), step), labels[::step], rotation=30, ha="right")
    _finish(axes, measures, value_axis="y")


def _scatter(axes: Axes, table: pd.DataFrame) -> None:
    across, up = _numbers(table)[:2]
    axes.scatter(table[across].astype(float), table[up].astype(float), color=BLUE, alpha=0.7)
    axes.set_xlabel(_human(across))
    _finish(axes, [up], value_axis="y")


def _number(axes: Axes, table: pd.DataFrame) -> None:
    axes.axis("off")
    value = format(cast("float", table.iloc[0, 0]), ",.6g")
    axes.text(0.5, 0.55, value, ha="center", va="center", fontsize=44, color=BLUE)
    axes.text(0.5, 0.25, _human(table.columns[0]), ha="center", va="center", fontsize=14)


def _finish(axes: Axes, measures: list[Any], value_axis: Literal["x", "y"]) -> None:
    from matplotlib.ticker import StrMethodFormatter

    (axes.xaxis if value_axis == "x" else axes.yaxis).set_major_formatter(StrMethodFormatter("{x:,.6g}"))
    if len(measures) == 1:
        (axes.set_xlabel if value_axis == "x" else axes.set_ylabel)(_human(measures[0]))
    else:
        axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)


def _title(table: pd.DataFrame) -> str:
    numbers = _numbers(table)
    labels = [c for c in table.columns if c not in numbers] or list(table.columns[:1])
    measures = [c for c in numbers if c not in labels]
    by = ", ".join(map(_human, labels))
    return f"{', '.join(map(_human, measures))} by {by}" if measures else by


def _human(name: Any) -> str:
    return str(name).replace("_", " ")


_PAINTERS = {"bar": _bar, "line": _line, "scatter": _scatter, "number": _number}
