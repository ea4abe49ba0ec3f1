"""On a database that nobody labelled, what looks personal by name or by content is closed, and it is said why."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
from postgres_server import Server

from demo_lib.cli import main
from demo_lib.databases import connect
from demo_lib.databases.introspection import why_closed
from demo_lib.guardrails.second_look import kind_of_most
from demo_lib.retrieval.catalog import Catalog
from demo_lib.settings import Settings
from demo_lib.workshop import Workshop

MADE = [
    "CREATE TABLE people (id integer PRIMARY KEY, full_name varchar(40), born date, reach_at varchar(60), line varchar(30),"
    " paid_with varchar(30), home_email varchar(60), remark varchar(200), order_no varchar(30), state varchar(10))",
    *(
        f"INSERT INTO people VALUES ({i}, 'Ann Nr {i}', '1990-01-01', 'p{i}@example.org', '+44 20 7946 {i:04}',"
        f" '4111 1111 1111 1111', 'q{i}@example.org', 'called {'p@example.org' if i == 1 else 'twice'} on day {i}',"
        f" '2024-{i:06}', '{'new' if i % 2 else 'old'}')"
        for i in range(1, 61)
    ),
    "CREATE TABLE empty_one (note varchar(20))",
]
LOOKS = {
    "reach_at": "most of its values look like email addresses",
    "line": "most of its values look like phone numbers",
    "paid_with": "most of its values look like card numbers",
    "home_email": "its name looks like personal or confidential data",
}


@pytest.fixture(params=["duckdb", "sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        with server.admin() as admin:
            admin.execute("DROP DATABASE IF EXISTS unlabelled WITH (FORCE)")
            admin.execute("CREATE DATABASE unlabelled")
        with server.admin("unlabelled") as admin:
            for sql in MADE:
                admin.execute(sql.encode())
            admin.execute("DROP ROLE IF EXISTS looker")
            admin.execute("CREATE ROLE looker LOGIN PASSWORD 'p'")
            admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker")
        yield server.url("unlabelled", "looker", "p")
        return
    path = tmp_path / f"unlabelled.{request.param}"
    with (duckdb.connect(str(path)) if request.param == "duckdb" else sqlite3.connect(path)) as connection:
        for sql in MADE:
            connection.execute(sql)
    yield f"{request.param}:///{path}"


def test_addresses_cards_and_phones_are_closed_whatever_their_column_is_called(url: str) -> None:
    with connect(url) as database:
        people = database.introspect().tables["people"]
    assert {c.name: why_closed(c) for c in people.columns if c.sensitive} == LOOKS
    # names of people and dates of birth stay open, and so do numbers of orders and a remark that names one address
    assert {c.name for c in people.columns if not c.sensitive} == {
        "id", "full_name", "born", "remark", "order_no", "state"
    }  # fmt: skip
    assert next(c for c in people.columns if c.name == "state").values == ("new", "old")


def test_a_question_for_a_closed_column_is_not_answered(url: str) -> None:
    workshop = Workshop(Settings(database=url))
    assert "reach_at" not in workshop.catalog.ddl(["people"])
    answer = workshop.ask("What is the reach at of each of the people?")
    assert answer.table is None and (answer.declined or answer.blocked)


def test_what_is_closed_is_said(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["catalog", "--database", url])
    out = capsys.readouterr().out
    assert ended.value.code == 0
    assert "2 tables" in out and "people" in out
    for column, why in LOOKS.items():
        assert f"people.{column}: {why}" in out
    assert "p1@example.org" not in out and "4111" not in out


def test_the_catalogue_that_is_printed_can_be_read_again(url: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["catalog", "--database", url, "--save", str(tmp_path / "catalog.yaml")])
    saved = Catalog.from_file(tmp_path / "catalog.yaml").tables["people"]
    with connect(url) as database:
        found = database.introspect().tables["people"]
    assert [(c.name, c.type, c.sensitive, c.primary_key, c.values) for c in saved.columns] == [
        (c.name, c.type, c.sensitive, c.primary_key, c.values) for c in found.columns
    ]


def test_the_role_that_is_printed_may_read_what_is_open_and_no_more(
    postgres: Server, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["role-script", "--database", url, "--name", "of_the_script"])
    script, said = capsys.readouterr()
    if not url.startswith("postgresql"):
        assert ended.value.code == 2 and "has no roles" in said and not script
        return
    assert ended.value.code == 0 and "Nothing was run" in said
    with postgres.admin("unlabelled") as admin:
        admin.execute(script.encode())
        admin.execute("ALTER ROLE of_the_script PASSWORD 'p'")
    with psycopg.connect(postgres.url("unlabelled", "of_the_script", "p"), autocommit=True) as reader:
        assert reader.execute("SELECT count(full_name) FROM people").fetchone() == (60,)
        for refused in ("SELECT reach_at FROM people", "SELECT * FROM people", "DELETE FROM people"):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
                reader.execute(refused.encode())
    with postgres.admin("unlabelled") as admin:
        admin.execute("DROP OWNED BY of_the_script")
        admin.execute("DROP ROLE of_the_script")


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["a@b.org", "c@d.org", "none"], "email addresses"),
        (["+1 212 555 0100", "(020) 7946 0018", "212-555-0100"], "phone numbers"),
        (["2024-10-31", "2024-11-01"], None),
        (["2024-000123", "2024-000124"], None),
        (["555-1234-A", "10.0.0.1", "123456"], None),
        (["12.50", "1,000.00", "0"], None),
        ([], None),
    ],
)
def test_what_most_texts_look_like(texts: list[str], kind: str | None) -> None:
    assert kind_of_most(texts) == kind
