"""The facts of the star: sales from 2023 to the day before the as-of date, and the returns among them.

Money is computed in whole cents, so that `amount` is exact to the last digit.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demo_lib.retrieval.catalog import Table
from demo_lib.seed.chance import choose, generator, weighted
from demo_lib.seed.words import CATEGORIES

Days = NDArray[np.datetime64]
Positions = NDArray[np.int64]

FIRST_DAY = np.datetime64("2023-01-01")
GROWTH_PER_YEAR = 0.13
PRICE_RISE_PER_YEAR = 0.03
NEVER_BOUGHT = 24
"""Customers who signed up and bought nothing."""
NEVER_SOLD = 6
"""Products that nobody has bought yet."""
NEVER_RETURNED = 5
"""Products that were sold and never came back."""

# January to December: a slow start, a strong end
MONTH_WEIGHTS = np.array([0.80, 0.79, 0.90, 0.94, 1.00, 0.99, 0.93, 0.96, 0.99, 1.04, 1.30, 1.52])
# Monday to Sunday
WEEKDAY_WEIGHTS = np.array([0.86, 0.84, 0.88, 0.95, 1.14, 1.31, 1.02])


def make_sales(table: Table, frames: dict[str, pd.DataFrame], last_day: date) -> pd.DataFrame:
    """The sales, in the order of their days. `frames` holds customers, products and stores."""
    rng, n = generator(table.name), table.rows or 0
    customers, products, stores = frames["customers"], frames["products"], frames["stores"]
    day, buyer = _visits(rng, n, customers, np.datetime64(last_day))
    order = np.argsort(day, kind="stable")
    day, buyer = day[order], buyer[order]
    years = (day - FIRST_DAY).astype(int) / 365.25
    segment = customers["segment"].to_numpy()[buyer]

    popularity = _by_category(products, "share") * rng.lognormal(0, 0.6, len(products))
    popularity[rng.choice(len(products), NEVER_SOLD, replace=False)] = 0
    product = weighted(rng, popularity, n)

    quantity = np.minimum(rng.geometric(np.where(segment == "Consumer", 0.62, 0.42)), 12)
    # prices rise once a year, towards today's, and end in 99 cents
    years_ago = last_day.year - 1970 - day.astype("datetime64[Y]").astype(int)
    dollars = products["unit_price"].to_numpy()[product] / (1 + PRICE_RISE_PER_YEAR) ** years_ago
    cents = np.maximum(np.round(dollars), 3).astype(np.int64) * 100 - 1
    on_offer = rng.random(n) < np.where(_month(day) >= 10, 0.52, 0.34)
    percent = np.where(on_offer, np.array([5, 10, 15, 20, 25])[weighted(rng, [40, 32, 14, 9, 5], n)], 0)

    walks_in = rng.random(n) < 0.68 - 0.07 * years
    away = choose(rng, ["Online", "Mobile App"], [0.64, 0.36], n)
    methods = next(c.values for c in table.columns if c.name == "payment_method")
    paid_in_store = choose(rng, methods, [0.40, 0.27, 0.15, 0.13, 0.05], n)
    paid_away = choose(rng, methods, [0.52, 0.19, 0.25, 0.00, 0.04], n)
    return pd.DataFrame(
        {
            "sale_id": range(1, n + 1),
            "sale_date": day,
            "customer_id": buyer + 1,
            "product_id": product + 1,
            "store_id": _stores_visited(rng, day, customers["region_id"].to_numpy()[buyer], stores) + 1,
            "quantity": quantity,
            "unit_price": cents / 100,
            "discount": percent / 100,
            "amount": (quantity * cents * (100 - percent) + 50) // 100 / 100,
            "channel": np.where(walks_in, "In-store", away),
            "payment_method": np.where(walks_in, paid_in_store, paid_away),
        }
    )


def make_returns(table: Table, frames: dict[str, pd.DataFrame], last_day: date) -> pd.DataFrame:
    """The returns, in the order of their days: of each sale at most one, up to 45 days after it."""
    rng, n = generator(table.name), table.rows or 0
    sales, products = frames["sales"], frames["products"]
    rates = _by_category(products, "returned")
    rates[rng.choice(len(products), NEVER_RETURNED, replace=False)] = 0
    last = np.datetime64(last_day)
    day = sales["sale_date"].to_numpy().astype("datetime64[D]")
    chance = np.where(day < last, rates[sales["product_id"].to_numpy() - 1], 0)
    sale = np.sort(rng.choice(len(sales), n, replace=False, p=chance / chance.sum()))
    back_on = np.minimum(day[sale] + 1 + (44 * rng.random(n) ** 1.7).astype(int), last)
    order = np.argsort(back_on, kind="stable")
    sale, back_on = sale[order], back_on[order]
    bought = sales["quantity"].to_numpy()[sale]
    quantity = np.where(rng.random(n) < 0.7, bought, 1 + (bought * rng.random(n)).astype(int))
    cents = np.round(sales["amount"].to_numpy()[sale] * 100).astype(np.int64)
    reasons = next(c.values for c in table.columns if c.name == "reason")
    return pd.DataFrame(
        {
            "return_id": range(1, n + 1),
            "sale_id": sale + 1,
            "return_date": back_on,
            "quantity": quantity,
            "refund_amount": (2 * cents * quantity + bought) // (2 * bought) / 100,
            "reason": choose(rng, reasons, [0.31, 0.24, 0.21, 0.15, 0.09], n),
        }
    )


def _visits(
    rng: np.random.Generator, n: int, customers: pd.DataFrame, last_day: np.datetime64
) -> tuple[Days, Positions]:
    """On which day which customer bought: `n` pairs, none before the customer signed up."""
    days = np.arange(FIRST_DAY, last_day + 1)
    season = (
        MONTH_WEIGHTS[_month(days)]
        * WEEKDAY_WEIGHTS[(days.astype(int) + 3) % 7]  # 1970-01-01 was a Thursday
        * (1 + GROWTH_PER_YEAR) ** ((days - FIRST_DAY).astype(int) / 365.25)
    )
    signup = customers["signup_date"].to_numpy().astype("datetime64[D]")
    loyalty = rng.lognormal(0, 0.8, len(customers))
    never = rng.choice(len(customers), NEVER_BOUGHT, replace=False)
    loyalty[never] = 0

    # everybody else buys at least once: newcomers soon after signing up, the others some day
    first = np.setdiff1d(np.arange(len(customers)), never)
    soon = signup[first] + (12 * rng.random(len(first)) ** 2).astype(int)
    some_day = days[weighted(rng, season, len(first))]
    first_day = np.minimum(np.where(signup[first] < FIRST_DAY, some_day, soon), last_day)

    day = days[weighted(rng, season, n - len(first))]
    reach = np.cumsum(loyalty)
    signed_up = np.searchsorted(signup, day, side="right")
    buyer = np.searchsorted(reach, rng.random(len(day)) * reach[signed_up - 1], side="right")
    return np.concatenate([first_day, day]), np.concatenate([first, buyer])


def _stores_visited(
    rng: np.random.Generator, day: Days, region: Positions, stores: pd.DataFrame
) -> Positions:
    """The store of each sale: open on the day, and mostly in the customer's region."""
    opened = stores["opened_on"].to_numpy().astype("datetime64[D]")
    chance = rng.random(len(day))
    visited = (chance * np.searchsorted(opened, day, side="right")).astype(np.int64)
    at_home = rng.random(len(day)) < 0.9
    for r in np.unique(region):
        here = np.flatnonzero(stores["region_id"].to_numpy() == r)
        open_here = np.searchsorted(opened[here], day, side="right")
        mine = at_home & (region == r) & (open_here > 0)
        visited[mine] = here[(chance[mine] ** 1.3 * open_here[mine]).astype(np.int64)]
    return visited


def _month(days: Days) -> NDArray[Any]:
    """0 for January to 11 for December."""
    return days.astype("datetime64[M]").astype(int) % 12


def _by_category(products: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """What each product's category says under `name`."""
    return np.array([getattr(CATEGORIES[category], name) for category in products["category"]])
