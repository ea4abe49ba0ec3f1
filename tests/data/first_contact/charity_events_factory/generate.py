"""Write charity.duckdb, factory.duckdb and events.duckdb into a folder: the same rows every time.

  python generate.py FOLDER
"""
import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1]))
from rows import START, TODAY, day, main, named, one  # noqa: E402

FIRST = """Amelia Bruno Cecile Daan Edith Felix Gwen Harriet Imran Joris Katya Lars Maeve Noor Oscar Priya Quinn Ruben
Saskia Tomas Ulrike Victor Wendy Xander""".split()
LAST = """Adams Bakker Claes Davies Evans Foster Goossens Hughes Ingram Jacobs Kerr Lambert Mertens Nolan Owens Peeters
Reid Sutton Thomas Underhill Vance Willems York Zielinski""".split()
people = named(FIRST, LAST)


def at(r, on, first=0, last=23):
    return datetime(on.year, on.month, on.day, r.randrange(first, last + 1), r.randrange(60))


def charity():
    r = random.Random(401)
    cities = {"Leeds": 5, "Bristol": 4, "Cardiff": 3, "York": 2, "Dundee": 2}
    names = people(r, 480)
    firms = [f"{a} {b}" for a in "Harbour Maple Summit Thistle Beacon Granite Willow Falcon".split() for b in ("Bakery", "Motors", "Print", "Dental", "Brewing")]
    trusts = [f"{a} Foundation" for a in "Ashdown Bellamy Corrigan Dunmore Ellery Fairfax Glenroy Hartwell Inverness Kestrel Lomond Merton Norwood Orchard Pemberton Radley Selwyn Thorne Upton Wexford".split()]
    donors = []
    for i in range(1, 301):
        kind = "individual" if i <= 240 else "company" if i <= 280 else "foundation"
        name = names[i - 1] if kind == "individual" else firms[i - 241] if kind == "company" else trusts[i - 281]
        donors.append((i, name, kind, one(r, cities), day(r), r.random() < 0.55))
    titles = """Clean Wells|Water|Rain Barrels|Water|Rivers for All|Water|Books on Wheels|Education|School Lunches|Education
Girls in Class|Education|Teachers First|Education|Mobile Clinic|Health|Mother and Child|Health|Vaccine Drive|Health
Winter Beds|Shelter|Rebuild Homes|Shelter|Warm Blankets|Shelter|Night Kitchen|Shelter|Rhino Watch|Wildlife|Seabird Rescue|Wildlife
Hedgehog Highways|Wildlife|Forest Corridor|Wildlife""".replace("\n", "|").split("|")
    campaigns = []
    for i in range(18):
        starts = day(r, START, date(2025, 5, 1))
        ends = starts + timedelta(days=r.randrange(120, 700))
        ends = min(ends, TODAY)
        campaigns.append((i + 1, titles[2 * i], titles[2 * i + 1], r.randrange(4, 40) * 1000, starts, ends))
    liked = [r.random() + 0.15 for _ in campaigns]
    giving = [d for d in donors if d[0] % 10]  # some never give
    generous = [r.random() ** 2 + 0.05 for _ in giving]
    donations = []
    while len(donations) < 2200:
        d = r.choices(giving, generous)[0]
        c = r.choices(campaigns, liked)[0]
        if c[0] == 17:  # nobody gives for this one
            continue
        on = day(r, c[4], c[5])
        if on < d[4]:
            continue
        scale = {"individual": 60, "company": 400, "foundation": 1100}[d[2]]
        amount = round(r.uniform(0.15, 2.2) * scale, 2)
        pay = one(r, {"card": 6, "bank transfer": 3, "direct debit": 3, "cash": 1})
        fee = round(amount * {"card": 0.021, "bank transfer": 0.004, "direct debit": 0.009, "cash": 0}[pay], 2)
        donations.append((len(donations) + 1, d[0], c[0], on, amount, fee, pay, pay == "direct debit" and r.random() < 0.8))
    volunteers = [(i + 1, names[300 + i], one(r, cities), day(r, date(1948, 1, 1), date(2007, 1, 1)), day(r)) for i in range(180)]
    willing = [v for v in volunteers if v[0] % 12]
    keen = [r.random() ** 2 + 0.05 for _ in willing]
    shifts = []
    while len(shifts) < 1300:
        v, c = r.choices(willing, keen)[0], r.choice(campaigns)
        if c[0] in (5, 12, 17):  # these go without volunteers
            continue
        on = day(r, c[4], c[5])
        if on >= v[4]:
            shifts.append((len(shifts) + 1, v[0], c[0], on, r.randrange(4, 33) / 4, one(r, {"driver": 2, "fundraiser": 4, "office": 2, "stall": 3})))
    places = ["Kenya", "Nepal", "Peru", "Malawi", "Jordan"]
    works = "Hope Bridge Spring Lantern Roots Harvest Summit Open".split()
    partners = [(i + 1, f"{works[i % 8]} {places[i % 5]}", places[i % 5]) for i in range(32)]
    grants = []
    for i in range(1, 261):
        decided = day(r)
        paid = decided + timedelta(days=r.randrange(5, 75))
        partner = r.choice([p for p in partners if p[0] % 8])
        grants.append((i, r.choice(campaigns)[0], partner[0], decided, paid if paid <= TODAY and r.random() < 0.95 else None, round(r.uniform(300, 6000), 2)))
    return dict(donors=donors, campaigns=campaigns, donations=donations, volunteers=volunteers, shifts=shifts, partners=partners, grants=grants)


def factory():
    r = random.Random(402)
    plants = [(1, "Linz", "Austria", 14200), (2, "Graz", "Austria", 9800), (3, "Maribor", "Slovenia", 7600), (4, "Bolzano", "Italy", 5100)]
    kinds = {"lathe": 5, "milling machine": 4, "press": 3, "robot": 3, "laser cutter": 2}
    cost = {"lathe": 80000, "milling machine": 120000, "press": 60000, "robot": 95000, "laser cutter": 210000}
    machines, count = [], {}
    for i in range(1, 61):
        kind = one(r, kinds)
        count[kind] = count.get(kind, 0) + 1
        name = f"{kind.split()[0].capitalize()} {count[kind]:02d}"
        machines.append((i, one(r, {1: 4, 2: 3, 3: 2, 4: 1}), name, kind, day(r, date(2023, 1, 1)), round(cost[kind] * r.uniform(0.6, 1.5), 2), r.random() < 0.12))
    fam = {"Gears": ["Spur", "Helical", "Bevel", "Worm", "Ring", "Planet"], "Valves": ["Ball", "Gate", "Check", "Relief", "Needle", "Globe"],
           "Brackets": ["Corner", "Shelf", "Angle", "Pipe", "Rail"], "Housings": ["Motor", "Pump", "Sensor", "Bearing", "Switch"]}
    products = []
    for f, parts in fam.items():
        for p in parts:
            for size in ("S", "L"):
                c = round(r.uniform(3, 90), 2)
                products.append((f"{f[:2].upper()}-{len(products) + 101}", f"{p} {f[:-1]} {size}", f, c, round(c * r.uniform(1.2, 2.6), 2)))
    made = products[:-3]  # the last three were never made
    bad = {p[0]: r.uniform(0.01, 0.11) for p in products}
    working = [m for m in machines if m[0] % 15]
    pull = [r.random() + 0.2 for _ in made]
    orders = []
    while len(orders) < 1500:
        m, p = r.choice(working), r.choices(made, pull)[0]
        start = day(r)
        if start < m[4]:
            continue
        due = start + timedelta(days=r.randrange(4, 15))
        end = start + timedelta(days=r.randrange(1, 17))
        state = "done" if end <= TODAY and r.random() < 0.95 else ("running" if (TODAY - start).days < 40 else "stopped")
        n = r.randrange(40, 900)
        scrap = sum(r.random() < bad[p[0]] for _ in range(n))
        orders.append((len(orders) + 1, p[0], m[0], state, start, due, end if state == "done" else None, n - scrap, scrap))
    downtimes = []
    while len(downtimes) < 1100:
        m, on = r.choice([m for m in machines if m[0] % 9]), day(r)
        if on >= m[4]:
            downtimes.append((len(downtimes) + 1, m[0], at(r, on), r.randrange(6, 480), one(r, {"breakdown": 4, "changeover": 5, "no material": 2, "cleaning": 3})))
    operators = [(i, one(r, {1: 4, 2: 3, 3: 2, 4: 2}), n, one(r, {"early": 4, "late": 3, "night": 2}), day(r), round(r.uniform(15, 34), 2)) for i, n in enumerate(people(r, 200), 1)]
    able = [o for o in operators if o[0] % 6]
    inspections = []
    while len(inspections) < 900:
        o, w = r.choice(able), r.choice(orders)
        on = (w[6] or w[4]) + timedelta(days=r.randrange(0, 4))
        if on < o[4] or on > TODAY:
            continue
        result = one(r, {"pass": 8, "rework": 2, "reject": 1})
        inspections.append((len(inspections) + 1, w[0], o[0], on, result, 0 if result == "pass" and r.random() < 0.6 else r.randrange(1, 12)))
    return dict(plants=plants, machines=machines, products=products, work_orders=orders, downtimes=downtimes, operators=operators, inspections=inspections)


def events():
    r = random.Random(403)
    halls = """Scheldt Hall|Antwerp|Dock Nine|Antwerp|Citadel Park|Antwerp|Velvet Room|Antwerp|Lys Theatre|Ghent|Old Foundry|Ghent|Castle Green|Ghent
Royal Cirque|Brussels|Atomic Arena|Brussels|Canal House|Brussels|Sablon Stage|Brussels|Meuse Forum|Liege|Blast Furnace|Liege|Market Cellar|Liege""".replace("\n", "|").split("|")
    venues = [(i + 1, halls[2 * i], halls[2 * i + 1], r.randrange(8, 160) * 25, "Park" not in halls[2 * i] and "Green" not in halls[2 * i]) for i in range(14)]
    a = "Crimson Paper Velvet Lunar Feral Golden Static Quiet Hollow Electric".split()
    b = "Foxes Engines Tides Parade Orchids Satellites Wolves Choir".split()
    genres = {"rock": 4, "jazz": 3, "comedy": 2, "classical": 2, "electronic": 3}
    artists = [(i + 1, f"{a[i % 10]} {b[i // 10]}", one(r, genres), r.choice(["Belgium", "Netherlands", "France", "Ireland", "Sweden"])) for i in range(80)]
    shown, lineups = [], []
    c = "Winter Spring Summer Autumn Midnight Sunday River City Open Grand Little Royal".split()
    d = "Sessions Nights Revue Gala Jam Special Tour Weekender Stage Mixtape Encore Fair Follies Echo Club Roadshow Soundcheck Showcase".split()
    for i in range(216):
        v = r.choice([v for v in venues if v[0] != 14])  # one venue stays empty
        shown.append((i + 1, f"{c[i % 12]} {d[i // 12]}", v[0], day(r, date(2023, 2, 1)) if i % 16 else day(r, date(2025, 10, 31)), one(r, {"concert": 6, "festival": 2, "stand-up": 2, "matinee": 1}), one(r, {"held": 16, "called off": 1, "postponed": 1})))
        for k, who in enumerate(r.sample(range(1, 73), one(r, {1: 4, 2: 4, 3: 2, 4: 1}))):  # the last artists never play
            lineups.append((i + 1, who, round(r.uniform(400, 6000) * (1.6 if k == 0 else 0.7), 2), k == 0))
    towns = ["Antwerp", "Ghent", "Brussels", "Liege", "Leuven", "Mechelen", "Namur"]
    buyers = [(i, n, r.choice(towns), r.randrange(1950, 2008), min(day(r), day(r))) for i, n in enumerate(people(r, 340), 1)]
    loyal = [b for b in buyers if b[0] % 13]
    weight = [r.random() ** 4 * 2 + 0.25 for _ in loyal]
    draw = [r.random() + 0.1 if e[0] % 24 else 0 for e in shown]
    bookings, tickets, attended = [], [], {}
    while len(bookings) < 1350:
        b, e = r.choices(loyal, weight)[0], r.choices(shown, draw)[0]
        on = e[3] - timedelta(days=int(r.random() ** 2 * 120))
        if on < max(b[4], START):
            continue
        n = len(bookings) + 1
        bookings.append((n, b[0], e[0], at(r, on, 7, 22), one(r, {"web": 5, "app": 4, "box office": 2, "partner": 1})))
        attended[b[0], e[0]] = e[3]
        seat = one(r, {"standing": 4, "seated": 4, "balcony": 2, "vip": 1})
        price = {"standing": 28, "seated": 42, "balcony": 35, "vip": 95}[seat] + r.randrange(0, 60) / 4
        for _ in range(one(r, {1: 3, 2: 5, 3: 1, 4: 1})):
            if len(tickets) < 3000:
                off = round(price * r.choice([0.05, 0.1, 0.2]), 2) if r.random() < 0.25 else 0
                came = e[5] == "held" and r.random() < 0.88
                tickets.append((len(tickets) + 1, n, seat, price, off, at(r, e[3], 17, 21) if came else None))
    reviews = []
    for (b, e), on in sorted(attended.items()):
        if r.random() < 0.4 and shown[e - 1][5] == "held" and len(reviews) < 900:
            wrote = on + timedelta(days=r.randrange(0, 12))
            if wrote <= TODAY:
                reviews.append((len(reviews) + 1, e, b, one(r, {1: 1, 2: 2, 3: 4, 4: 6, 5: 5}), wrote))
    return dict(venues=venues, artists=artists, events=shown, lineups=lineups, buyers=buyers, bookings=bookings, tickets=tickets, reviews=reviews)


SCHEMAS = {"charity": charity, "factory": factory, "events": events}


if __name__ == "__main__":
    main(HERE, SCHEMAS)
