"""The catalogue: what the warehouse is said to hold, and that every reader can rely on it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import sqlglot
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from demo_lib.errors import DemoError
from demo_lib.retrieval.catalog import Catalog, quote
from demo_lib.settings import DATA_DIR

CATALOG = Catalog.from_file(DATA_DIR / "catalog.yaml")
GLOSSARY = (DATA_DIR / "glossary.md").read_text(encoding="utf-8").splitlines()
STAR = {"sales", "customers", "products", "regions", "stores", "returns", "time_dimension"}


# ---------------------------------------------------------------- our own catalogue


def test_it_is_an_enterprise_around_the_star_of_the_talk() -> None:
    assert len(CATALOG.tables) >= 115
    assert set(CATALOG.scope("sales").tables) == STAR
    assert CATALOG.scope("analytics").tables == CATALOG.tables
    assert CATALOG.as_of == date(2025, 11, 1)
    domains = {t.domain for t in CATALOG.tables.values()}
    assert domains >= {"sales", "hr", "finance", "logistics", "support", "marketing", "it", "legal", "web"}


@pytest.mark.parametrize(
    "near_miss",
    ["sales_targets", "sales_opportunities", "customer_contacts", "customer_addresses", "web_sessions",
     "product_reviews", "product_recalls", "store_visits", "store_expenses", "price_history", "shipments"],
)  # fmt: skip
def test_tables_that_are_easily_mistaken_for_the_star_are_there_and_outside_it(near_miss: str) -> None:
    assert near_miss in CATALOG.tables
    assert near_miss not in STAR


def test_every_table_is_described_and_has_one_key() -> None:
    for table in CATALOG.tables.values():
        assert table.description and table.domain and table.rows, table.name
        assert sum(c.primary_key for c in table.columns) == 1, table.name
        for column in table.columns:
            assert column.description, f"{table.name}.{column.name}"
            assert re.fullmatch(r"[a-z][a-z0-9_]*", column.name)
            assert re.fullmatch(
                r"INTEGER|BOOLEAN|DATE|TIMESTAMP|VARCHAR(\(\d+\))?|DECIMAL\(\d+,\d+\)", column.type
            ), f"{table.name}.{column.name}: {column.type}"


def test_every_reference_points_to_a_key_of_the_same_type() -> None:
    for table in CATALOG.tables.values():
        for name, other, other_column in table.foreign_keys:
            target, column = CATALOG.tables[other].column(other_column), table.column(name)
            assert target and column and target.primary_key, f"{table.name}.{name}"
            assert target.type == column.type, f"{table.name}.{name}"


def test_the_star_can_be_joined_from_end_to_end() -> None:
    assert set(CATALOG.neighbours("sales")) >= STAR - {"regions", "sales"}
    assert {"customers", "stores"} <= set(CATALOG.neighbours("regions"))


def test_whatever_names_a_person_secret_or_pay_is_sensitive() -> None:
    telling = re.compile(
        r"email|phone|salary|(gross|net)_pay|national_id|tax_id|card_number|iban|account_number|password|secret"
        r"|ip_address|street|date_of_birth|license_(number|key|plate)|recipient|login_name|badge_number"
    )
    for table in CATALOG.tables.values():
        for column in table.columns:
            if telling.search(column.name) and not column.primary_key:
                assert column.sensitive, f"{table.name}.{column.name}"
            if column.sensitive:
                assert not column.primary_key and not column.references and not column.values


def test_a_prompt_never_names_a_sensitive_column() -> None:
    for table in CATALOG.tables.values():
        shown = [c.name for c in table.columns if not c.sensitive]
        assert CATALOG.names([table.name]) == f"{table.name}({', '.join(shown)})"
        defined = [line.split()[0] for line in CATALOG.ddl([table.name]).splitlines()[1:-1]]
        assert defined == shown


def test_the_ddl_for_a_prompt_is_sql_with_keys_values_and_descriptions() -> None:
    for name, table in CATALOG.tables.items():
        create = sqlglot.parse_one(CATALOG.ddl([name]), dialect="duckdb")
        assert isinstance(create, exp.Create)
        assert [c.name for c in create.find_all(exp.ColumnDef)] == [
            c.name for c in table.columns if not c.sensitive
        ]
    sales = CATALOG.ddl(["sales"])
    assert "sale_date DATE REFERENCES time_dimension(date_key), -- Day of the sale" in sales
    assert "one of: In-store, Online, Mobile App" in sales


def test_a_scope_leaves_out_references_that_lead_outside() -> None:
    web = CATALOG.ddl(["shipments"])
    assert "REFERENCES customers(customer_id)" in web
    alone = Catalog({"shipments": CATALOG.tables["shipments"]}).ddl(["shipments"])
    assert "REFERENCES" not in alone


def test_sensitivity_changes_the_fingerprint(tmp_path: Path) -> None:
    data = yaml.safe_load((DATA_DIR / "catalog.yaml").read_text(encoding="utf-8"))
    copy = tmp_path / "catalog.yaml"
    copy.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    assert Catalog.from_file(copy).fingerprint == CATALOG.fingerprint
    data["tables"]["customers"]["columns"]["city"]["sensitive"] = True
    copy.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    assert Catalog.from_file(copy).fingerprint != CATALOG.fingerprint


# ---------------------------------------------------------------- the glossary


def test_the_glossary_has_only_the_two_forms_of_line() -> None:
    lines = [line for line in GLOSSARY if line]
    assert lines[0] == "# Glossary"
    terms = [line for line in lines[1:] if re.fullmatch(r"- [a-z][a-z ]*( \([^()]+\))?: .+[^.]", line)]
    rules = [line for line in lines[1:] if re.fullmatch(r"- [A-Z][^:]*\.", line)]
    assert sorted(terms + rules) == sorted(lines[1:])
    assert 12 <= len(terms) + len(rules) <= 20
    assert not any("Today" in line for line in lines), "the as-of date is the catalogue's"


def test_no_term_of_the_glossary_means_two_things() -> None:
    names = []
    for line in GLOSSARY:
        if term := re.fullmatch(r"- ([a-z][a-z ]*?)(?: \(([^()]+)\))?: .+", line):
            names += [term[1], *(term[2] or "").split(", ")]
    names = [n for n in names if n]
    assert len(names) == len(set(names))


def test_every_column_that_the_glossary_names_is_in_the_star() -> None:
    named = re.findall(r"\b([a-z_]+)\.([a-z_]+)\b", "\n".join(GLOSSARY))
    assert len(named) > 10
    for table, column in named:
        found = CATALOG.scope("sales").tables[table].column(column)
        assert found and not found.sensitive, f"{table}.{column}"


def test_the_formulas_of_the_glossary_are_sql_over_the_star() -> None:
    star = CATALOG.scope("sales").tables.values()
    schema: dict[str, object] = {t.name: {c.name: c.type for c in t.columns} for t in star}
    formula_line = re.compile(r"- [a-z][^:]*: ((?:SUM|COUNT)\(.*?\))(?:,? [a-z].*)?$")
    formulas = [match[1] for line in GLOSSARY if (match := formula_line.match(line))]
    assert len(formulas) >= 8
    for formula in formulas:
        tables = list(dict.fromkeys(re.findall(r"\b([a-z_]+)\.", formula)))
        tree = sqlglot.parse_one(f"SELECT {formula} FROM {', '.join(tables)}", dialect="duckdb")
        qualify(tree, schema=schema, dialect="duckdb")


# ---------------------------------------------------------------- reading any catalogue


def test_a_catalogue_of_json_lines_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "tables.jsonl"
    path.write_text(
        '{"db": "shop", "table": "orders", "columns": ["id", "buyer"], "types": ["INT", "INT"], '
        '"descriptions": ["Key", null], "fks": [["buyer", "people", "id"]]}\n\n'
        '{"db": "shop", "table": "people", "columns": ["id"], "types": ["INT"], "descriptions": [""]}\n'
    )
    catalog = Catalog.from_file(path)
    assert list(catalog.tables) == ["shop.orders", "shop.people"]
    assert catalog.tables["shop.orders"].foreign_keys == [("buyer", "shop.people", "id")]
    assert catalog.neighbours("shop.people") == ["shop.orders"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("catalog.yaml", "", "another form"),
        ("catalog.yaml", "tables: 3", "another form"),
        ("catalog.yaml", "name: shop", "'tables' is missing"),
        ("catalog.yaml", "tables: {a: {columns: [x]}}", "another form"),
        ("catalog.yaml", "tables: [", "while parsing"),
        ("tables.jsonl", "{", "line 1"),
        ("tables.jsonl", "[]", "another form"),
        ("tables.jsonl", '{"table": "a"}', "'columns' is missing"),
        ("tables.jsonl", '{"table": "a", "columns": ["x"]}', "'types' is missing"),
        ("tables.jsonl", '{"table": "a", "columns": ["x"], "types": [], "descriptions": []}', "shorter"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_one_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(DemoError, match="is not a catalogue") as refused:
        Catalog.from_file(tmp_path / name)
    assert said in str(refused.value) and "docs/retrieval.md" in str(refused.value)
    assert "\n" not in str(refused.value) and "object" not in str(refused.value)


def _read_or_refused(path: Path) -> None:
    try:
        Catalog.from_file(path)
    except DemoError as refused:
        assert str(path) in str(refused)


@given(text=st.text(max_size=200), suffix=st.sampled_from(["yaml", "jsonl"]))
def test_no_text_does_more_than_be_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"catalog.{suffix}"
    path.write_text(text, encoding="utf-8")
    _read_or_refused(path)


@pytest.mark.parametrize("content", [b"\x80", b"[" * 100_000])
def test_no_bytes_do_more_than_be_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "catalog.yaml").write_bytes(content)
    _read_or_refused(tmp_path / "catalog.yaml")


@given(name=st.text(min_size=1, max_size=20).filter(lambda s: "\x00" not in s))
def test_a_quoted_name_is_one_identifier_and_comes_back(name: str) -> None:
    quoted = quote(name)
    if quoted == name:
        assert re.fullmatch(r"[a-z_]\w*", name, re.ASCII) and name == name.lower()
    else:
        assert quoted[0] == quoted[-1] == '"'
        assert '"' not in quoted[1:-1].replace('""', "")
        assert quoted[1:-1].replace('""', '"') == name
