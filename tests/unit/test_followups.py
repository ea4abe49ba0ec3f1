"""Follow-up turns: what completes a fragment, what is left alone, and that both can be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import mlflow
import openai
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from workshops import shop

from demo_lib.cli import main
from demo_lib.offline import OfflineTransport
from demo_lib.offline.english.followups import standalone
from demo_lib.offline.english.fragments import is_fragment
from demo_lib.offline.sql_writer import write_sql
from demo_lib.settings import DATA_DIR, PROJECT_ROOT

PROMPT = """Dialect: duckdb
Today is 2025-11-01.
CREATE TABLE regions (region_id INTEGER PRIMARY KEY, region_name VARCHAR); -- one of
CREATE TABLE orders (order_id INTEGER PRIMARY KEY, region_id INTEGER REFERENCES regions(region_id), order_date DATE,
  amount DECIMAL(10,2), channel VARCHAR -- one of: Online, In-store
);
## Glossary
- revenue (sales): SUM(orders.amount)
"""


@pytest.mark.parametrize(
    ("earlier", "said", "whole"),
    [  # the period
     ("What were total sales last quarter?", "only 2024", "What were total sales in 2024?"),
     ("Revenue by region in 2024", "what about 2023?", "Revenue by region in 2023"),
     ("Revenue by region in 2024", "and Q3?", "Revenue by region in Q3 2024"),
     ("Revenue by region", "the same for last year", "Revenue by region for last year"),
     ("What was 2024 revenue?", "and in 2023?", "What was 2023 revenue?"),
     ("Total sales since March 2025", "only April 2025", "Total sales in April 2025"),
     ("Total sales in 2025", "compare it to last year", "Total sales in 2025 compared to last year"),
     # the grouping
     ("What were total sales in 2024?", "and by region?", "What were total sales in 2024 by region?"),
     ("Revenue by region in 2024", "now by month", "Revenue by month in 2024"),
     ("Revenue by region in 2024", "also by channel", "Revenue by region and channel in 2024"),
     ("Monthly revenue in 2024", "by region instead", "Revenue in 2024 by region"),
     ("Orders placed by customers in 2024", "by region", "Orders placed by customers in 2024 by region"),
     ("Top 5 products by revenue", "for each region", "Top 5 products by revenue for each region"),
     # how many, in which order
     ("Revenue by product category in 2024", "top 3 only", "Revenue by the top 3 product categories in 2024"),
     ("Top 5 products by revenue", "just the top 3 products", "Top 3 products by revenue"),
     ("Top 5 products by revenue", "just 3", "Top 3 products by revenue"),
     ("Revenue by region", "sort it by name", "Revenue by region sorted by name"),
     ("Revenue by region sorted by name", "highest first", "Revenue by region highest first"),
     # values
     ("Top 5 products by revenue", "and for Electronics?", "Top 5 products by revenue for Electronics"),
     ("Average price for Toys in 2024", "and for Garden?", "Average price for Garden in 2024"),
     ("List customers in the North", "what about the South?", "List customers in the South"),
     ("Orders in Berlin and Paris by month", "only Paris", "Orders in Paris by month"),
     ("orders in berlin", "and in paris?", "orders in paris"),
     ("How many orders in 2024?", "how about online orders?", "How many online orders in 2024?"),
     ("How many new customers joined?", "and returning customers?", "How many returning customers joined?"),
     ("Total sales by region", "only online orders", "Total sales by region for online orders"),
     ("How many orders in 2024?", "what about returns?", "How many returns in 2024?"),
     ("Total sales by region", "profit instead", "Total profit by region"),
     ("Revenue by region", "without the North", "Revenue by region without the North"),
     # a picture, and what else is asked of the rows
     ("Revenue by region?", "plot it", "Revenue by region as a chart?"),
     ("Revenue by region as a chart", "a pie chart of that please", "Revenue by region as a pie chart"),
     ("Revenue by region as a bar chart", "only 2024", "Revenue by region in 2024 as a bar chart"),
     ("Sales by region, and check them for outliers", "only 2024", "Sales by region in 2024, and check them for outliers"),
     # several at once
     ("Revenue by region in 2024", "now by month, in 2023, as a chart", "Revenue by month in 2023 as a chart"),
    ],
)  # fmt: skip
def test_a_fragment_changes_what_is_of_its_kind_or_adds_to_it(earlier: str, said: str, whole: str) -> None:
    assert standalone(said, [earlier]) == whole
    assert is_fragment(said) and not is_fragment(whole)


@pytest.mark.parametrize(
    ("earlier", "said"),
    [("Total sales since 2024", "what about 2023?"),  # in it, or since?
     ("Compare 2023 and 2024 revenue", "only 2022"),
     ("Top 5 products by revenue", "by region"),  # ranked by it, or of each region?
     ("Revenue by category", "break it down by month"),
     ("Total sales in Berlin", "and for Toys?"),
     ("Orders in Berlin for Toys", "what about Garden?"),
     ("How many orders in berlin?", "what about returns?"),
     ("Total sales in 2024", "what about category?"),
     ("Total sales in 2024", "top 3 only"),  # of what?
     ("We opened in Berlin. How many orders came?", "only 2024"),
     ("hello", "by region")],
)  # fmt: skip
def test_where_two_ways_are_as_good_nothing_is_changed_and_the_writer_says_so(earlier: str, said: str) -> None:
    assert standalone(said, [earlier]) == said
    draft = write_sql(PROMPT, said, [earlier])
    assert draft.sql is None and said in str(draft.declined) and "ask the whole question" in str(draft.declined)


def test_a_fragment_goes_on_from_the_last_whole_question_as_it_had_become() -> None:
    said = ["How many stores are there?", "Revenue by region in 2024", "thanks!", "only 2023", "by region or what?"]
    assert standalone("as a chart", said[:4]) == "Revenue by region in 2023 as a chart"
    assert standalone("and by month?", said[:1]) == "How many stores are there by month?"
    assert standalone("and by month?") == "and by month?"


@pytest.mark.parametrize(
    "question",
    ["Now show me the total revenue by region", "And how many customers are in Berlin?", "And who bought the most?",
     "And customers in Berlin", "In 2024, customers by region", "For Electronics, orders and returns by month",
     "For every region, the brand with the highest sales", "By month, orders in 2024", "Customers in Canada only",
     "Only show orders from 2024", "Top 3 products", "Plot revenue by month", "Same-day deliveries", "Just list the customers"],
)  # fmt: skip
def test_however_a_question_begins_with_a_head_of_its_own_it_is_left_alone(question: str) -> None:
    assert standalone(question, ["Revenue by region in 2024 for Toys"]) == question


def test_no_question_of_the_collections_is_altered_by_the_ones_before_it() -> None:
    kept = yaml.safe_load((DATA_DIR / "questions.yaml").read_text(encoding="utf-8"))["questions"]
    questions = [said for one in kept for said in (one["question"], *one.get("wordings", ()))]
    for file in sorted((PROJECT_ROOT / "tests" / "data" / "questions").glob("*.jsonl")):
        questions += [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(questions) > 120
    altered = [q for i, q in enumerate(questions) if standalone(q, questions[max(0, i - 10) : i]) != q or is_fragment(q)]
    assert altered == []


PIECES = ["and", "only", "what about", "by", "region", "month", "for", "Toys", "in", "2024", "last year", "top 3", "sales",
          "how many", "orders", "as a chart", "plot it", "sorted by", "?", ".", ",", "the", "in Berlin", "online", "\0"]  # fmt: skip
SAID = st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join) | st.text(max_size=40)


@settings(deadline=None, max_examples=300)
@given(SAID, st.lists(SAID, max_size=4))
def test_whatever_is_said_it_does_not_fail_and_what_is_whole_stays(question: str, history: list[str]) -> None:
    whole = standalone(question, history)
    assert whole == standalone(question, list(history))
    assert whole == question or (is_fragment(question) and not is_fragment(whole))
    assert standalone(whole, history) == whole


# ----------------------------------------------------------------------------------------- where it can be seen


def test_a_conversation_answers_the_whole_question_and_its_trace_says_which(tmp_path: Path) -> None:
    chat = shop(tmp_path).chat()
    chat.ask("What was revenue in 2025?")
    answer = chat.ask("and by region?")
    whole = "What was revenue in 2025 by region?"
    assert answer.question == "and by region?" and answer.text.startswith(f"I read this as: “{whole}”")
    assert len(answer.table) == 2
    (call,) = mlflow.get_trace(answer.trace_id).search_spans(name="text_to_sql")
    assert call.inputs["question"] == whole
    drawn = chat.ask("only 2024, as a chart")
    assert drawn.chart is not None and "2024-01-01" in drawn.sql and "region" in drawn.sql
    lost = chat.ask("what about category?")
    assert lost.sql is None and "goes on from an earlier question" in lost.declined


def test_a_session_on_the_command_line_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = shop(tmp_path)
    found: list[Any] = []
    for question in ("How many orders are there in 2024?", "and by region?"):
        with pytest.raises(SystemExit):
            main(["ask", "--json", "--session", "follow-up-1", question, "--database", made.settings.database,
                  "--glossary", str(made.settings.glossary)])  # fmt: skip
        found.append(json.loads(capsys.readouterr().out))
    assert sum(row[-1] for row in found[1]["rows"]) == found[0]["rows"][0][0]


def test_chat_completions_with_a_schema_and_several_turns_write_the_whole_query() -> None:
    client = openai.OpenAI(api_key="offline", http_client=httpx.Client(transport=OfflineTransport()))
    messages: Any = [
        {"role": "system", "content": PROMPT},
        {"role": "user", "content": "Revenue by region in 2024"},
        {"role": "assistant", "content": "SELECT …"},
        {"role": "user", "content": "only 2023"},
    ]
    kept = client.chat.completions.create(model="m", messages=messages, response_format={"type": "json_object"})
    answer = json.loads(kept.choices[0].message.content or "")
    assert "2023-01-01" in answer["sql"] and "region_name" in answer["sql"]
    assert answer["explanation"].startswith("I read this as: “Revenue by region in 2023”")
