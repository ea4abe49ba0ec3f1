"""Write workshop.duckdb and museum.duckdb into a folder: the same rows every time.

  python generate.py FOLDER
"""
import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1]))
from rows import TODAY, day, main, named, one  # noqa: E402

FIRST = """Abby Bert Cora Dean Elsa Fred Gwen Hank Iris Jack Kim Luke Maya Ned Olive Paul Ruth Sam Tess Uma Val
Walt""".split()
LAST = """Abbott Barker Cross Dixon Eaton Foster Gibbs Hayes Ingram Jarvis Kerr Lloyd Miles Noble Osman Parr Quill
Rowe Sharp Trent Vance Webb""".split()
people = named(FIRST, LAST)


def workshop():
    r = random.Random(801)
    names = people(r, 400)
    places = [("Northgate", "Kent"), ("Southbank", "Surrey"), ("Airport", "Essex"), ("Mill Lane", "Kent")]
    garages = [(i, n, c, r.randrange(3, 9), day(r, date(2001, 1, 1), date(2020, 1, 1))) for i, (n, c) in enumerate(places, 1)]
    mechanics = []
    for i in range(1, 29):
        grade = one(r, {"apprentice": 2, "skilled": 5, "master": 2})
        mechanics.append((i, names.pop(), r.randrange(1, 5), grade, day(r, date(2010, 1, 1), date(2024, 12, 31))))
    towns = ["Dartford", "Guildford", "Harlow", "Maidstone", "Woking", "Epsom", "Ashford", "Basildon"]
    motorists = [(i, names.pop(), r.choice(towns), r.random() < 0.35, day(r, date(2019, 1, 1), date(2025, 9, 30))) for i in range(1, 241)]
    cars = []
    for i in range(1, 311):
        owner = r.choice([m for m in motorists if m[0] % 12])
        make = one(r, {"Ford": 5, "Fiat": 2, "Skoda": 3, "Toyota": 4, "Volvo": 2})
        fuel = one(r, {"petrol": 6, "diesel": 4, "electric": 2, "hybrid": 2})
        cars.append((i, f"K{100 + i * 3} {chr(65 + i % 26)}XB", owner[0], make, fuel, r.randrange(2004, 2025), r.randrange(2000, 180000, 10)))
    working = [m for m in mechanics if m[0] % 13]
    jobs, job_parts = [], []
    prices = {"service": 120, "brakes": 190, "tyres": 80, "engine": 620, "bodywork": 480, "inspection": 60}
    parts = []
    kinds = "Oil filter|Brake pad|Brake disc|Spark plug|Wiper|Battery|Headlamp|Exhaust|Clutch|Air filter|Belt|Mirror|Tyre|Bulb|Radiator".split("|")
    for i, name in enumerate(kinds, 1):
        parts.append((i, name, r.choice(["Bosal", "Hella", "Textar"]), round(r.uniform(6, 240), 2), r.choice([0, 3, 8, 15, 40])))
    for i in range(1, 1501):
        car = r.choice([c for c in cars if c[0] % 11])
        booked = day(r)
        mechanic = r.choice(working)
        finished = booked + timedelta(days=r.randrange(0, 12))
        done = finished if finished <= TODAY and r.random() < 0.96 else None
        kind = one(r, {"service": 8, "brakes": 4, "tyres": 4, "engine": 2, "bodywork": 2, "inspection": 5})
        hours = round(r.uniform(0.5, 9), 1)
        put_on = None if done is None and r.random() < 0.5 else mechanic[0]
        jobs.append((i, car[0], mechanic[2], put_on, kind, booked, done, hours, round(prices[kind] * r.uniform(0.6, 1.8), 2), r.random() < 0.12))
        for part in r.sample(parts[:-1], r.choice([0, 0, 1, 1, 2, 3])):
            job_parts.append((i, part[0], r.choice([1, 1, 2, 4]), round(part[3] * r.uniform(0.9, 1.3), 2)))
    return {"garages": garages, "mechanics": mechanics, "motorists": motorists, "cars": cars, "jobs": jobs, "parts": parts, "job_parts": job_parts}


def museum():
    r = random.Random(802)
    names = people(r, 60)
    houses = [("Rhine House", "Basel", "history"), ("Kunsthof", "Zurich", "art"), ("Planetarium", "Bern", "science"),
              ("Lake Gallery", "Geneva", "art"), ("Arsenal", "Bern", "history"), ("Technorama", "Zurich", "science")]  # fmt: skip
    museums = [(i, *h, r.randrange(1850, 1999)) for i, h in enumerate(houses, 1)]
    curators = [(i, names.pop(), r.randrange(1, 7), day(r, date(2008, 1, 1), date(2025, 3, 31))) for i in range(1, 19)]
    themes = ["painting", "photography", "archaeology", "space", "textiles"]
    heads, tails = "Light Lost Silent First Hidden Golden Red Distant".split(), "Worlds Threads Faces Stones Orbits Rooms".split()
    exhibitions = []
    for i in range(1, 41):
        curator = r.choice([c for c in curators if c[0] % 9])
        opens = day(r, date(2023, 1, 10), date(2025, 9, 30))
        closes = opens + timedelta(days=r.randrange(40, 200))
        title = f"{heads[i % 8]} {tails[i // 8]}"
        exhibitions.append((i, title, curator[2], curator[0], r.choice(themes), opens, closes, r.randrange(20, 400) * 1000))
    objects = []
    goods = "Vase Coin Map Robe Mask Clock Letter Bowl".split()
    for i in range(1, 401):
        material = one(r, {"bronze": 3, "wood": 4, "paper": 5, "glass": 2, "cotton": 2})
        objects.append((i, f"{r.choice(goods)} {i}", r.randrange(1, 7), material, r.randrange(900, 1990), day(r, date(1990, 1, 1)), r.randrange(2, 900) * 100, r.random() < 0.12))
    sales = []
    rates = {"adult": 22, "reduced": 14, "child": 6, "group": 12}
    shown = [e for e in exhibitions if e[0] % 13]
    while len(sales) < 3600:
        on = day(r)
        current = [e for e in shown if e[5] <= on <= e[6]]
        exhibition = r.choice(current) if current and r.random() < 0.75 else None
        house = exhibition[2] if exhibition else r.randrange(1, 7)
        kind = one(r, {"adult": 6, "reduced": 3, "child": 2, "group": 1})
        visitors = r.randrange(8, 30) if kind == "group" else r.randrange(1, 5)
        sold = datetime(on.year, on.month, on.day, r.randrange(9, 18), r.randrange(60))
        channel = one(r, {"desk": 5, "website": 4, "partner": 1})
        sales.append((len(sales) + 1, house, exhibition and exhibition[0], sold, kind, channel, visitors, round(visitors * rates[kind] * r.choice([1, 1, 0.9]), 2)))
    tours = []
    for i in range(1, 421):
        exhibition = r.choice([e for e in exhibitions if e[0] % 7])
        on = day(r, exhibition[5], min(exhibition[6], TODAY))
        tours.append((i, exhibition[0], on, one(r, {"German": 6, "French": 4, "Italian": 1, "English": 3}), r.choice([30, 45, 60, 75, 90]), r.randrange(3, 26)))
    return {"museum": museums, "curator": curators, "exhibition": exhibitions, "object": objects, "ticket_sale": sales, "guided_tour": tours}


if __name__ == "__main__":
    main(HERE, {"workshop": workshop, "museum": museum})
