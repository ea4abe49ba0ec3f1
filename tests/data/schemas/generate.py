"""Write library.duckdb, saas.duckdb and rental.duckdb into a folder: the same rows every time.

  python tests/data/schemas/generate.py FOLDER

The gold answers hang on the order in which numbers are drawn: a draw that is put in, left out or moved changes the
rows of everything after it in that schema. Each schema also has what its questions ask for and a careless query misses:
members who never borrowed, accounts without a subscription, properties without a lease, dates that are not there yet.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))
from rows import START, TODAY, Rows, day, main, named, one  # noqa: E402

FIRST = """Anna Boris Clara David Elena Farid Greta Hugo Irina Jonas Karim Lena Marta Nils Olga Pavel Rosa Stefan Tara
Umar Vera Wanda Yusuf Zoe""".split()
LAST = """Abel Brandt Costa Dahl Eriksen Fischer Gruber Horvat Ivanov Jensen Keller Lang Moreau Novak Olsen Petrov Quist
Rossi Silva Tanaka Urban Vogel Weber Young Zimmer""".split()
people = named(FIRST, LAST)


def library() -> dict[str, Rows]:
    """Loans of books, over six branches."""
    r = random.Random(11)
    places = [
        ("Old Town", "Centre", True),
        ("Station Square", "Centre", True),
        ("Pier Street", "Harbour", False),
        ("Lighthouse", "Harbour", False),
        ("Hilltop", "Hills", True),
        ("Vineyard", "Hills", False),
    ]
    branches: Rows = [
        (i, name, district, day(r, date(1980, 1, 1), date(2020, 1, 1)), cafe)
        for i, (name, district, cafe) in enumerate(places, 1)
    ]
    members: Rows = [
        (
            i,
            name,
            day(r, date(1940, 1, 1), date(2015, 12, 31)),
            one(r, {"Adult": 5, "Student": 3, "Senior": 2, "Child": 2}),
            day(r),
            one(r, {1: 5, 2: 4, 3: 3, 4: 2, 5: 2, 6: 1}),
            r.random() < 0.8,
        )
        for i, name in enumerate(people(r, 220), 1)
    ]
    countries = ["Norway", "France", "Italy", "Japan", "Brazil", "Ireland"]
    authors: Rows = [(i, n, r.choice(countries), r.randrange(1900, 1990)) for i, n in enumerate(people(r, 60), 1)]
    moods = "Silent Crooked Distant Golden Winter Broken Hidden Paper Northern Burning".split()
    things = "Garden River Letters Mirror Harbor Orchard Clock Island Shadow Bridge Compass Lantern".split()
    books: Rows = [
        (
            i + 1,
            f"The {moods[i % 10]} {things[i // 10]}",
            one(r, {"Fiction": 6, "Crime": 5, "History": 3, "Science": 3, "Poetry": 1, "Travel": 2}),
            one(r, {"English": 6, "German": 3, "French": 2, "Spanish": 1}),
            r.randrange(1950, 2025),
            r.randrange(80, 900),
            r.randrange(1, 8),
            r.random() < 0.1,
        )
        for i in range(120)
    ]
    published = range(1, 56)  # the last authors have no book
    book_authors: Rows = [(b[0], a) for b in books for a in r.sample(published, one(r, {1: 7, 2: 2, 3: 1}))]
    lendable = [i for i, *_, reference in books if not reference and i % 17]  # some are never borrowed
    borrowers = [m for m in members if m[0] % 11]  # some never borrow
    liked = [r.random() ** 2 + 0.05 for _ in lendable]
    loans: Rows = []
    while len(loans) < 1800:
        member, _, _, _, joined, home, _ = r.choice(borrowers)
        loaned = day(r)
        if loaned < joined:
            continue
        due, back = loaned + timedelta(days=28), loaned + timedelta(days=r.randrange(1, 50))
        book = r.choices(lendable, liked)[0]
        branch = home if r.random() < 0.7 else r.randrange(1, 7)
        returned = back if back <= TODAY and r.random() < 0.97 else None
        loans.append((len(loans) + 1, book, member, branch, loaned, due, returned, one(r, {0: 6, 1: 2, 2: 1, 3: 1})))
    fines: Rows = []
    for loan, _, _, _, _, due, returned, _ in loans:
        if (returned and returned > due and r.random() < 0.6) or r.random() < 0.03:
            amount, reason = round(r.uniform(0.5, 25), 2), one(r, {"Late": 8, "Damaged": 2, "Lost": 1})
            fines.append((len(fines) + 1, loan, min(returned or due, TODAY), amount, reason, r.random() < 0.65))
    return {
        "branches": branches,
        "members": members,
        "authors": authors,
        "books": books,
        "book_authors": book_authors,
        "loans": loans,
        "fines": fines,
    }


def saas() -> dict[str, Rows]:
    """Subscriptions of companies, their invoices and their support tickets."""
    r = random.Random(22)
    colours = "Blue Nova Iron Bright Polar Delta Green Quick Amber Lunar".split()
    trades = "Works Logic Foods Media Health Freight Optics Labs Energy Studio Bank Craft".split()
    accounts: Rows = []
    for i in range(110):
        created = day(r)
        churned = day(r, created) if r.random() < 0.2 else None
        country = one(r, {"Germany": 5, "France": 4, "Spain": 2, "Poland": 2, "Canada": 1})
        industry = r.choice(["Finance", "Logistics", "Media", "Healthcare", "Energy"])
        name = f"{colours[i % 10]}{trades[i // 10]}"
        accounts.append((i + 1, name, country, industry, r.randrange(4, 900), created, churned))
    plans: Rows = [
        (1, "Free", 0, 2),
        (2, "Starter", 49, 10),
        (3, "Team", 149, 50),
        (4, "Business", 299, 150),
        (5, "Enterprise", 899, 1000),
    ]
    subscriptions: Rows = []
    invoices: Rows = []
    for account, _, _, _, _, started, churned in accounts:
        if account % 14 == 0:  # some have no subscription
            continue
        for _ in range(one(r, {1: 5, 2: 3, 3: 1})):  # one after the other
            plan, _, price, most_seats = r.choices(plans, [2, 4, 4, 2, 1])[0]
            stays = r.random() < 0.5
            if churned and churned >= started:
                ended = churned
            elif stays or started > date(2025, 6, 1):
                ended = None
            else:
                ended = started + timedelta(days=r.randrange(90, 400))
            if ended and ended > TODAY:
                ended = None
            status = "cancelled" if ended else one(r, {"active": 8, "past due": 1, "paused": 1})
            seats, renews = r.randrange(1, most_seats + 1), r.random() < 0.7
            subscriptions.append((len(subscriptions) + 1, account, plan, status, seats, started, ended, renews))
            issued = started
            while price and issued <= (ended or TODAY):
                amount = price + r.choice([0, 0, 10, 25, 40.5])
                paid = issued + timedelta(days=r.randrange(0, 45))
                paid_on = paid if paid <= TODAY and r.random() < 0.95 else None
                tax = round(amount * 0.2, 2)
                invoices.append((len(invoices) + 1, len(subscriptions), issued, paid_on, amount, tax))
                issued += timedelta(days=30)
            if not ended or ended == TODAY:
                break
            started = ended + timedelta(days=1)
    tickets: Rows = []
    asking = [a for a in accounts if a[0] % 9]  # some never open a ticket
    for i in range(1, 901):
        account, *_, created, _ = r.choice(asking)
        on = day(r, created)
        opened = datetime(on.year, on.month, on.day, r.randrange(24), r.randrange(60))
        closing = opened + timedelta(hours=r.randrange(1, 200))
        closed = closing if closing < datetime(2025, 10, 31) and r.random() < 0.93 else None
        priority = one(r, {"low": 3, "normal": 5, "high": 2, "urgent": 1})
        channel = one(r, {"email": 5, "chat": 3, "phone": 1})
        rating = one(r, {1: 1, 2: 1, 3: 2, 4: 4, 5: 4}) if closed and r.random() < 0.6 else None
        tickets.append((i, account, opened, closed, priority, channel, rating))
    features: Rows = [
        (1, "Single sign-on", "Security", False),
        (2, "Audit log", "Security", False),
        (3, "Dark mode", "Interface", True),
        (4, "Dashboards", "Reporting", False),
        (5, "Scheduled reports", "Reporting", True),
        (6, "Webhooks", "Integration", False),
        (7, "Calendar sync", "Integration", False),
        (8, "Bulk import", "Data", False),
        (9, "Data export", "Data", False),
        (10, "Voice notes", "Interface", True),
    ]
    used = {1: 0.5, 2: 0.3, 3: 0.6, 4: 0.7, 5: 0.2, 6: 0.4, 7: 0.3, 8: 0.5, 9: 0.6}  # nobody uses the tenth
    account_features: Rows = [
        (account, feature, day(r, created))
        for account, *_, created, _ in accounts
        if account % 13  # some use none
        for feature, share in used.items()
        if r.random() < share
    ]
    return {
        "accounts": accounts,
        "plans": plans,
        "subscriptions": subscriptions,
        "invoices": invoices,
        "tickets": tickets,
        "features": features,
        "account_features": account_features,
    }


def rental() -> dict[str, Rows]:
    """Leases of homes, month by month, and their repairs."""
    r = random.Random(33)
    cities, rates = ["Porto", "Lisbon", "Braga", "Madrid"], [0.05, 0.06, 0.08, 0.1]
    landlords: Rows = [
        (i, name, r.choice(cities), day(r, date(2015, 1, 1), date(2024, 12, 31)), r.choice(rates))
        for i, name in enumerate(people(r, 50), 1)
    ]
    streets = ["Rua das Flores", "Rua Nova", "Largo do Sol", "Avenida Central", "Rua da Prata", "Travessa Verde"]
    described = [
        (
            i + 1,
            r.randrange(1, 47),  # the last landlords have no property
            f"{streets[i % 6]} {i + 3}",
            one(r, {"Baixa": 4, "Ribeira": 3, "Foz": 2, "Boavista": 3, "Campanha": 2}),
            one(r, {"Flat": 6, "House": 2, "Studio": 2}),
            r.random() < 0.45,
            r.random() < 0.4,
        )
        for i in range(130)
    ]
    properties: Rows = []
    for *who_and_where, kind, furnished, parking in described:
        bedrooms = 0 if kind == "Studio" else r.randrange(1, 6)
        area = r.randrange(20, 42) if kind == "Studio" else 25 + bedrooms * 22 + r.randrange(25)
        properties.append((*who_and_where, kind, bedrooms, area, furnished, parking))
    nationalities = ["Portuguese", "Brazilian", "German", "French", "Angolan"]
    employers = ["Sonae", "City Hall", "Hospital Santo", "Farfetch", "EDP", None, None]
    tenants: Rows = [
        (i, name, day(r, date(1950, 1, 1), date(2005, 1, 1)), r.choice(nationalities), r.choice(employers))
        for i, name in enumerate(people(r, 260), 1)
    ]
    leases: Rows = []
    lease_tenants: Rows = []
    rent_payments: Rows = []
    for home, *_, area, furnished, _ in properties:
        if home % 15 == 0:  # some were never let
            continue
        start = (START + timedelta(days=r.randrange(500))).replace(day=1)
        while start < date(2025, 9, 1):
            end = date(start.year + 1, start.month, 1) - timedelta(days=1)
            cut_short = r.random() < 0.12
            if cut_short:
                end = start + timedelta(days=r.randrange(60, 250))
            status = "Active" if end >= TODAY else "Terminated" if cut_short else "Ended"
            rent = round((300 + area * 7 + furnished * 80) * r.uniform(0.85, 1.2) / 5) * 5
            lease = len(leases) + 1
            leases.append((lease, home, start, end, rent, rent * r.choice([1, 2, 2, 3]), status))
            renting = r.sample(range(1, 251), one(r, {1: 5, 2: 3, 3: 1}))  # the last tenants have no lease
            lease_tenants += [(lease, tenant) for tenant in renting]
            due = start
            while due <= min(end, TODAY):
                paid = due + timedelta(days=r.randrange(-3, 20))
                paid_date = paid if paid <= TODAY and r.random() < 0.95 else None
                method = one(r, {"Transfer": 6, "Card": 3, "Cash": 1})
                rent_payments.append((len(rent_payments) + 1, lease, due, paid_date, rent, method))
                due = next_month(due)
            start = next_month(end + timedelta(days=r.randrange(1, 90)))
    breaking = [p[0] for p in properties if p[0] % 7]  # some never need a repair
    repairs: Rows = []
    for i in range(1, 421):
        reported = day(r)
        fixing = reported + timedelta(days=r.randrange(0, 40))
        fixed = fixing if fixing <= TODAY and r.random() < 0.93 else None
        home = r.choice(breaking)
        category = one(r, {"Plumbing": 5, "Heating": 4, "Electrical": 3, "Painting": 2, "Appliances": 3})
        repairs.append((i, home, reported, fixed, category, round(r.uniform(30, 1500), 2), r.random() < 0.2))
    return {
        "landlords": landlords,
        "properties": properties,
        "tenants": tenants,
        "leases": leases,
        "lease_tenants": lease_tenants,
        "rent_payments": rent_payments,
        "repairs": repairs,
    }


SCHEMAS: dict[str, Callable[[], dict[str, Rows]]] = {"library": library, "saas": saas, "rental": rental}


def next_month(on: date) -> date:
    """The first day of the month after."""
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)


if __name__ == "__main__":
    main(HERE, SCHEMAS)
