"""Two results agree when a person would say so."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo_lib.evaluation.execution_accuracy import same_result

SALES = pd.DataFrame({"region": ["North", "South"], "total": [10.5, 20.0]})


@pytest.mark.parametrize(
    "same",
    [
        pd.DataFrame({"total": [20, 10.5], "r": ["South", "North"]}),
        pd.DataFrame({"a": ["North", "South"], "b": [Decimal("10.50"), Decimal("20")]}),
        pd.DataFrame({"a": ["North", "South"], "b": [10.50001, 20.00001]}),
    ],
)
def test_names_order_types_and_tiny_differences_do_not_matter(same: pd.DataFrame) -> None:
    assert same_result(same, SALES)


@pytest.mark.parametrize(
    "other",
    [
        pd.DataFrame({"region": ["North", "South"], "total": [10.5, 21.0]}),
        pd.DataFrame({"region": ["North", "South"], "total": [20.0, 10.5]}),
        pd.DataFrame({"region": ["North"], "total": [10.5]}),
        pd.DataFrame({"region": ["North", "South", "South"], "total": [10.5, 20.0, 20.0]}),
        pd.DataFrame({"total": [10.5, 20.0]}),
        pd.DataFrame(),
    ],
)
def test_values_pairings_and_counts_do(other: pd.DataFrame) -> None:
    assert not same_result(other, SALES)


def test_extra_columns_only_where_allowed() -> None:
    wide = SALES.assign(share=[0.3, 0.7])
    assert not same_result(wide, SALES)
    assert same_result(wide, SALES, extra_columns=1)


def test_order_counts_where_asked_for() -> None:
    turned = SALES.iloc[::-1]
    assert same_result(turned, SALES)
    assert not same_result(turned, SALES, ordered=True)


def test_an_empty_gold_is_only_met_by_an_empty_result() -> None:
    assert not same_result(SALES, SALES.iloc[:0])
    assert same_result(SALES.iloc[:0], SALES.iloc[:0])


def test_a_midnight_is_its_date_and_missing_is_missing() -> None:
    dates = pd.DataFrame({"d": [dt.date(2025, 1, 1), None]})
    stamps = pd.DataFrame({"d": pd.to_datetime(["2025-01-01", None])})
    assert same_result(stamps, dates)


rows = st.lists(st.tuples(st.integers(-3, 3), st.sampled_from("ab"), st.integers(0, 2)), min_size=1, max_size=6)


@given(rows, st.permutations([0, 1, 2]), st.randoms())
def test_shuffling_rows_and_columns_never_matters(
    cells: list[tuple[int, str, int]], columns: list[int], random
) -> None:  # type: ignore[no-untyped-def]
    gold = pd.DataFrame(cells)
    shuffled = list(cells)
    random.shuffle(shuffled)
    assert same_result(pd.DataFrame(shuffled)[columns], gold)
