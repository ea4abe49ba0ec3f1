"""The figures of the retrieval benchmark as Markdown tables and as a plot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from demo_lib.figures import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OURS_COLOUR, SLIDE_COLOUR, OTHER_COLOUR = "#0b6e4f", "#d1495b", "#9aa5ad"
LINES = {
    "slide 8 in LlamaIndex's own store": "#8d5a97",
    "ours": OURS_COLOUR,
    "slide 8, hashed n-grams": SLIDE_COLOUR,
    "TF-IDF": "#5b7c99",
    "BM25, default tokens": "#e09f3e",
}
"""Who is drawn by size, and in which colour; the slowest first, as the lines lie."""
INCHES, DPI, POINTS = (16, 9), 120, 17
"""Of the plot: 1920 by 1080 pixels, letters for the back row."""


def tables(found: dict[str, Any]) -> str:
    """The figures as Markdown tables."""
    return "\n".join(line for lines in (_recall(found), _sizes(found)) for line in lines).rstrip() + "\n"


def _recall(found: dict[str, Any]) -> Iterator[str]:
    titles = {
        "development": "{} questions by others over 110 tables",
        "kit": "The kit's own questions: {} wordings over 122 tables",
    }
    heads = ["recall@3", "recall@5", "recall@10", "all gold@5", "all gold@10"]
    heads += ["index, s", "ms a query, median", "p95", "peak MB"]
    for part, title in titles.items():
        if part not in found:
            continue
        yield from ("## " + title.format(found[part]["questions"]), "", *_head(heads))
        for name, f in found[part]["contestants"].items():
            if isinstance(f, str):
                yield _row(name, [f, *[""] * (len(heads) - 1)])
                continue
            shares = [f["recall"][k] for k in (3, 5, 10)] + [f["all gold"][k] for k in (5, 10)]
            yield _row(name, [*(f"{100 * s:.1f}" for s in shares), *_costs(f)])
        yield ""


def _sizes(found: dict[str, Any]) -> Iterator[str]:
    for size, part in found.get("sizes", {}).items():
        heads = ["recall@5", "all gold@10", "index, s", "ms a query, median", "p95", "peak MB"]
        yield from (f"## The same questions over {size:,} tables", "", *_head(heads))
        for name, f in part["contestants"].items():
            if isinstance(f, str):
                yield _row(name, [f, *[""] * (len(heads) - 1)])
            else:
                yield _row(name, [f"{100 * f['recall'][5]:.1f}", f"{100 * f['all gold'][10]:.1f}", *_costs(f)])
        yield ""


def _costs(f: dict[str, Any]) -> list[str]:
    peak = "" if f["peak_mb"] is None else f"{f['peak_mb']:,}"
    return [f"{f['index_s']:,.2f}", f"{f['ms']['median']:,.1f}", f"{f['ms']['p95']:,.1f}", peak]


def _head(columns: list[str]) -> tuple[str, str]:
    return "| | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def plot(found: dict[str, Any]) -> Figure:
    """recall@5 of each contestant as bars; the time of a query and of the index by size as lines."""
    import matplotlib

    with matplotlib.rc_context({"font.size": POINTS, "axes.spines.top": False, "axes.spines.right": False}):
        figure = new_figure(*INCHES)
        grid = figure.add_gridspec(3, 2, height_ratios=(1, 1, 0.6), width_ratios=(1.25, 1))
        _bars(figure.add_subplot(grid[:, 0]), found["development"]["contestants"])
        above, below, names = (figure.add_subplot(grid[row, 1]) for row in range(3))
        _by_size(above, found["sizes"], "Milliseconds a query, median", lambda f: f["ms"]["median"])
        _by_size(below, found["sizes"], "Seconds to index", lambda f: f["index_s"])
        names.legend(*above.get_legend_handles_labels(), loc="center left", frameon=False, borderaxespad=0)
        names.axis("off")
        return figure


def _bars(axes: Axes, contestants: dict[str, Any]) -> None:
    shares = {name: 100 * f["recall"][5] for name, f in contestants.items() if isinstance(f, dict)}
    names = sorted(shares, key=lambda n: shares[n])
    colours = [{"ours": OURS_COLOUR, "slid": SLIDE_COLOUR}.get(n[:4], OTHER_COLOUR) for n in names]
    bars = axes.barh(names, [shares[n] for n in names], color=colours)
    axes.bar_label(bars, fmt="%.0f %%", padding=5)
    axes.set_xlim(0, 114)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_title("Tables found among the first five (recall@5)\n170 questions by others, 110 tables", loc="left")


def _by_size(axes: Axes, sizes: dict[int, Any], title: str, of: Any) -> None:
    for name, colour in LINES.items():
        points = {size: of(f) for size, part in sizes.items() if isinstance(f := part["contestants"].get(name), dict)}
        width = 4 if name == "ours" else 2.5
        name = name.replace("slide 8, hashed n-grams", "slide 8")
        axes.plot(list(points), list(points.values()), "o-", color=colour, lw=width, ms=8, label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(list(sizes), [f"{size:,}" for size in sizes])
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,g}")
    axes.grid(axis="y", alpha=0.3)
    axes.set_title(title, loc="left")
    axes.set_xlabel("tables", labelpad=0)
