"""What the offline model can and cannot do, an example of each: `docs/offline_model.md` is written from here.

python tests/unit/test_offline_examples.py writes it anew.
"""

from __future__ import annotations

import sqlglot

from demo_lib.offline.sql_writer import write_sql
from demo_lib.settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "offline_model.md"
SET = PROJECT_ROOT / "tests" / "data" / "questions"
PROMPT = (
    f"You write SQL.\nDialect: duckdb\nToday is 2025-10-31.\n\n## Schema\n```sql\n{(SET / 'schema.sql').read_text()}\n```\n\n"
    f"## Glossary\n{(SET / 'glossary.md').read_text()}"
)

CAN = {
    "Counts, also of different things": ["How many customers do we have?", "How many different products were sold in 2024?"],
    "Sums, averages, medians, extremes": [
        "What was total revenue in 2024?",
        "Average list price of a product by category",
        "Lowest and highest list price in each category",
    ],
    "Dates, absolute and relative": [
        "Revenue last quarter",
        "How many orders were placed in the past 90 days?",
        "Number of orders by month in 2024",
        "How many orders were placed on weekends?",
    ],
    "Filters: values, numbers, negation": [
        "How many products are in Electronics?",
        "Which products cost more than 500?",
        "Products that cost more than the average",
    ],
    "Rankings, also within groups": [
        "Customers by revenue",
        "Top 3 products by revenue in each category",
        "Second most expensive product",
        "Busiest weekday for orders",
        "What is the highest list price, for which category?",
    ],
    "Time between two dates": ["Average days between order date and return date"],
    "Rates": ["How many returns per 100 orders?", "Return rate by category"],
    "Names and places that the prompt does not list": [
        "Orders of customer Maria Lopez",
        "Revenue from customers in Boston",
    ],
    "What is not given": ["Customers without a city"],
    "Slips of the finger, and small talk": [
        "Good morning! Quick one: what is the avarage list price of a prodct?",
    ],
    "Typed in haste": ["# of cust per segment", "rev by brand 2024 excl. Toys", "Q3 revenue of 2024"],
    "Groups that pass": ["Customers with more than 20 orders"],
    "What never happened, and what happened twice over": [
        "Which customers never ordered anything?",
        "How many customers ordered in 2024 but not in 2025?",
        "Which customers bought both Toys and Sports products?",
        "How many customers ordered in 2024 and also in 2025?",
    ],
    "Shares, ratios, averages of averages": [
        "Share of revenue by category",
        "Ratio of customers to orders",
        "Average number of orders per customer",
        "How much does a customer spend on average?",
        "Which customers spent more than the average customer?",
        "Products with a list price above the average of their category",
    ],
    "Change": ["Month over month growth of revenue in 2025", "Compare revenue in 2023 and 2024",
        "Revenue year to date versus the same period last year", "Running total of revenue by month in 2024",
        "Running total of revenue by month for each brand in 2024"],
    "Several numbers in one answer": ["Number of orders and revenue by category"],
    "Lists with chosen columns": ["List the products in Toys with their list price", "Top 5 products by revenue. Return the product name, the category and the revenue.",
        "Show the returns of September 2025 with date, product, reason and refund amount",
        "List the stores with city and the day they opened, oldest first"],
}  # fmt: skip
CANNOT = {
    "Words that nothing in the prompt stands for": "How many unicorns were sold?",
    "A value that is not there": "How many customers live in the Narnia region?",
    "What is still to come": "What will revenue be next year?",
    "Writing": "Delete all orders of 2024",
    "Reasons": "Why did revenue fall in March?",
    "Two readings that are equally good": "Which products sold the most?",
    "Another language": "Wie viele Kunden haben wir?",
    "A day, or a month": "Revenue oct 25",
    "Any of them, or all": "Customers who bought Toys and Sports products",
    "SQL": "SELECT * FROM customers",
}


def page() -> str:
    """The page, in Markdown."""
    lines = [
        "# What the offline model can and cannot do",
        "",
        "Written by `tests/unit/test_offline_examples.py`, which runs every example; the measure is in",
        "[offline_model_measured.md](offline_model_measured.md). It is a parser that reads the request and nothing else: the",
        "schema, keys, comments, values and glossary of its prompt. What it cannot place it declines, and says which words.",
        "`python -m demo_lib explain \"…\"` shows what each word of a question was taken for. A word that is called nowhere",
        "is looked up a second time: in what comments call a column (`-- Net promoter score, 0 to 10`), as the noun of a date",
        "(`creation date` of `created_on`), and in other spellings (`color`, `zipcode`).",
        "",
        "## It answers",
    ]  # fmt: skip
    for kind, questions in CAN.items():
        lines += ["", f"### {kind}"]
        for question in questions:
            draft = write_sql(PROMPT, question)
            sql = sqlglot.parse_one(draft.sql or "", read="duckdb").sql("duckdb", pretty=True) if draft.sql else "?"
            lines += ["", f"**{question}**", "```sql", sql, "```"]
    lines += ["", "## It declines"]
    for kind, question in CANNOT.items():
        lines += ["", f"- **{kind}**: “{question}” → {write_sql(PROMPT, question).declined}"]
    return "\n".join(lines) + "\n"


def test_every_example_is_answered_and_every_other_is_declined() -> None:
    assert [q for questions in CAN.values() for q in questions if write_sql(PROMPT, q).sql is None] == []
    assert [q for q in CANNOT.values() if write_sql(PROMPT, q).sql is not None] == []


def test_the_page_is_what_the_model_answers_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/unit/test_offline_examples.py"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
