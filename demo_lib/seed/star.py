"""The sales star: its dimensions, and what makes each of its seven tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
from pandas.tseries.holiday import USFederalHolidayCalendar

from demo_lib.retrieval.catalog import Table
from demo_lib.seed import words
from demo_lib.seed.canary import canaries
from demo_lib.seed.chance import choose, generator, weighted
from demo_lib.seed.sales import make_returns, make_sales

Frames = dict[str, pd.DataFrame]

PRICE_LEVEL = 1.135
"""Scales every list price; set so that sales in Q4 2024 come to $1.2 million."""


def _time_dimension(table: Table, frames: Frames, last_day: date) -> pd.DataFrame:
    days = pd.date_range("2022-01-01", periods=table.rows or 0, freq="D")
    return pd.DataFrame(
        {
            "date_key": days,
            "year": days.year,
            "quarter": days.quarter,
            "month": days.month,
            "month_name": days.month_name(),
            "day_of_week": days.day_name(),
            "is_weekend": days.dayofweek >= 5,
            "is_holiday": days.isin(USFederalHolidayCalendar().holidays(days[0], days[-1])),
        }
    )


def _regions(table: Table, frames: Frames, last_day: date) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "region_id": range(1, len(words.REGIONS) + 1),
            "region_name": list(words.REGIONS),
            "country": [region.country for region in words.REGIONS.values()],
        }
    )


def _stores(table: Table, frames: Frames, last_day: date) -> pd.DataFrame:
    rng, n = generator(table.name), table.rows or 0
    places = [(number, city) for number, r in enumerate(words.REGIONS.values(), 1) for city in r.cities]
    # every city once, then some a second time
    chosen = [places[i] for i in rng.permutation(len(places))]
    chosen += chosen[: n - len(places)]
    # ids follow the openings, the newest one a few days old
    opened = np.datetime64("2015-03-01") + np.sort(rng.integers(0, 3500, n))
    opened[-1] = np.datetime64(last_day) - 9
    kind = np.where(np.arange(n) < len(places), "Central", "Mall")
    return pd.DataFrame(
        {
            "store_id": range(1, n + 1),
            "store_name": [f"{city} {k}" for (_, city), k in zip(chosen, kind, strict=True)],
            "region_id": [number for number, _ in chosen],
            "city": [city for _, city in chosen],
            "opened_on": opened,
        }
    )


def _products(table: Table, frames: Frames, last_day: date) -> pd.DataFrame:
    rng = generator(table.name)
    made: list[tuple[str, str, str, float]] = []
    brands_each = (table.rows or 0) // sum(len(c.products) for c in words.CATEGORIES.values())
    for name, category in words.CATEGORIES.items():
        low, high = category.prices
        for product in category.products:
            usual = low + (high - low) * rng.random() ** 1.6
            for brand in rng.choice(words.BRANDS, brands_each, replace=False):
                dollars = round(usual * rng.uniform(0.75, 1.3) * PRICE_LEVEL)
                made.append((f"{brand} {product}", name, str(brand), max(dollars, 3) - 0.01))
    frame = pd.DataFrame(made, columns=["product_name", "category", "brand", "unit_price"])
    frame.insert(0, "product_id", range(1, len(frame) + 1))
    frame["unit_cost"] = np.round(frame["unit_price"] * rng.uniform(0.45, 0.72, len(frame)), 2)
    return frame


def _customers(table: Table, frames: Frames, last_day: date) -> pd.DataFrame:
    rng, n = generator(table.name), table.rows or 0
    segment = choose(rng, ["Consumer", "Corporate", "Small Business"], [0.62, 0.15, 0.23], n)
    people = rng.choice(len(words.FIRST_NAMES) * len(words.LAST_NAMES), n, replace=False)
    firms = iter(rng.permutation(len(words.COMPANY_NAMES) * len(words.COMPANY_KINDS) * 3))
    region = weighted(rng, [0.21, 0.24, 0.22, 0.18, 0.06, 0.09], n)
    city = weighted(rng, [0.30, 0.22, 0.17, 0.13, 0.10, 0.08], n)
    cities = [r.cities for r in words.REGIONS.values()]
    # ids follow the sign-ups
    first = np.datetime64("2019-06-01")
    days = int((np.datetime64(last_day) - first).astype(int))
    signup = first + np.sort((days * rng.random(n) ** 0.85).astype(int))
    return pd.DataFrame(
        {
            "customer_id": range(1, n + 1),
            "customer_name": [
                _person(int(p)) if s == "Consumer" else _company(int(next(firms)), s)
                for p, s in zip(people, segment, strict=True)
            ],
            **{c.name: canaries(c, n, rng) for c in table.columns if c.sensitive},
            "region_id": region + 1,
            "segment": segment,
            "city": [cities[r][c] for r, c in zip(region, city, strict=True)],
            "signup_date": signup,
        }
    )


STAR: dict[str, Callable[[Table, Frames, date], pd.DataFrame]] = {
    "time_dimension": _time_dimension,
    "regions": _regions,
    "stores": _stores,
    "products": _products,
    "customers": _customers,
    "sales": make_sales,
    "returns": make_returns,
}
"""What makes each table: from its catalogue entry, the tables that it references, and the data's last day."""


def _person(number: int) -> str:
    first, last = divmod(number, len(words.LAST_NAMES))
    return f"{words.FIRST_NAMES[first]} {words.LAST_NAMES[last]}"


def _company(number: int, segment: str) -> str:
    forms = ["Inc.", "Corp.", "Ltd."] if segment == "Corporate" else ["LLC", "& Sons", "Co."]
    rest, form = divmod(number, len(forms))
    name, kind = divmod(rest, len(words.COMPANY_KINDS))
    return f"{words.COMPANY_NAMES[name]} {words.COMPANY_KINDS[kind]} {forms[form]}"
