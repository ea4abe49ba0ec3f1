"""The data quality agent's checks: what each finds, and what it leaves alone."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo_lib.agents.data_quality import (
    CHECKS,
    detect_outliers,
    duplicates,
    nulls,
    quality_report,
    stale_dates,
    sums_that_do_not_add_up,
)
from demo_lib.errors import UsageError

TODAY = datetime.date(2025, 11, 1)


def lines(rows: int = 40) -> pd.DataFrame:
    quantity = [1 + i % 7 for i in range(rows)]
    price = [Decimal("9.95") + i for i in range(rows)]
    return pd.DataFrame(
        {"quantity": quantity, "price": price, "total": [q * p for q, p in zip(quantity, price, strict=True)]}
    )


def test_nulls_are_counted_by_column_and_whole_columns_are_not_named() -> None:
    assert nulls(pd.DataFrame({"a": [1, None, None], "b": [1, 2, 3]})) == {"a": 2}


def test_duplicates_are_whole_rows_also_where_a_cell_holds_a_list() -> None:
    table = pd.DataFrame({"a": [1, 2, 1, 1], "b": [["x"], ["y"], ["x"], ["z"]]})
    assert duplicates(table) == {"count": 1, "rows": [2]}


def test_one_far_value_is_an_outlier_and_does_not_hide_itself() -> None:
    """A z-score over mean and deviation would miss it: of 10 values none is ever beyond 3 deviations."""
    table = pd.DataFrame({"x": [10, 11, 9, 10, 12, 10, 9, 11, 10, 1_000]})
    assert detect_outliers(table) == {"x": {"count": 1, "rows": [9], "values": [1000.0]}}


def test_outliers_are_found_where_most_values_are_equal() -> None:
    assert detect_outliers(pd.DataFrame({"x": [5] * 30 + [90]}))["x"]["rows"] == [30]


@pytest.mark.parametrize(
    "column",
    [
        {"customer_id": [1, 2, 3, 4, 5, 99_999]},
        {"is_open": [True, False, True, True, True, True]},
        {"city": ["a", "b", "c", "d", "e", "f"]},
        {"day": [datetime.date(2020, 1, 1)] * 6},
        {"few": [1, 1, 1_000]},
        {"equal": [7, 7, 7, 7, 7, 7]},
        {"empty": [None] * 6},
    ],
    ids=lambda c: next(iter(c)),
)
def test_what_has_no_outliers_by_its_nature_is_left_alone(column: dict[str, list[object]]) -> None:
    assert detect_outliers(pd.DataFrame(column)) == {}


def test_dates_are_stale_when_the_newest_is_old() -> None:
    table = pd.DataFrame({"old": [datetime.date(2024, 12, 31), None], "new": [datetime.datetime(2025, 10, 1, 8)] * 2})
    assert stale_dates(table, TODAY) == {"old": {"newest": "2024-12-31", "days_old": 305}}


def test_a_row_that_breaks_the_others_arithmetic_is_named() -> None:
    table = lines()
    assert sums_that_do_not_add_up(table) == []
    table.loc[17, "total"] += 100
    assert sums_that_do_not_add_up(table) == [{"rule": "total = quantity × price", "count": 1, "rows": [17]}]


def test_columns_that_have_nothing_to_do_with_each_other_make_no_rule() -> None:
    table = pd.DataFrame({"a": range(50), "b": [i * 7 % 11 for i in range(50)], "c": [i * 13 % 17 for i in range(50)]})
    assert sums_that_do_not_add_up(table) == []


def test_shares_must_come_to_the_whole() -> None:
    assert sums_that_do_not_add_up(pd.DataFrame({"sales_share": [0.5, 0.3, 0.2]})) == []
    assert sums_that_do_not_add_up(pd.DataFrame({"sales_share": [0.5, 0.3, 0.1]})) == [
        {"rule": "sales_share sums to 1", "sum": 0.9}
    ]
    assert sums_that_do_not_add_up(pd.DataFrame({"percent": [50.0, 30.0]}))[0]["sum"] == 80.0


def test_a_report_holds_what_was_asked_for_and_no_check_means_all() -> None:
    assert set(quality_report(lines(), ["null_check"], TODAY)) == {"rows", "nulls"}
    assert len(quality_report(lines(), [], TODAY)) == len(CHECKS) + 1
    with pytest.raises(UsageError, match="null_check, duplicate_check"):
        quality_report(lines(), ["vibes"], TODAY)


cells = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(), st.text(max_size=5), st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
)  # fmt: skip


@given(st.lists(st.tuples(cells, cells, cells), max_size=25))
def test_no_table_makes_a_check_stumble(rows: list[tuple[object, ...]]) -> None:
    report = quality_report(pd.DataFrame(rows, columns=["a", "b", "c"]), [], TODAY)
    assert report["rows"] == len(rows)
