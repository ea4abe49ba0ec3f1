"""Write insurance.duckdb and fitness.duckdb into a folder: the same rows every time.

  python generate.py FOLDER
"""
import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1]))
from rows import TODAY, day, main, named, one  # noqa: E402

FIRST = """Ada Ben Cleo Dirk Eva Finn Gina Harry Isla Joost Kate Lars Mina Noor Owen Pia Ruben Sara Tom Ulla Vic
Wim""".split()
LAST = """Archer Bakker Cole Dekker Ellis Ford Grant Hughes Irwin Jacobs Knox Lowe Mason Nash Otten Price Reid Smit
Tate Visser Ward Yates""".split()
people = named(FIRST, LAST)


def at(r, on, first=6, last=22):
    return datetime(on.year, on.month, on.day, r.randrange(first, last), r.choice([0, 15, 30, 45]))


def insurance():
    r = random.Random(701)
    names = people(r, 400)
    agents = []
    for i in range(1, 25):
        region = one(r, {"North": 3, "South": 4, "East": 2, "West": 3})
        agents.append((i, names.pop(), region, day(r, date(2012, 1, 1), date(2025, 6, 30)), r.choice([0.03, 0.05, 0.08])))
    holders = []
    trades = "Bakery Garage Joinery Florist Dental Printing Roofing Cycles".split()
    for i in range(1, 261):
        business = r.random() < 0.25
        name = f"{names[i % 90].split()[1]} {trades[i % 8]} {i}" if business else names.pop()
        city = one(r, {"Leeds": 5, "Bristol": 4, "Cardiff": 3, "Glasgow": 4, "York": 2})
        born = None if business else day(r, date(1940, 1, 1), date(2005, 1, 1))
        email = None if r.random() < 0.2 else f"{name.lower().replace(' ', '.')}@mail.example"
        holders.append((i, name, "Business" if business else "Private", city, born, email, day(r, date(2018, 1, 1), date(2025, 9, 30))))
    lines = [("Car Basic", "Motor"), ("Car Full", "Motor"), ("Motorcycle", "Motor"), ("House", "Home"),
             ("Contents", "Home"), ("Trip", "Travel"), ("Annual Trip", "Travel"), ("Term Life", "Life"),
             ("Whole Life", "Life"), ("Public Liability", "Liability"), ("Pet Liability", "Liability")]  # fmt: skip
    products = [(i, *p) for i, p in enumerate(lines, 1)]
    base = {"Motor": 520, "Home": 310, "Travel": 90, "Life": 640, "Liability": 150}
    policies, payments, claims = [], [], []
    selling = [a[0] for a in agents if a[0] % 9]
    sold = [p for p in products if p[0] != 11]
    for i in range(1, 521):
        holder = r.choice([h for h in holders if h[0] % 13])
        product = r.choice(sold)
        start = day(r, max(holder[6], date(2022, 6, 1)), TODAY)
        cancelled = day(r, start, TODAY) if r.random() < 0.22 else None
        premium = round(base[product[2]] * r.uniform(0.6, 1.9), 2)
        insured = r.choice([5000, 10000, 25000, 50000, 100000, 250000])
        billing = one(r, {"monthly": 5, "quarterly": 2, "yearly": 3})
        policies.append((i, f"P-{10000 + i * 7}", holder[0], product[0], r.choice(selling), start, cancelled, premium, insured, billing))
        step = {"monthly": 30, "quarterly": 91, "yearly": 365}[billing]
        due = max(start, date(2023, 1, 1))
        while due <= min(cancelled or TODAY, TODAY):
            paid = due + timedelta(days=r.randrange(-4, 25))
            paid_on = paid if paid <= TODAY and r.random() < 0.94 else None
            payments.append((len(payments) + 1, i, due, paid_on, round(premium * step / 365, 2)))
            due += timedelta(days=step)
    teams = ["Property", "Vehicles", "Persons"]
    adjusters = [(i, names.pop(), r.choice(teams), day(r, date(2010, 1, 1), date(2024, 12, 31))) for i in range(1, 13)]
    causes = {"Motor": {"Collision": 6, "Theft": 2, "Fire": 1}, "Home": {"Water": 4, "Storm": 3, "Fire": 2, "Theft": 2},
              "Travel": {"Illness": 4, "Theft": 3}, "Life": {"Illness": 1}, "Liability": {"Collision": 1, "Water": 2}}  # fmt: skip
    for _ in range(640):
        policy = r.choice([p for p in policies if p[0] % 5 and (p[6] is None or p[6] > date(2023, 1, 1))])
        line = products[policy[3] - 1][2]
        reported = day(r, max(policy[5], date(2023, 1, 1)), policy[6] or TODAY)
        status = one(r, {"approved": 6, "rejected": 2, "open": 2}) if reported < date(2025, 9, 1) else "open"
        settled = None if status == "open" else min(reported + timedelta(days=r.randrange(3, 90)), TODAY)
        claimed = round(r.uniform(80, 9000), 2)
        paid = round(claimed * r.uniform(0.4, 1), 2) if status == "approved" else None
        adjuster = None if status == "open" and r.random() < 0.4 else r.randrange(1, 12)
        claims.append((len(claims) + 1, policy[0], adjuster, one(r, causes[line]), reported, settled, claimed, paid, status, r.random() < 0.07))
    return {"agents": agents, "policyholders": holders, "products": products, "policies": policies,
            "premium_payments": payments, "adjusters": adjusters, "claims": claims}  # fmt: skip


def fitness():
    r = random.Random(702)
    names = people(r, 420)
    places = [("Canal", "Utrecht"), ("Dom", "Utrecht"), ("Old Mill", "Leiden"), ("Station", "Delft"), ("Harbour", "Breda"), ("Park", "Leiden")]
    studios = [(i, n, c, day(r, date(2012, 1, 1), date(2022, 1, 1)), r.randrange(300, 1500, 10), i in (1, 3, 5)) for i, (n, c) in enumerate(places, 1)]
    tariffs = [(1, "Flex", 49.9, 1), (2, "Basic", 24.9, 12), (3, "Plus", 34.9, 12), (4, "Student", 19.9, 6), (5, "Gold", 79.9, 24)]
    trainers = []
    for i in range(1, 27):
        first, last = names.pop().split()
        trainers.append((i, first, last, r.randrange(1, 7), day(r, date(2014, 1, 1), date(2025, 5, 31)), r.randrange(18, 45), r.random() < 0.7))
    members = []
    for i in range(1, 361):
        first, last = names.pop().split()
        joined = day(r, date(2021, 1, 1))
        quit = day(r, joined, TODAY) if r.random() < 0.3 else None
        phone = None if r.random() < 0.15 else f"06-{20000000 + i * 3571}"
        tariff = one(r, {1: 2, 2: 6, 3: 4, 4: 3, 5: 1})
        born = day(r, date(1999, 1, 1), date(2007, 1, 1)) if tariff == 4 else day(r, date(1950, 1, 1), date(2006, 1, 1))
        members.append((i, first, last, one(r, {"F": 6, "M": 5, "X": 1}), born, tariff, r.randrange(1, 7), joined, quit, phone))
    titles = [("Morning Flow", "Yoga"), ("Deep Stretch", "Yoga"), ("Power Ride", "Cycling"), ("Hill Climb", "Cycling"),
              ("Barbell", "Strength"), ("Core", "Strength"), ("Kettlebell", "Strength"), ("Salsa", "Dance"),
              ("Hip Hop", "Dance"), ("Reformer", "Pilates"), ("Mat Basics", "Pilates"), ("Aerial", "Yoga")]  # fmt: skip
    levels = ["beginner", "intermediate", "advanced"]
    courses = [(i, t, c, r.choice(levels), r.choice([30, 45, 60, 75, 90])) for i, (t, c) in enumerate(titles, 1)]
    teaching = [t for t in trainers if t[0] % 12]
    sessions, bookings, checkins = [], [], []
    while len(sessions) < 1100:
        trainer = r.choice(teaching)
        on = day(r)
        if on < trainer[4]:
            continue
        course = r.choice(courses[:-1])
        sessions.append((len(sessions) + 1, course[0], trainer[3], trainer[0], at(r, on), r.choice([8, 12, 16, 20, 30]), r.random() < 0.06))
    booking = [m for m in members if m[0] % 10]
    liked = {c[0]: r.uniform(0, 2) for c in courses}
    for s in sessions:
        on = s[4].date()
        can = [m for m in booking if m[7] <= on and (m[8] is None or m[8] > on)]
        for m in r.sample(can, min(len(can), r.randrange(0, s[5] // 2))):
            came = not s[6] and r.random() < 0.82
            stars = min(5, max(1, round(2.5 + liked[s[1]] + r.gauss(0, 0.8)))) if came and r.random() < 0.5 else None
            bookings.append((len(bookings) + 1, s[0], m[0], on - timedelta(days=r.randrange(0, 8)), came, stars))
    visiting = [m for m in members if m[0] % 8]
    while len(checkins) < 4200:
        m = r.choice(visiting)
        on = day(r)
        if on < m[7] or (m[8] and on > m[8]):
            continue
        studio = m[6] if r.random() < 0.8 else r.randrange(1, 7)
        checkins.append((len(checkins) + 1, m[0], studio, at(r, on), r.randrange(20, 150)))
    return {"studios": studios, "tariffs": tariffs, "trainers": trainers, "members": members, "courses": courses,
            "sessions": sessions, "bookings": bookings, "checkins": checkins}  # fmt: skip


if __name__ == "__main__":
    main(HERE, {"insurance": insurance, "fitness": fitness})
