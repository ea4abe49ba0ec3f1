"""The offline model was tuned on sets of questions. It must hold none of them: no question, no name of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo_lib.evaluation.questions import load
from demo_lib.offline.english.lexicon import DAYS, MONTHS
from demo_lib.offline.english.proper_nouns import country, homeland
from demo_lib.offline.prompt.ddl import read_schema
from demo_lib.offline.usage import count
from demo_lib.retrieval.catalog import Catalog
from demo_lib.settings import DATA_DIR, PROJECT_ROOT

HOME = PROJECT_ROOT / "demo_lib" / "offline"
OFFLINE = {str(p.relative_to(HOME)): p.read_text(encoding="utf-8") for p in HOME.rglob("*.py")}
OUR_SETS = PROJECT_ROOT / "tests" / "data" / "questions"
OUR_SCHEMAS = PROJECT_ROOT / "tests" / "data" / "schemas"
MET_LATER = PROJECT_ROOT / "tests" / "data" / "first_contact"
FRESH = PROJECT_ROOT / "tests" / "data" / "fresh"
OTHERS = PROJECT_ROOT.parent / "shared" / "bench" / "retrieval"
EVERYDAY = {"id", "at", "on", "by", "in", "of", "to", "is", "no", "up", *DAYS, *MONTHS}
SHORT_FORMS = {"bldg"}  # in every dictionary of abbreviations, and in ours before a schema came that has it
SHORTEST = 4  # words; `total revenue` and `how many customers` are everybody's


def questions() -> Iterator[str]:
    for q in load():
        yield from (q.question, *q.wordings)
    ours = [*OUR_SETS.glob("*.jsonl"), *OUR_SCHEMAS.glob("*.jsonl"), *MET_LATER.rglob("*.jsonl")]
    for file in [*ours, *FRESH.glob("*.jsonl"), *OTHERS.glob("questions.jsonl")]:
        for line in file.read_text(encoding="utf-8").splitlines():
            asked = json.loads(line)
            yield from (asked["question"], *asked.get("wordings", []))


def names() -> Iterator[str]:
    """Tables, columns and listed values of the kit, of the development databases, and of the outside set."""
    for table in Catalog.from_file(DATA_DIR / "catalog.yaml").tables.values():
        yield table.name
        for column in table.columns:
            yield from (column.name, *column.values)
    for file in [OUR_SETS / "schema.sql", *OUR_SCHEMAS.glob("*.sql"), *MET_LATER.rglob("*.sql")]:
        for other in read_schema(file.read_text(encoding="utf-8")).tables.values():
            yield other.name
            for c in other.columns:
                yield from (c.name, *c.values)
    if (OTHERS / "tables.jsonl").is_file():
        for line in (OTHERS / "tables.jsonl").read_text(encoding="utf-8").splitlines():
            table_of_others = json.loads(line)
            yield from (table_of_others["table"], table_of_others["pooled_table"], *table_of_others["columns"])


def words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def is_english(name: str) -> bool:
    """Whether a name is made of dictionary words: each is one word of the tokenizer's vocabulary, in one piece.

    The countries of the world, and what hails from them, are as well known.
    """
    if country(name) or homeland(name):
        return True
    parts = re.findall(r"[A-Z]?[a-z]+|[A-Z]+|\d+", name)
    return all(p.lower() in EVERYDAY or (len(p) > 2 and count(" " + p.lower()) == 1) for p in parts if not p.isdigit())


ASKED = tuple(dict.fromkeys(words(q) for q in questions() if len(words(q).split()) >= SHORTEST))
OWN = tuple(dict.fromkeys(n for n in names() if len(n) > 3 and n not in SHORT_FORMS and not is_english(n)))


@pytest.mark.parametrize("file", OFFLINE)
def test_no_question_of_any_set_stands_in_the_offline_model(file: str) -> None:
    text = f" {words(OFFLINE[file])} "
    assert not {q for q in ASKED if f" {q} " in text}


@pytest.mark.parametrize("file", OFFLINE)
def test_no_name_or_value_of_any_set_that_is_no_dictionary_word_stands_there(file: str) -> None:
    assert len(OWN) > 100
    assert not {n for n in OWN if n in OFFLINE[file] and re.search(rf"(?<!\w){re.escape(n)}(?!\w)", OFFLINE[file])}


def test_the_test_would_notice(tmp_path: Path) -> None:
    assert not is_english("sbCustId") and not is_english("keyphrasename") and is_english("order_items")
    assert sum(1 for _ in questions()) > 600
