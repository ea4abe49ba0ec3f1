"""What slide 8 says about retrieval: how many tables, whether it finds them, what it saves, what it adds."""

from __future__ import annotations

import importlib
from dataclasses import replace
from importlib.metadata import version
from statistics import median

from demo_lib.evaluation.claims import Bench, Found, holds, said
from demo_lib.evaluation.questions import load


@said("tables", 8, "Handles large schemas (100+ tables)", "tables")
def tables(bench: Bench) -> Found:
    """The tables in the catalogue, each of which is in the database and in the index."""
    catalog, database = bench.workshop.catalog, bench.workshop.database
    there = {t.name for t in database.introspect().tables.values()} & catalog.tables.keys()
    return Found(len(there), holds(len(there) >= 100), f"in the catalogue and in {database.engine}; all are indexed")


@said("retrieval_recall", 8, "Finds relevant tables automatically", "% of the tables")
def retrieval_recall(bench: Bench) -> Found:
    """recall@5 over the questions, from the index of the whole catalogue."""
    from demo_lib.evaluation.retrieval import all_gold_at, recall_at, search_in

    search = search_in(bench.workshop.index)
    asked = [q for q in load() if q.gold_tables][:: bench.every]
    recall, whole = recall_at(search, asked, 5), all_gold_at(search, asked, 10)
    how = f"of the tables needed, among the first 5 of {len(bench.workshop.catalog.tables)}; all of them among 10 for "
    how += f"{100 * whole:.0f} % of {len(asked)} questions. Holds from 90 % up"
    return Found(round(100 * recall, 1), holds(recall >= 0.9), how)


@said("prompt_reduction", 8, "Retrieval reduces the prompt's size", "% fewer tokens")
def prompt_reduction(bench: Bench) -> Found:
    """The schema part of a prompt: all tables against the ten that are found."""
    from demo_lib.offline.usage import count

    catalog, index = bench.workshop.catalog, bench.workshop.index
    whole = count(catalog.ddl(catalog.tables))
    found = median(count(catalog.ddl(hit.table for hit in index.search(q.question))) for q in bench.questions)
    how = f"the schema in the prompt: {whole:,} tokens for all {len(catalog.tables)} tables, {found:,.0f} for the ten "
    how += f"found, median of {len(bench.questions)} questions"
    return Found(round(100 * (1 - found / whole), 1), holds(found < whole), how)


@said("retrieval_accuracy", 8, "Retrieval improves accuracy", "percentage points")
def retrieval_accuracy(bench: Bench) -> Found:
    """The same questions with every table in the prompt, and with those that are found."""
    from demo_lib.evaluation.trial import try_prompt

    workshop = bench.workshop
    everything = tuple(workshop.catalog.tables)
    scope = next(reversed(workshop.catalog.databases))
    right = {"all": 0, "found": 0}
    for question in bench.some:
        found = tuple(hit.table for hit in workshop.index.search(question.question))
        for name, context in (("all", everything), ("found", found)):
            shown = replace(question, database=scope, gold_tables=context)
            right[name] += try_prompt(workshop, workshop.settings.prompt, shown).verdict == "right"
    points = 100 * (right["found"] - right["all"]) / len(bench.some)
    how = f"of {len(bench.some)} questions {right['found']} right with the ten tables found, {right['all']} with all "
    how += f"{len(everything)}, answered by {bench.who}"
    how += "" if bench.is_live else ": a parser does not lose its way in a long prompt, as an LLM may"
    return Found(round(points, 1), holds(points > 0), how)


@said("slide_8_import", 8, "from llama_index import VectorStoreIndex, Document")
def slide_8_import(bench: Bench) -> Found:
    """Whether the slide's import works with the version that is installed."""
    here = version("llama-index-core")
    try:
        importlib.import_module("llama_index").VectorStoreIndex  # noqa: B018
    except (ImportError, AttributeError):
        return Found(
            "fails", "corrected", f"llama-index-core {here}: `from llama_index.core import …`, as in notebook 02"
        )
    return Found("works", "holds", f"llama-index-core {here}")
