"""Prompts that are broken in part, or empty: what can be read is used, and the answer says what could not be."""

from __future__ import annotations

import json
from typing import Any

import httpx
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo_lib.offline import OfflineTransport
from demo_lib.offline.prompt.prompt_reader import read_prompt
from demo_lib.offline.sql_writer import OUR_FAULT, write_sql

GOOD = """CREATE TABLE shops (shop_id INTEGER PRIMARY KEY, town VARCHAR);
CREATE TABLE bills (bill_id INTEGER PRIMARY KEY, shop_id INTEGER REFERENCES shops(shop_id),
  total DECIMAL(10,2), net DECIMAL(10,2), sent_on DATE, paid_on DATE);
"""
QUESTION = "Number of bills by town"
BROKEN = {
    "CREATE TABLE goods (good_id INT,, weight REAL);": "goods: two commas follow each other",
    "CREATE TABLE goods (good_id INT, weight VARCHAR(;": "goods: its bracket is not closed",
    "CREATE TABLE goods (good_id INT, weight REAL": "goods: its bracket is not closed",
    "CREATE TABLE goods (good_id INT weight REAL);": "goods: a comma is missing in “good_id INT weight REAL”",
    "CREATE TABLE goods (good_id INT), weight REAL);": "goods: “, weight REAL);” stands behind its bracket",
    "CREATE TABLE goods (good_id INT, = 5, weight REAL);": "goods: “= 5” is no column",
    "CREATE TABLE goods ();": "goods: it has no columns",
    "CREATE TABLE goods good_id INT, weight REAL);": "statement that begins “CREATE TABLE goods good_id INT",
    "CREATE TABLE (good_id INT);": "statement that begins “CREATE TABLE (good_id INT);”",
    "CREAT TABLE goods (good_id INT);": "statement that begins “CREAT TABLE goods (good_id INT);”",
    "CREATE TABLE goods AS SELECT 1;": "statement that begins “CREATE TABLE goods AS SELECT 1;”",
    "CREATE TABLE shops (other_id INT);": "shops is described twice",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_schema_is_used_as_far_as_it_can_be_read_and_the_rest_is_named(broken: str) -> None:
    for prompt in [f"{GOOD}{broken}\n"] + [f"{broken}\n{GOOD}"] * ("twice" not in BROKEN[broken]):
        draft = write_sql(prompt, QUESTION)
        assert draft.sql and "shops.town" in draft.sql, draft.declined
        assert BROKEN[broken] in draft.explanation
        assert BROKEN[broken] in (write_sql(prompt, "How many unicorns?").declined or "")


def test_a_table_that_is_not_closed_takes_in_nothing_of_what_follows() -> None:
    prompt = f"{GOOD}CREATE TABLE goods (good_id INT, weight REAL\n\n## Glossary\n- takings (money, cash): SUM(bills.total)\n"
    assert [c.name for c in read_prompt(prompt).schema.tables["goods"].columns] == ["good_id", "weight"]
    assert "SUM" in (write_sql(prompt, "Takings by town").sql or "")


def test_of_many_faults_a_few_are_named() -> None:
    prompt = GOOD + "".join(f"CREATE TABLE goods{i} (good_id INT,, weight REAL);\n" for i in range(20))
    explanation = write_sql(prompt, QUESTION).explanation
    assert explanation.count("two commas") == 3 and "17 more parts" in explanation


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE OR REPLACE TEMP TABLE goods (\r\n\tgood_id INT, -- CREATE TABLE x (y\r\n\tweight REAL\r\n);\r\n",
        "CREATE TABLE `goods` (`good_id` int(11) NOT NULL AUTO_INCREMENT, `weight` double DEFAULT NULL COMMENT 'a int b',"
        " PRIMARY KEY (`good_id`), KEY `by_weight` (`weight`)) ENGINE=InnoDB DEFAULT CHARSET=utf8;",
        "CREATE TABLE [dbo].[goods]([good_id] [int] IDENTITY(1,1) NOT NULL, [weight] [real] NULL, CONSTRAINT [pk] PRIMARY"
        " KEY CLUSTERED ([good_id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]) ON [PRIMARY]\nGO",
        "create table goods (good_id int not null constraint pk primary key, weight double precision check (weight > 0)"
        ', unique (weight), constraint "a;b" check (good_id::text <> \');\')) with (fillfactor=70);',
        "CREATE TABLE goods (good_id INT PRIMARY KEY, weight REAL /* CREATE TABLE y (z; */, );",
        "goods(good_id INT, weight DECIMAL(10, 2))",
        "The tables come as CREATE TABLE statements.\nCREATE TABLE goods (good_id INT, weight TIMESTAMP WITH TIME ZONE);",
    ],
)
def test_nothing_is_found_wrong_with_what_databases_write(statement: str) -> None:
    schema = read_prompt(statement).schema
    assert [[c.name for c in t.columns] for t in schema.tables.values()] == [["good_id", "weight"]]
    assert schema.unread == ()


@pytest.mark.parametrize(
    ("glossary", "question", "said"),
    [
        ("- takings: SUM(bills.total)\n- takings: SUM(bills.net)", "Takings by town", ["SUM(bills.total)", "SUM(bills.net)"]),
        (
            "- takings (income): SUM(bills.total)\n- gains (income): SUM(bills.net)",
            "Income by town",
            ["“income”", "takings, SUM(bills.total)", "gains, SUM(bills.net)"],
        ),
        ("- money in: income\n- income: SUM(bills.net)\n- income: SUM(bills.total)", "Money in by town", ["“income”"]),
        ("- half: takings / 2\n- takings: SUM(bills.total)\n- takings: SUM(bills.net)", "Half by town", ["“takings”"]),
        ("- place means shops.town\n- place means bills.sent_on", "Bills by place", ["shops.town", "bills.sent_on"]),
        ("- A shop \"sends\" when a bills row exists\n- A shop \"sends\" when a shops row exists",
         "Which shops sent nothing?", ["a row of bills", "a row of shops"]),
        ("- The date of a bill is bills.sent_on.\n- The date of a bill is bills.paid_on.",
         "Total of bills by town in 2024", ["bills.sent_on", "bills.paid_on"]),
    ],
)  # fmt: skip
def test_lines_that_contradict_each_other_are_both_named(glossary: str, question: str, said: list[str]) -> None:
    declined = write_sql(f"{GOOD}\n{glossary}\n", question).declined or ""
    assert all(part in declined for part in said), declined
    assert write_sql(f"{GOOD}\n{glossary}\n", QUESTION).sql  # and all other questions are answered


def test_the_same_said_twice_is_no_contradiction() -> None:
    prompt = f"{GOOD}\n- takings: SUM(bills.total)\n- takings (cash): SUM( bills.total ), with tax\n"
    assert write_sql(prompt, "Takings by town").sql


@pytest.mark.parametrize(
    ("line", "question", "why"),
    [
        ("- takings: SUM(bills.totl)", "Takings by town", "the schema has no bills.totl"),
        ("- takings: SUM(receipts.total)", "Takings by town", "the schema has no receipts.total"),
        ("- takings: SUM(amount)", "Takings by town", "the schema has no amount"),
        ("- takings: SUM(shop_id)", "Takings by town", "shop_id stands in shops and bills: say which"),
        ("- takings: SUM(bills.total", "Takings by town", "it is no SQL expression"),
        ("- gains: SUM(bills.total) - SUM(bills.costs)", "Gains by town", "the schema has no bills.costs"),
        ("- gains: SUM(bills.total) - SUM(bills.net after tax", "Gains by town", "I can read its beginning only"),
        ("- open bills: bills.sent_on > '2024", "How many open bills?", "it is no SQL expression"),
        ("- bills: COUNT(bills.number)", "Number of bills by town", "the schema has no bills.number"),
        ("- place means shops.plce", "Bills by place", "the schema has no shops.plce"),
        ("- gains: wins / 2\n- wins: gains * 2", "Gains by town", "it is defined by itself"),
    ],
)
def test_a_formula_that_cannot_be_read_is_named_with_the_reason(line: str, question: str, why: str) -> None:
    declined = write_sql(f"{GOOD}\n{line}\n", question).declined or ""
    assert f"I cannot use the glossary's line “{line[2:].splitlines()[0]}”: {why}" in declined
    assert write_sql(f"{GOOD}\n{line}\n", "How many shops?").sql


@pytest.mark.parametrize(
    "line",
    ["- town: where the shop stands, e.g. Leeds", "- bills: COUNT(*)", "- town: city/village of the shop", "- shop: outlet",
     "- bills: sent, not yet paid (see above)"],
)  # fmt: skip
def test_prose_is_no_broken_formula(line: str) -> None:
    assert write_sql(f"{GOOD}\n{line}\n", QUESTION).sql


# --- on the wire -------------------------------------------------------------------------------------------------


def client() -> openai.OpenAI:
    http = httpx.Client(transport=OfflineTransport())
    return openai.OpenAI(api_key="offline", base_url="http://offline.test/v1", http_client=http, max_retries=0)


def said(messages: list[Any], **request: Any) -> str:
    choice = client().chat.completions.create(model="m", messages=messages, **request).choices[0]
    return choice.message.content or choice.message.refusal or ""


@pytest.mark.parametrize("prompt", [None, "", " \n\t", "You write SQL.", "\0\ufeff", "💥" * 1000, "## Schema\n```sql\n```"])
def test_a_prompt_that_says_nothing_about_tables_is_answered_in_words(prompt: str | None) -> None:
    system = [{"role": "system", "content": prompt}] if prompt is not None else []
    assert "SELECT" not in said([*system, {"role": "user", "content": "How many customers do we have?"}])
    assert said([*system, {"role": "user", "content": ""}])


def test_the_structured_answer_says_what_could_not_be_read() -> None:
    messages = [
        {"role": "system", "content": f"## Schema\n{GOOD}CREATE TABLE goods (good_id INT,,"},
        {"role": "user", "content": QUESTION},
    ]
    answer = json.loads(said(messages, response_format={"type": "json_object"}))
    assert answer["sql"] and "I could not read all of the table goods" in answer["explanation"]


@pytest.mark.parametrize("role", ["system", "user", "assistant"])
def test_two_megabytes_of_messages_are_refused_as_openai_refuses(role: str) -> None:
    for messages in ([{"role": role, "content": "x y " * 524_288}], [{"role": role, "content": "x" * 2_000}] * 1_024):
        with pytest.raises(openai.BadRequestError) as error:
            said([*messages, {"role": "user", "content": "How many bills?"}])
        assert error.value.code in ("context_length_exceeded", "string_above_max_length")


@pytest.mark.parametrize("choice", ["auto", "required", "none"])
@pytest.mark.parametrize(
    "function",
    [
        {"name": "f"},
        {"name": "f", "description": ""},
        {"name": "run_query", "parameters": {"type": "object", "properties": {}}},
        {"name": "run_query", "parameters": {"type": "object", "properties": {"query": {"type": "string"}}}},
    ],
)
def test_tools_without_descriptions_are_called_or_left_alone(function: dict[str, Any], choice: str) -> None:
    messages: list[Any] = [{"role": "system", "content": GOOD}, {"role": "user", "content": QUESTION}]
    tools: list[Any] = [{"type": "function", "function": function}]
    reply = client().chat.completions.create(model="m", messages=messages, tools=tools, tool_choice=choice)
    message = reply.choices[0].message
    assert bool(message.tool_calls) != bool(message.content or message.refusal)
    assert not message.tool_calls or (choice != "none" and json.loads(message.tool_calls[0].function.arguments) is not None)


# --- anything at all ---------------------------------------------------------------------------------------------

NAMES = ["bills", '"a b"', '"!!"', '"??"', "[%]", "`-`", "_", "1", "ünï", "客户", "💥", "id", "is_", "num", "date", "TABLE"]
PIECES = [*NAMES, "CREATE TABLE ", " (", "(", ")", ");", ",", ",,", "\n", "\r\n", "\t", "'", '"', "''", "--", "-- one of: , !!",
          "/*", "*/", "```", ";", " INT", " DATE", " VARCHAR(20)", " PRIMARY KEY", " REFERENCES bills(id)", " DEFAULT 'x",
          "\n- ", ": ", "SUM(", " means ", " / ", ".", "(" * 200, "COMMENT ON COLUMN a.b IS '", "FOREIGN KEY (", "\xad", "\0"]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from(NAMES), st.booleans())
def test_no_schema_or_glossary_is_too_odd_to_be_read(pieces: list[str], name: str, closed: bool) -> None:
    table = f"CREATE TABLE {name} ({name} INT, {''.join(pieces)}" + ");" * closed
    for prompt in ("".join(pieces), table, f"{GOOD}{table}"):
        for question in ("How many bills?", f"total {name} by {name}"):
            draft = write_sql(prompt, question)
            assert (draft.sql is None) != (draft.declined is None)
            assert OUR_FAULT not in (draft.declined or "")
