"""Write streaming.duckdb and farm.duckdb into a folder: the same rows every time.

  python generate.py FOLDER
"""
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1]))
from rows import TODAY, day, main, named, one  # noqa: E402

FIRST = """Aoife Bram Clara Dries Elin Fiona Gustav Hanna Ivo Jonas Karen Liam Marta Niels Orla Piotr Rosa Stijn
Tilde Una Viktor Wanda""".split()
LAST = """Andersen Brennan Claes Dahl Egan Flynn Gorski Hansen Iversen Janssen Kelly Lund Murphy Nowak Olesen Peeters
Quinn Ryan Smets Toft Vrancken Walsh""".split()
people = named(FIRST, LAST)


def at(r, on):
    return datetime(on.year, on.month, on.day, r.randrange(24), r.randrange(60))


def streaming():
    r = random.Random(611)
    plans = [(1, "Basic", 5.99, 1, True), (2, "Standard", 10.99, 2, False), (3, "Family", 15.99, 4, False)]
    members = []
    for i, name in enumerate(people(r, 320), 1):
        since = day(r)
        until = day(r, since, TODAY) if r.random() < 0.3 else None
        country = one(r, {"Ireland": 5, "Belgium": 3, "Denmark": 2, "Poland": 4})
        members.append((i, name, country, one(r, {1: 4, 2: 5, 3: 2}), since, until, r.randrange(1945, 2008)))
    first = "Silent Golden Broken Hidden Northern Last Paper Winter Distant Little".split()
    second = "River Harbour Letters Garden Promise Mountain Orchestra Island".split()
    names = [f"{a} {b}" for a in first for b in second]
    r.shuffle(names)
    titles = []
    for i, name in enumerate(names[:70], 1):
        kind = one(r, {"film": 5, "series": 3, "documentary": 2})
        genre = one(r, {"drama": 4, "comedy": 4, "thriller": 3, "family": 2, "nature": 1})
        ours = r.random() < 0.3
        ends = None if ours else day(r, TODAY, TODAY + timedelta(days=900))
        titles.append((i, name, kind, genre, r.randrange(1980, 2026), r.randrange(22, 170), ours, ends))
    sounds = "Lantern Velvet Copper Midnight Tin Saffron Hollow Bright".split()
    bands = "Foxes Parade Choir Machine Sisters".split()
    artists = []
    for i in range(36):
        home = one(r, {"Ireland": 4, "Belgium": 2, "Denmark": 2, "Poland": 3, "Iceland": 1})
        artists.append((i + 1, f"{sounds[i % 8]} {bands[i % 5]}", home))
    tracks = []
    for i in range(1, 201):
        style = one(r, {"pop": 5, "rock": 4, "jazz": 1, "folk": 2})
        artist = r.randrange(1, 35)  # two have none
        tracks.append((i, artist, f"{r.choice(second)} No. {i}", style, r.randrange(95, 420), r.random() < 0.15))
    watching = [m for m in members if m[0] % 11]
    keen = [r.random() ** 2 + 0.05 for _ in watching]
    liked = [r.random() ** 2 + 0.02 for _ in titles]
    views = []
    while len(views) < 4200:
        m, t = r.choices(watching, keen)[0], r.choices(titles, liked)[0]
        if t[0] in (9, 33, 58):  # nobody watches these
            continue
        done = r.random() < 0.6
        minutes = t[5] if done else r.randrange(1, t[5])
        device = one(r, {"tv": 6, "phone": 3, "tablet": 1, "laptop": 2})
        views.append((len(views) + 1, m[0], t[0], at(r, day(r, m[4], m[5] or TODAY)), minutes, device, done))
    hearing = [m for m in members if m[0] % 7]
    plays = []
    while len(plays) < 5000:
        m, t = r.choice(hearing), tracks[int(len(tracks) * r.random() ** 1.7)]
        if t[0] % 23:  # some are never played
            plays.append((len(plays) + 1, m[0], t[0], at(r, day(r, m[4], m[5] or TODAY)), r.random() < 0.2))
    ratings = []
    for i, v in enumerate(r.sample(views, 1600), 1):
        ratings.append((i, v[1], v[2], v[3].date(), one(r, {1: 1, 2: 2, 3: 4, 4: 5, 5: 3})))
    payments = []
    for m in members:
        due = m[4]
        while due <= (m[5] or TODAY):
            late = r.random() < 0.04 or due > TODAY - timedelta(days=8)
            paid = None if late else due + timedelta(days=r.randrange(0, 9))
            payments.append((len(payments) + 1, m[0], due, paid, plans[m[3] - 1][2]))
            due += timedelta(days=30)
    return {
        "plans": plans, "members": members, "titles": titles, "artists": artists, "tracks": tracks,
        "views": views, "plays": plays, "ratings": ratings, "payments": payments,
    }


def farm():
    r = random.Random(612)
    villages = {"Ashby": 4, "Kirkton": 3, "Lowmoor": 3, "Penrose": 2, "Thornhill": 1}
    growers = []
    for i, name in enumerate(people(r, 90), 1):
        phone = None if r.random() < 0.2 else f"01632 960{i:03}"
        growers.append((i, name, one(r, villages), phone, day(r), r.random() < 0.35))
    fields = []
    for g in growers:
        for k in range(r.choice([1, 2, 2, 3, 3, 4, 6, 7])):
            name = f"{r.choice('Long Mill Church Far Lower Upper Stony'.split())} {r.choice('Acre Meadow Piece Close Croft'.split())}"
            soil = one(r, {"clay": 3, "loam": 5, "sand": 2, "peat": 1})
            fields.append((len(fields) + 1, g[0], name, round(r.uniform(0.8, 24), 1), soil, r.random() < 0.4))
    named_crops = """Wheat cereal 280|Barley cereal 240|Oats cereal 200|Carrots vegetable 110|Onions vegetable 130
Potatoes vegetable 120|Apples fruit 170|Plums fruit 160|Rapeseed oilseed 300|Linseed oilseed 150"""
    crops = [(i, *line.split()[:2], int(line.split()[2])) for i, line in enumerate(named_crops.replace("\n", "|").split("|"), 1)]
    plantings, harvests = [], []
    while len(plantings) < 900:
        f, c = r.choice(fields), r.choice(crops[:9])  # nobody plants the last
        joined = growers[f[1] - 1][4]
        on = day(r, joined, TODAY)
        plantings.append((len(plantings) + 1, f[0], c[0], on, round(float(f[3]) * r.uniform(60, 210), 2)))
        cut = on + timedelta(days=c[3] + r.randrange(-15, 25))
        if cut <= TODAY and r.random() < 0.94:
            tonnes = round(float(f[3]) * r.uniform(2, 9), 1)
            grade = None if r.random() < 0.05 else one(r, {"A": 4, "B": 4, "C": 2})
            harvests.append((len(harvests) + 1, len(plantings), cut, tonnes, grade))
    trades = "Bridge Castle Miller Abbey Market Station".split()
    buyers = []
    for i in range(1, 31):
        kind = one(r, {"mill": 3, "supermarket": 3, "restaurant": 4, "exporter": 1})
        end = {"mill": "Mills", "supermarket": "Stores", "restaurant": "Kitchen", "exporter": "Trading"}[kind]
        buyers.append((i, f"{trades[i % 6]} {end} {i}", kind, one(r, {"England": 5, "Scotland": 3, "Wales": 2})))
    price = {c[0]: r.randrange(140, 900) for c in crops}
    deliveries, invoices = [], []
    delivering = [g for g in growers if g[0] % 13]
    while len(deliveries) < 2000:
        g, b, c = r.choice(delivering), r.choice(buyers[:28]), r.choice(crops[:9])
        on = day(r, g[4], TODAY)
        weight, each, back = round(r.uniform(0.2, 28), 1), round(price[c[0]] * r.uniform(0.8, 1.2), 2), r.random() < 0.07
        deliveries.append((len(deliveries) + 1, g[0], b[0], c[0], on, weight, each, back))
        if not back:
            issued = min(on + timedelta(days=r.randrange(0, 10)), TODAY)
            paid = issued + timedelta(days=r.randrange(3, 80))
            unpaid = paid > TODAY or r.random() < 0.04
            invoices.append((len(invoices) + 1, len(deliveries), issued, None if unpaid else paid, round(weight * each, 2)))
    return {
        "growers": growers, "fields": fields, "crops": crops, "plantings": plantings, "harvests": harvests,
        "buyers": buyers, "deliveries": deliveries, "invoices": invoices,
    }


if __name__ == "__main__":
    main(HERE, {"streaming": streaming, "farm": farm})
