"""Graders of 02_rag_pipeline."""

from __future__ import annotations

import functools
import re
from typing import Any

from demo_lib.exercises.grading import is_blank, not_yet, right
from demo_lib.retrieval.catalog import Catalog
from demo_lib.retrieval.glossary import Glossary
from demo_lib.retrieval.index import TableIndex
from demo_lib.settings import DATA_DIR


def check_exercise_1(question: Any) -> None:
    """A question that finds `maintenance_orders` first, without its name."""
    if is_blank(question):
        return not_yet('Put your question in the place of the ..., in quotes: my_question = "Which …"')
    if not isinstance(question, str):
        return not_yet(f"This wants a question as text, in quotes; it got {type(question).__name__}.")
    given = [word for word in ("maintenance", "order") if word in question.lower()]
    if given:
        return not_yet(f"That uses the table's own name ({', '.join(given)}). Say what it holds instead.")
    found = [hit.table for hit in _index().search(question, 5)]
    if "maintenance_orders" not in found:
        return not_yet(f"That finds {', '.join(found[:3]) or 'nothing'}. Use more words of the table's description.")
    if found[0] != "maintenance_orders":
        return not_yet(f"Close: it comes in place {found.index('maintenance_orders') + 1}, after {found[0]}. "
                       "Which of your words belong to that table? Leave them out.")  # fmt: skip
    right("Retrieval matches the words of a document, so documents must speak as users do.")


def check_exercise_2(line: Any) -> None:
    """A glossary line that leads `gear` to `it_assets`."""
    if is_blank(line):
        return not_yet('Put a glossary line in the place of the ..., in quotes: my_line = "- gear: …"')
    if not isinstance(line, str):
        return not_yet(f"This wants one line as text, in quotes; it got {type(line).__name__}.")
    glossary = Glossary.from_text(line.strip())
    if not glossary.terms:
        return not_yet("That is no term of a glossary. The form is: - word (synonyms): SQL, with a dash in front.")
    if not any("gear" in term.names for term in glossary.terms):
        return not_yet("The line does not define the word gear. The word comes between the dash and the colon.")
    if "it_assets." not in line:
        return not_yet("The definition names no column of it_assets. Write it as it_assets.some_column.")
    real = [c.name for c in _catalog().tables["it_assets"].columns]
    for column in re.findall(r"\bit_assets\.(\w+)", line):
        if column not in real:
            return not_yet(f"it_assets has no column {column}. It has: {', '.join(real)}.")
    first = TableIndex(_catalog(), glossary).search("How much gear do we have?", 3)[0]
    if first.table != "it_assets":
        return not_yet(f"{first.table} still comes first. Define gear over one table only.")
    right(f"It came first because {first.why}: one line, no retraining.")


@functools.cache
def _catalog() -> Catalog:
    return Catalog.from_file(DATA_DIR / "catalog.yaml")


@functools.cache
def _index() -> TableIndex:
    return TableIndex(_catalog(), Glossary.from_file(DATA_DIR / "glossary.md"))
