"""The command line: `python -m demo_lib ask|explain|trace-diff|tables|catalog|check-sql|seed|preflight|demo|…`.

Exit status: 0 answered or done; 1 declined, blocked or failed; 2 the request itself is off.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from demo_lib import cli_evaluation, cli_prompts
from demo_lib.errors import DemoError, UsageError
from demo_lib.printed import for_a_terminal as _for_a_terminal
from demo_lib.printed import one_line as _one_line
from demo_lib.settings import DATA_DIR, WAREHOUSE, Settings, badge_of, prepare_environment, without_keys

if TYPE_CHECKING:
    from demo_lib.agents.results import Answer
    from demo_lib.workshop import Workshop

ROWS_SHOWN = 20
DEBUG_HINT = "DEMO_DEBUG=1 shows where."


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit with its status. No traceback reaches the user; DEMO_DEBUG=1 shows it."""
    prepare_environment()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that is not UTF-8, or no terminal at all, is no error
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
    except DemoError as error:
        _complain(str(error))
        status = error.exit_status
    except KeyboardInterrupt:
        _complain("Stopped.")
        status = 130
    except BrokenPipeError:  # `… | head` is done with us
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except Exception as error:
        if os.environ.get("DEMO_DEBUG"):
            raise
        _complain(f"Something unforeseen went wrong ({type(error).__name__}). {DEBUG_HINT}")
        status = 1
    sys.exit(status)


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m demo_lib",
        description="Ask a database in plain words: agents, guarded and traced.",
        epilog=__doc__.split("\n\n", 1)[1],
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(run=run)
        return made

    ask = command("ask", _ask, "Answer a question; '-' reads one question a line from standard input.")
    ask.add_argument("question", help="the question in plain words, or -")
    ask.add_argument("--json", action="store_true", help="print one JSON object on one line for each question")
    ask.add_argument("--save-sql", metavar="DIR", help="write the query there, as .sql and as a SQL notebook")
    ask.add_argument("--session", metavar="NAME", help="go on with the conversation of this name, or start it")

    explain = command(
        "explain", _explain, "Why: of a question, which words became what; of a trace, each decision. Nothing is run."
    )
    explain.add_argument("question", help="the question in plain words, or a trace's id: tr-…")
    explain.add_argument("--json", action="store_true", help="print one JSON object on one line")

    difference = command("trace-diff", _trace_diff, "Show what differs between two traces; nothing is run.")
    difference.add_argument("a", metavar="A", help="a trace's id: tr-…")
    difference.add_argument("b", metavar="B", help="the other one's")
    difference.add_argument("--json", action="store_true", help="print one JSON object on one line")

    comparing = cli_prompts.add_commands(command)

    modes = "offline, openai, azure, compatible, record, replay or stage"
    for asking in (ask, explain, *comparing):
        asking.add_argument("--database", metavar="URL", help="e.g. duckdb:///sales.duckdb (three slashes: relative)")
        asking.add_argument("--model", metavar="MODE", help=f"{modes} (default: DEMO_MODEL)")

    tables = command("tables", _tables, "Show which tables a question needs, with scores and reasons.")
    tables.add_argument("question", nargs="?", help="the question in plain words")
    tables.add_argument("--most", type=int, default=10, metavar="N", help="how many tables at most (default: 10)")
    tables.add_argument("--database", metavar="URL", help="whose tables (default: DEMO_DATABASE)")
    tables.add_argument("--catalog", metavar="FILE", help="a catalogue (YAML, or JSON lines) instead of a database")
    tables.add_argument("--json", action="store_true", help="print one JSON object on one line")
    tables.add_argument("--forget", action="store_true", help="delete the kit's indexes in DEMO_VECTOR_STORE")

    catalog = command("catalog", _catalog, "Show what is read of a database: tables, sizes, what is closed.")
    catalog.add_argument("--database", metavar="URL", help="which (default: DEMO_DATABASE)")
    catalog.add_argument("--save", metavar="FILE", help="write all of it there as YAML, as data/catalog.yaml is")

    script = command("role-script", _role_script, "Print the SQL that makes a least-privilege role on a server.")
    script.add_argument("--database", metavar="URL", help="whose tables (default: DEMO_DATABASE)")
    script.add_argument("--name", default="demo_reader", help="the role's name (default: demo_reader)")

    check = command("check-sql", _check_sql, "Say what the guardrails make of SQL, without running it.")
    check.add_argument("sql", nargs="?", default="-", help="the SQL, or - for standard input (default)")
    check.add_argument("--policy", metavar="FILE", help="a policy (JSON) or catalogue (YAML); default: ours")
    check.add_argument("--dialect", default="duckdb", help="duckdb, sqlite, postgres or tsql (default: duckdb)")
    check.add_argument("--json", action="store_true", help="print the verdict as one JSON object on one line")
    check.add_argument("--jsonl", action="store_true", help="objects with id, dialect, sql in; a verdict a line out")

    for words in (ask, explain, tables, *comparing):
        words.add_argument("--glossary", metavar="FILE", help="a Markdown list of business terms")
    for by in (ask, explain, tables, catalog, check):
        by.add_argument("--role", metavar="NAME", help="who asks: a role of data/roles.yaml (default: DEMO_ROLE)")

    cli_evaluation.add_commands(command)

    seed = command("seed", _seed, "Make the data and the trace store, unless they are there and whole.")
    seed.add_argument("--database", metavar="URL", help="put the data there (default: the kit's own DuckDB file)")
    seed.add_argument(
        "--force", action="store_true", help="even where it is whole; with --database even over tables of the same name"
    )

    reset = command("reset", _reset, "Back to the start: no traces, no outputs, notebooks as they came.")
    reset.add_argument("--yes", action="store_true", help="do not ask before deleting what the kit did not make")

    preflight = command("preflight", _preflight, "Check everything that can go wrong, each with its remedy.")
    preflight.add_argument("--stage", action="store_true", help="and what the presenter needs beside it")

    rehearse = command("rehearse", _rehearse, "Time every cell of the stage notebooks against the run of show.")
    rehearse.add_argument("--variant", default="parts", help="parts, talk or hour (default: parts)")
    rehearse.add_argument("--part", type=int, metavar="N", help="only this part")
    rehearse.add_argument("--keep", type=int, default=10, metavar="N", help="rehearsals to keep (default: 10)")
    rehearse.add_argument("--json", action="store_true", help="print one JSON object on one line")

    demo = command("demo", _demo, "The demo end to end: data, a question, its trace, the notebooks as pages.")
    demo.add_argument("--question", default="What were total sales last quarter?", help="the question to ask")

    serve_model = command("serve-model", _serve_model, "The offline model on a port, behind OpenAI's protocol.")
    serve_model.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    serve_model.add_argument("--port", type=int, default=8000, help="the port; 0: any that is free (default: 8000)")

    ui = command("ui", _ui, "Open MLflow's UI on the traces.")
    ui.add_argument("--port", type=int, default=5000, help="the port to listen on (default: 5000)")
    return parser


# ------------------------------------------------------------------------------------------------- ask


def _ask(options: argparse.Namespace) -> int:
    if options.session and options.question == "-":
        raise UsageError("With '-' each line is a conversation of its own: leave --session out.")
    questions: Iterable[str] = _lines() if options.question == "-" else [options.question]
    from demo_lib.workshop import Workshop, check_question

    workshop: Workshop | None = None
    worst = 0
    if sys.stderr.isatty():
        _complain("Starting: the first answer takes 10 to 15 seconds, later ones a fraction of one.")
    for question in questions:
        try:
            check_question(question)  # before anything is opened: a typo should not cost seconds
            if workshop is None:
                settings = Settings.from_env(options.model, options.role)
                workshop = Workshop(settings, database=options.database, glossary=options.glossary)
            answer = (workshop.chat(options.session) if options.session else workshop).ask(question)
        except DemoError as error:
            worst = max(worst, error.exit_status)
            _report(question, str(error), options.json)
            continue
        except Exception as error:  # the lines that follow still want their answers
            if os.environ.get("DEMO_DEBUG"):
                raise
            worst = max(worst, 1)
            _report(question, f"Something unforeseen went wrong ({type(error).__name__}). {DEBUG_HINT}", options.json)
            continue
        if options.question != "-" and (answer.declined or answer.blocked):
            worst = max(worst, 1)
        print(_one_line(_traced(as_json(answer))) if options.json else as_text(answer), flush=True)
        if options.save_sql and answer.sql:
            worst = max(worst, _saved(answer, options.save_sql))
    return worst


def _saved(answer: Answer, folder: str) -> int:
    """Write the query for an editor; where it went is said on standard error, which no JSON reader reads."""
    try:
        _complain(str(answer.open_in_editor(folder)))
    except DemoError as error:
        _complain(str(error))
        return error.exit_status
    return 0


def _traced(found: dict[str, Any]) -> dict[str, Any]:
    """The object with its trace's id, or with null where the trace could not be written (a full disk)."""
    from demo_lib.tracing import TracingError, load_trace

    try:
        load_trace(found["trace_id"])
    except TracingError as error:
        _complain(str(error))
        return found | {"trace_id": None}
    return found


def _lines() -> Iterator[str]:
    """The lines of standard input; what is not UTF-8 in them is replaced, not refused."""
    if sys.stdin is None:
        raise UsageError("There is no standard input to read questions from.")
    raw = getattr(sys.stdin, "buffer", None)
    for line in raw if raw is not None else sys.stdin:
        text = line.decode("utf-8", errors="replace") if isinstance(line, bytes) else line
        yield text.removeprefix("\ufeff").rstrip("\r\n")


def _report(question: str, reason: str, as_object: bool) -> None:
    if as_object:
        print(_one_line(_failed(question, reason)), flush=True)
    else:
        _complain(reason)


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as `ask --json` prints it; `sql` is null where it was declined or blocked."""
    from demo_lib.agents.plain import json_rows

    table = answer.table
    return {
        "question": answer.question,
        "answer": answer.text,
        "sql": answer.sql,
        "columns": [] if table is None else [str(c) for c in table.columns],
        "rows": [] if table is None else json_rows(table),
        "model": answer.model,
        "declined": answer.declined,
        "blocked": answer.blocked,
        "trace_id": answer.trace_id,
        "tables": list(answer.tables),
        "usage": answer.usage,
        "latency_ms": answer.latency_ms,
    }


def _failed(question: str, reason: str) -> dict[str, Any]:
    from demo_lib.agents.results import Answer

    return as_json(Answer(without_keys(question)[:200], reason, model="none", declined=reason))


def as_text(answer: Answer) -> str:
    """The answer as `ask` prints it: who answered, the answer, the SQL, the first rows, the trace."""
    from demo_lib.tracing import TracingError, load_trace, trace_tree

    parts = [str(answer)]
    if answer.sql:
        parts.append(answer.pretty_sql)
    if answer.table is not None and answer.table.size > 1:
        shown = answer.table.head(ROWS_SHOWN).to_string(index=False)
        more = len(answer.table) - ROWS_SHOWN
        parts.append(shown + (f"\n… and {more:,} more rows" if more > 0 else ""))
    try:
        parts.append(trace_tree(load_trace(answer)))
    except TracingError as error:  # a full disk, say: the answer is there all the same
        parts.append(str(error))
    return _for_a_terminal("\n\n".join(parts) + "\n")


def _explain(options: argparse.Namespace) -> int:
    """Of a trace, why it went as it did; of a question, what it would become. A trace's id is one word: `tr-…`."""
    if re.fullmatch(r"tr-\S+", options.question.strip()):
        return _explain_trace(options)
    from demo_lib.agents.explainer import as_table
    from demo_lib.agents.sql_generator import SqlDraft
    from demo_lib.workshop import Workshop, check_question

    check_question(options.question)
    settings = Settings.from_env(options.model, options.role)
    workshop = Workshop(settings, database=options.database, glossary=options.glossary)
    found = workshop.explain(options.question)
    if options.json:
        print(_one_line({"explained": "question", **asdict(found)}))
    else:
        query = SqlDraft(found.sql, dialect=workshop.database.dialect).pretty_sql
        said = query or found.blocked or found.declined or ""
        parts = [f"[{badge_of(found.model)}] {found.question}", *([as_table(found.links)] if found.links else []), said]
        parts.append(f"Trace {found.trace_id}: the question was asked for its SQL alone, and no query was run.")
        print(_for_a_terminal("\n\n".join(parts)))
    return 0 if found.sql else 1


def _explain_trace(options: argparse.Namespace) -> int:
    from demo_lib.decisions import why

    given = [name for name in ("database", "glossary", "model", "role") if getattr(options, name)]
    if given:
        raise UsageError(f"A trace is told as it was written: leave out --{' and --'.join(given)}.")
    found = why(options.question.strip())
    print(_one_line(found.as_json()) if options.json else _for_a_terminal(str(found)))
    return 0


def _trace_diff(options: argparse.Namespace) -> int:
    from demo_lib.decisions import trace_diff

    found = trace_diff(options.a.strip(), options.b.strip())
    print(_one_line(found.as_json()) if options.json else _for_a_terminal(str(found)))
    return 0


def _tables(options: argparse.Namespace) -> int:
    from demo_lib.retrieval.catalog import Catalog
    from demo_lib.retrieval.glossary import Glossary
    from demo_lib.retrieval.index import open_index
    from demo_lib.retrieval.stores import explained, open_store
    from demo_lib.workshop import Workshop, check_question

    settings = Settings.from_env(role=options.role)
    if options.forget:
        store = open_store(settings.vector_store)
        with explained(store.name):
            names = store.indexes()
            for name in names:
                store.drop(name)
        print(f"Deleted from {store.name}: {len(names)} index{'' if len(names) == 1 else 'es'}.")
    if not options.question:
        if options.forget:
            return 0
        raise UsageError('Which question? Write for example: python -m demo_lib tables "revenue by region"')
    check_question(options.question)
    if options.most < 1:
        raise UsageError(f"--most {options.most} finds nothing. Use 1 or more.")
    if options.catalog:
        glossary = Glossary.from_file(options.glossary) if options.glossary else None
        given = Catalog.from_file(options.catalog)
        if not given.tables:
            raise DemoError(f"{options.catalog} holds no tables. Name another catalogue.")
        index = open_index(settings, given, glossary)
    else:
        index = Workshop(settings, database=options.database, glossary=options.glossary).index
    hits = index.search(options.question, options.most)
    if options.json:
        print(_one_line({"question": options.question, "store": index.store_name, "tables": [asdict(h) for h in hits]}))
    else:
        wide = max((len(h.table) for h in hits), default=0)
        print(f"{len(hits)} of {len(index.catalog.tables):,} tables, from {index.store_name}")
        for rank, hit in enumerate(hits, 1):
            print(_for_a_terminal(f"{rank:>3}  {hit.table:<{wide}}  {hit.score:.2f}  {hit.why}"))
    return 0 if hits else 1


def _catalog(options: argparse.Namespace) -> int:
    from demo_lib.databases.introspection import why_closed
    from demo_lib.workshop import Workshop

    workshop = Workshop(Settings.from_env(role=options.role), database=options.database)
    catalog = workshop.catalog
    closed = [(t.name, c) for t in catalog.tables.values() for c in t.columns if c.sensitive]
    columns = sum(len(t.columns) for t in catalog.tables.values())
    print(f"{workshop.database.url}: {len(catalog.tables):,} tables, {columns:,} columns on {workshop.database.engine}")
    for table in catalog.tables.values():
        rows = "" if table.rows is None else f"  about {table.rows:,} rows"
        print(_for_a_terminal(f"  {table.name}  {len(table.columns)} columns{rows}  {table.description}".rstrip()))
    print(f"Closed: {len(closed)} columns. No query shows or uses them, and no model hears of them.")
    for name, column in closed:
        why = "data/catalog.yaml says so" if workshop.is_ours else why_closed(column)
        print(_for_a_terminal(f"  {name}.{column.name}: {why}"))
    if closed:
        print("A role opens a column: `opens: [table.column]` in data/roles.yaml, and --role.")
    if options.save:
        catalog.save(options.save)
        print(f"Saved: {options.save}")
    return 0


def _role_script(options: argparse.Namespace) -> int:
    from demo_lib.databases import mssql_role, postgres_role
    from demo_lib.guardrails import Policy
    from demo_lib.workshop import Workshop

    workshop = Workshop(Settings.from_env(), database=options.database)
    policy = Policy.from_catalog(workshop.whole_catalog)  # what looks sensitive is not granted
    match workshop.database.dialect:
        case "postgres":
            url = urlsplit(workshop.database.url)
            name = unquote(url.path.strip("/")) or url.username or "postgres"
            statements = postgres_role.role_statements(policy, options.name, name)
        case "tsql":
            statements = mssql_role.role_statements(policy, options.name)
        case _:
            raise UsageError(f"{workshop.database.engine} has no roles: the file is opened read-only.")
    print(";\n".join(statements) + ";")
    _complain("Nothing was run. Whoever owns the database runs this there; docs/databases.md says how a login gets in.")
    return 0


def _check_sql(options: argparse.Namespace) -> int:
    from demo_lib.guardrails import Policy
    from demo_lib.guardrails.lines import verdict, verdicts
    from demo_lib.guardrails.policy import DEFAULT_SCHEMAS
    from demo_lib.guardrails.roles import role

    if options.dialect not in DEFAULT_SCHEMAS:
        raise UsageError(f"--dialect {options.dialect!r} is not known. Use one of: {', '.join(DEFAULT_SCHEMAS)}.")
    settings = Settings.from_env(role=options.role)
    policy = Policy.from_file(options.policy or DATA_DIR / "catalog.yaml", cap_rows=settings.cap_rows)
    policy = role(settings.role).policy(policy)
    if options.jsonl:
        for one in verdicts(sys.stdin, policy, options.dialect):
            print(_one_line(one), flush=True)
        return 0
    found = verdict(sys.stdin.read() if options.sql == "-" else options.sql, policy, options.dialect)
    if options.json:
        print(_one_line(found))
    else:
        said = found["sql"] or f"Blocked by the {found['layer']} layer ({found['rule']}): {found['message']}"
        print(_for_a_terminal(said))
    return 0 if found["allowed"] else 1


# ---------------------------------------------------------------------------------------- everything else


def _seed(options: argparse.Namespace) -> int:
    from demo_lib import seed
    from demo_lib.databases.urls import is_warehouse
    from demo_lib.stage.store import make_store

    if options.database and not is_warehouse(options.database):
        from demo_lib.seed.writers.seeding import seed_database

        done = seed_database(options.database, force=options.force, tell=_complain)
        took = f" in {done.seconds:.1f} s" if done.seconds else ", there already and whole"
        print(f"{done.tables} tables, {done.rows:,} rows{took}: {done.where}")
    elif options.force or not seed.is_current(WAREHOUSE):
        report = seed.seed(WAREHOUSE)
        print(f"{report.tables} tables, {report.rows:,} rows in {report.seconds:.1f} s: {WAREHOUSE.name}")
    else:
        print(f"The data is there and whole: {WAREHOUSE.name}")
    make_store()
    return 0


def _reset(options: argparse.Namespace) -> int:
    from demo_lib.stage.reset import reset

    def agreed(what: str) -> bool:
        if options.yes:
            return True
        if not sys.stdin.isatty():
            print(f"Kept: {what} (not the kit's own; --yes deletes it)")
            return False
        return input(f"Delete {what}? It is not the kit's own. [y/N] ").strip().lower() in ("y", "yes")

    for line in reset(agreed):
        print(line)
    return 0


def _preflight(options: argparse.Namespace) -> int:
    from demo_lib.stage.preflight import checks

    failed = 0
    for check in checks(options.stage):
        print(f"{'✓' if check.ok else '✗'} {check.name}: {check.found}", flush=True)
        if not check.ok:
            print(f"    → {check.remedy}", flush=True)
            failed += 1
    print("Ready." if not failed else f"{failed} thing{'s' if failed > 1 else ''} to put right.")
    return 1 if failed else 0


def _rehearse(options: argparse.Namespace) -> int:
    from demo_lib.stage import rehearse, run_of_show

    if options.keep < 1:
        raise UsageError("--keep takes a number from 1 up.")
    show = run_of_show.load()
    earlier = rehearse.history()
    done = rehearse.rehearse(show, options.variant, options.part)
    rehearse.keep(done, options.keep)
    print(_one_line(done.as_json()) if options.json else rehearse.as_text(done, earlier))
    return 1 if done.findings else 0


def _demo(options: argparse.Namespace) -> int:
    from demo_lib.stage.demo import demo

    _seed(argparse.Namespace(force=False, database=None))
    return demo(options.question)


def _ui(options: argparse.Namespace) -> int:
    from demo_lib.stage.store import serve_ui

    return serve_ui(Settings.from_env(), options.port)


def _serve_model(options: argparse.Namespace) -> int:
    from demo_lib.llm import serve

    with serve.listen(options.host, options.port) as listening:
        url = serve.address(listening)
        if not serve.is_loopback(listening):
            _complain(f"Whoever can reach {options.host} can now ask the model: it wants no key, and has no limit.")
        print(f"The offline model: {url} (Ctrl-C stops it)")
        print(f"This kit asks it with DEMO_MODEL=compatible OPENAI_BASE_URL={url} DEMO_MODEL_ID=offline", flush=True)
        serve.serve(listening, log=_complain)
    print("Stopped.")
    return 0
