"""A picture of where the embedder puts the tables, and where a question lands among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from demo_lib.figures import new_figure
from demo_lib.retrieval.documents import table_text
from demo_lib.retrieval.index import TableIndex

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's colours, told apart by colour-blind eyes; each comes back with another mark
COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999"]
# text stands over other tables' points
BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}
MARKS = ["o", "s", "^", "D"]


def table_map(index: TableIndex, question: str, k: int = 5) -> Figure:
    """Draw all tables in two dimensions, coloured by domain, with the question as a star and its `k` hits named.

    The many dimensions of the embedding are folded into two by t-SNE (van der Maaten and Hinton, JMLR 2008),
    which keeps neighbours together; distances further away mean nothing. Same input, same picture.
    """
    import numpy as np
    from sklearn.manifold import TSNE

    from demo_lib.retrieval.embedder import HashedNgrams

    tables = list(index.catalog.tables.values())
    vectors = np.array(HashedNgrams().get_text_embedding_batch([question, *map(table_text, tables)]))
    folded = TSNE(
        metric="cosine",
        method="exact",
        init="random",
        random_state=0,
        perplexity=min(15.0, len(tables) / 3),
        max_iter=500,
    ).fit_transform(vectors)
    star, places = folded[0], dict(zip((t.name for t in tables), folded[1:], strict=True))
    figure = new_figure(10, 6.5)
    axes = figure.subplots()
    for i, domain in enumerate(dict.fromkeys(t.domain for t in tables)):
        points = np.array([places[t.name] for t in tables if t.domain == domain])
        colour, mark = COLOURS[i % len(COLOURS)], MARKS[i // len(COLOURS) % len(MARKS)]
        axes.scatter(points[:, 0], points[:, 1], s=36, alpha=0.8, label=domain or "tables", color=colour, marker=mark)
    found = sorted((hit.table for hit in index.search(question, k)), key=lambda table: places[table][1])
    for i, table in enumerate(found):  # from below: of two that lie together one is named below, one above
        x, y = places[table]
        axes.plot([star[0], x], [star[1], y], color="#444444", lw=0.8, zorder=0)
        above = 6 if i % 2 else -15
        axes.annotate(table, (x, y), xytext=(6, above), textcoords="offset points", weight="bold", bbox=BEHIND)
    axes.scatter(star[0], star[1], s=320, marker="*", color="black", zorder=3)
    axes.set_title(f"★ {question}", fontsize="large", style="italic", loc="left")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    figure.legend(loc="outside right center", frameon=False, fontsize="small")
    return figure
