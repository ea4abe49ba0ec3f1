"""Write mobile.duckdb and things.duckdb into a folder: the same rows every time.

  python generate.py FOLDER
"""

import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1]))
from rows import START, TODAY, Rows, day, main, named, one  # noqa: E402

FIRST = """Afonso Beatriz Carla Duarte Elisa Filipe Graca Hugo Ines Joel Lidia Marta Nuno Olga Paulo Rita Simao Teresa
Vasco Zulmira""".split()
LAST = """Abreu Barros Cardoso Dias Esteves Freitas Guerra Leal Matos Neves Oliveira Pinto Queiroz Rocha Sousa Teixeira
Vaz Xavier""".split()
people = named(FIRST, LAST)


def mobile() -> dict[str, Rows]:
    r = random.Random(601)
    kinds = {"prepaid": (9, 5), "postpaid": (18, 12), "business": (26, 30)}
    names = {
        "prepaid": ["Hola S", "Hola M", "Hola L", "Visitor"],
        "postpaid": ["Smart 10", "Smart 20", "Smart 40", "Smart Max", "Duo"],
        "business": ["Pro Basic", "Pro Plus", "Fleet"],
    }
    plans: Rows = []
    for kind, titles in names.items():
        fee, data = kinds[kind]
        for k, title in enumerate(titles):
            launched = day(r, START, date(2024, 6, 30))
            gone = date(2025, 3, 31) if title in ("Visitor", "Duo", "Smart 10") else None
            plans.append((len(plans) + 1, title, kind, fee + 6 * k + 0.99, data * (k + 1), launched, gone))
    cities = {"Lisbon": 6, "Porto": 5, "Braga": 3, "Coimbra": 2, "Faro": 2}
    subscribers: Rows = []
    for i, name in enumerate(people(r, 300), 1):
        joined = day(r)
        left = joined + timedelta(days=r.randrange(60, 900)) if r.random() < 0.3 else None
        left = left if left and left <= TODAY else None
        born = day(r, date(1945, 1, 1), date(2006, 12, 31))
        subscribers.append((i, name, one(r, cities), born, joined, left, r.random() < 0.4))
    lines: Rows = []
    for s in subscribers:
        for _ in range(one(r, {0: 1, 1: 6, 2: 3, 4: 1})):
            plan = r.choice([p for p in plans if p[1] != "Fleet"])
            status = one(r, {"ported out": 1, "cancelled": 2}) if s[5] else one(r, {"active": 9, "suspended": 1})
            number = f"9{r.randrange(10**7, 10**8)}"
            lines.append((len(lines) + 1, s[0], plan[0], number, status, day(r, s[4], s[5] or TODAY), r.random() < 0.35))
    towers: Rows = []
    for i in range(1, 41):
        region = one(r, {"North": 4, "Centre": 3, "Lisbon Area": 5, "South": 2})
        towers.append((i, f"{region[0]}{100 + i}", region, one(r, {"3G": 1, "4G": 5, "5G": 4}), day(r, date(2012, 1, 1), date(2025, 6, 30))))
    busy = [r.random() + 0.1 for _ in towers[:37]]  # three carry nothing
    used_lines = [n for n in lines if n[0] % 11]
    usage: Rows = []
    while len(usage) < 3000:
        line = r.choice(used_lines)
        on = day(r, line[5], subscribers[line[1] - 1][5] or TODAY)
        tower = r.choices(towers[:37], busy)[0]
        if on > tower[4]:
            away = r.random() < 0.08
            usage.append((len(usage) + 1, line[0], tower[0], on, r.randrange(0, 2600), r.randrange(0, 70), one(r, {0: 5, 1: 2, 3: 1, 9: 1}), away))
    invoices: Rows = []
    payments: Rows = []
    for s in subscribers:
        own = [plans[n[2] - 1][3] for n in lines if n[1] == s[0]]
        if not own:
            continue
        on, until = s[4] + timedelta(days=30), s[5] or TODAY
        while on <= until:
            amount = round(sum(own) + r.choice([0, 0, 0, 4.5, 12.35, 21.8]), 2)
            due = on + timedelta(days=21)
            invoices.append((len(invoices) + 1, s[0], on, due, amount))
            paid = on + timedelta(days=r.randrange(3, 40))
            if paid <= TODAY and r.random() < 0.94:
                halves = [amount] if r.random() < 0.93 else [round(amount / 2, 2), round(amount - round(amount / 2, 2), 2)]
                for k, part in enumerate(halves):
                    method = one(r, {"direct debit": 6, "card": 4, "kiosk": 1, "voucher": 1})
                    payments.append((len(payments) + 1, len(invoices), min(paid + timedelta(days=9 * k), TODAY), part, method))
            on += timedelta(days=60)
    tickets: Rows = []
    for i in range(1, 701):
        s = r.choice([s for s in subscribers if s[0] % 4])
        on = day(r, s[4], s[5] or TODAY)
        opened = datetime(on.year, on.month, on.day, r.randrange(24), r.randrange(60))
        closed: datetime | None = opened + timedelta(minutes=r.randrange(20, 12000))
        if closed and (closed.date() > TODAY or r.random() < 0.06):
            closed = None
        happy = one(r, {1: 1, 2: 2, 3: 3, 4: 5, 5: 4}) if closed and r.random() < 0.6 else None
        topic = one(r, {"billing": 6, "coverage": 4, "device": 3, "roaming": 2, "porting": 1})
        tickets.append((i, s[0], opened, closed, topic, one(r, {"low": 3, "normal": 5, "urgent": 2}), happy))
    return {
        "plans": plans,
        "subscribers": subscribers,
        "lines": lines,
        "towers": towers,
        "usage_days": usage,
        "invoices": invoices,
        "payments": payments,
        "tickets": tickets,
    }


def things() -> dict[str, Rows]:
    r = random.Random(602)
    places = ["Harbour", "Old Town", "Northside", "Riverbank"]
    houses = ["Dockyard", "Clock Tower", "North Hall", "Mill House", "Quayside"]
    branches: Rows = [(i + 1, n, places[i % 4], date(2015 + 2 * i, 3, 1 + i)) for i, n in enumerate(houses)]
    members: Rows = []
    for i, name in enumerate(people(r, 250), 1):
        joined = day(r)
        ends = joined + timedelta(days=365 * r.randrange(1, 4))
        where = one(r, {"Harbour": 3, "Old Town": 4, "Northside": 5, "Riverbank": 3, "Hillcrest": 1})
        members.append((i, name, one(r, {"standard": 5, "reduced": 3, "family": 2}), where, joined, ends))
    kinds = {
        "Power tools": ["Cordless Drill", "Jigsaw", "Belt Sander", "Circular Saw", "Heat Gun"],
        "Garden": ["Hedge Trimmer", "Wheelbarrow", "Lawn Mower", "Leaf Blower"],
        "Kitchen": ["Pasta Maker", "Juicer", "Ice Cream Machine", "Raclette Grill"],
        "Camping": ["Tent", "Cooler Box", "Camping Stove", "Rucksack"],
        "Music": ["Ukulele", "Keyboard", "Loudspeaker"],
        "Party": ["Bubble Machine", "Disco Ball", "Popcorn Maker"],
    }
    categories: Rows = [(i, name) for i, name in enumerate(kinds, 1)]
    stock: Rows = []
    for c, (_, names) in enumerate(kinds.items(), 1):
        for name in names:
            for k in range(r.randrange(2, 6)):
                value = round(r.uniform(20, 400), 2)
                got = day(r, date(2022, 1, 1), date(2025, 9, 30))
                state = one(r, {"new": 2, "good": 5, "worn": 3, "broken": 1})
                brand = r.choice(["Bosk", "Makiwa", "Tefalo", "Quechuo", "Yamasa"])
                stock.append((len(stock) + 1, c, r.randrange(1, 6), f"{name} {k + 1}", brand, value, round(value / 5, 0), got, state, r.random() < 0.3))
    wanted = [r.random() ** 2 + 0.04 for _ in stock]
    keen = [m for m in members if m[0] % 9]
    loans: Rows = []
    while len(loans) < 1800:
        thing = r.choices(stock, wanted)[0]
        member = r.choice(keen)
        if not thing[0] % 14:  # nobody wants these
            continue
        on = day(r, max(thing[7], member[4], START), TODAY)
        due = on + timedelta(days=r.choice([7, 14, 21]))
        back: date | None = on + timedelta(days=r.randrange(1, 26))
        if back and (back > TODAY or r.random() < 0.02):
            back = None
        loans.append((len(loans) + 1, thing[0], member[0], on, due, back, one(r, {0: 2, 2.5: 3, 4: 3, 7.5: 2})))
    repairs: Rows = []
    for i in range(1, 241):
        thing = r.choice([t for t in stock if t[0] % 3])
        on = day(r, max(thing[7], START), TODAY)
        done: date | None = on + timedelta(days=r.randrange(1, 45))
        if done and (done > TODAY or r.random() < 0.05):
            done = None
        fault = one(r, {"motor": 3, "cable": 4, "blade": 2, "battery": 3, "casing": 1})
        repairs.append((i, thing[0], on, done, round(r.uniform(4, 140), 2), fault))
    instructors: Rows = [(i, n, r.randrange(18, 45), r.random() < 0.35) for i, n in enumerate(people(r, 24), 1)]
    titles = {
        "woodwork": ["Build a Shelf", "Carve a Spoon"],
        "sewing": ["Mend Your Jeans", "First Dress"],
        "bike repair": ["Fix a Puncture", "Tune Your Gears"],
        "electronics": ["Solder a Radio", "Lamp Rescue"],
        "cooking": ["Sourdough", "Ferment It"],
    }
    workshops: Rows = []
    for i in range(1, 221):
        topic = one(r, {"woodwork": 4, "sewing": 3, "bike repair": 4, "electronics": 2, "cooking": 3})
        teacher = r.choice([t for t in instructors if t[0] % 8])
        workshops.append((i, r.randrange(1, 6), teacher[0], r.choice(titles[topic]), topic, day(r), r.choice([8, 10, 12, 16]), r.choice([0, 12, 18, 25, 40])))
    signups: Rows = []
    for w in workshops:
        ready = [m for m in members if m[4] < w[5] and m[0] % 5]
        for m in r.sample(ready, min(len(ready), r.randrange(2, w[6] + 1))):
            on = max(m[4], w[5] - timedelta(days=r.randrange(1, 50)))
            came = r.random() < 0.82
            signups.append((len(signups) + 1, w[0], m[0], on, came, one(r, {2: 1, 3: 2, 4: 5, 5: 5}) if came and r.random() < 0.6 else None))
    return {
        "branches": branches,
        "members": members,
        "categories": categories,
        "things": stock,
        "loans": loans,
        "repairs": repairs,
        "instructors": instructors,
        "workshops": workshops,
        "signups": signups,
    }


if __name__ == "__main__":
    main(HERE, {"mobile": mobile, "things": things})
