"""What is listed behind `with` names columns, whatever else the words could mean: `with number, owner and total`."""

from __future__ import annotations

from ..english.words import name_words
from ..frame import Readings
from ..prompt.vocabulary import Reading
from ..reader import Reader

BARE = {"number", "numbers", "count", "total", "sum"}


def column_lists(reader: Reader) -> None:
    """Read a bare `number` or `total` among what is shown of some rows as their column that ends so."""
    for i in reader.find("with"):
        rows = next((reader.items[k].of("table") for k in range(i - 1, -1, -1) if reader.has(k, "table")), ())
        if len([k for k in range(i + 1, len(reader)) if _begins(reader, k, i)]) < 2:
            continue
        for k in reader.find("count", "sum"):
            item = reader.items[k]
            alone = reader.item(k + 1) is None or reader.items[k + 1].tokens[0].breaks or reader.is_(k + 1, "and")
            summed = reader.is_(k + 1, "and") and reader.is_(k + 2, "sum", "avg", "median")
            if k < i or item.words not in BARE or not _begins(reader, k, i) or not alone or summed:
                continue
            if columns := _ending(reader, rows, item.tokens[-1].stem):
                item.kind, item.readings = "link", columns
            elif reader.item(k + 1) and reader.items[k + 1].tokens[0].breaks:
                item.kind = "word"  # a number of nothing


def _begins(reader: Reader, k: int, start: int) -> bool:
    """Whether something of its own begins there: behind `with`, `and`, or a comma."""
    return k == start + 1 or reader.is_(k - 1, "and") or reader.items[k].tokens[0].breaks


def _ending(reader: Reader, rows: Readings, last: str) -> Readings:
    """The one column of these rows whose name ends with a word."""
    tables = reader.known.prompt.schema.tables
    for row in rows[:1]:
        columns = [c for c in tables[row.table].columns if name_words(c.name)[-1:] == (last,)]
        if len(columns) == 1 and columns[0].kind != "key":
            return (Reading("column", row.table, 1.0, columns[0]),)
    return ()
