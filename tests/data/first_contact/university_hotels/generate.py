"""Write university.duckdb and hotels.duckdb into a folder: the same rows every time.

  python generate.py FOLDER
"""

from __future__ import annotations

import random
import sys
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1]))
from rows import START, TODAY, Rows, day, main, named, one  # noqa: E402

FIRST = """Amelie Bruno Celine Dimitri Elif Filip Giulia Hana Ivan Jasmin Kerem Luca Maja Nikola Oscar Petra Ravi Sofia
Tomas Ursula Valentin Yara Zoran Leonie""".split()
LAST = """Adler Bianchi Celik Dumas Engel Ferreira Gupta Haas Ilic Jovic Kaya Lorenz Marino Nowak Oliveira Patel Ricci
Sharma Schuster Topal Urbani Weiss Yildiz Zupan Kovac""".split()
people = named(FIRST, LAST)


def university() -> dict[str, Rows]:
    r = random.Random(303)
    dept: Rows = [
        ("CS", "Computer Science", "Science", "Turing House"),
        ("MATH", "Mathematics", "Science", "Turing House"),
        ("PHYS", "Physics", "Science", "Newton Hall"),
        ("HIST", "History", "Humanities", "Old College"),
        ("PHIL", "Philosophy", "Humanities", "Old College"),
        ("ECON", "Economics", "Business and Law", "Market Building"),
        ("LAW", "Law", "Business and Law", "Market Building"),
    ]
    size = {"CS": 7, "MATH": 4, "PHYS": 3, "HIST": 3, "PHIL": 2, "ECON": 6, "LAW": 5}
    names = people(r, 570)
    lect: Rows = []
    for i in range(1, 47):
        rank = one(r, {"PROF": 3, "SEN": 4, "JUN": 5})
        part = r.random() < 0.3
        salary = {"PROF": 6400, "SEN": 4700, "JUN": 3300}[rank] + r.randrange(0, 1400)
        hired = day(r, date(1998, 1, 1), date(2022, 9, 30)) if i < 42 else day(r, START, date(2025, 9, 30))
        lect.append((i, names.pop(), one(r, size), rank, hired, round(salary * (0.55 if part else 1), 2), part))
    stu: Rows = []
    for i in range(1, 501):
        level = one(r, {"BSC": 10, "MSC": 6, "PHD": 2})
        admitted = one(r, {y: 1 + k for k, y in enumerate(range(2019, 2026))})
        on = date(admitted, 10, 1) if r.random() < 0.8 else date(admitted, 3, 1)
        on -= timedelta(days=r.randrange(0, 40))
        born = date(admitted - {"BSC": 19, "MSC": 23, "PHD": 26}[level], 1, 1) - timedelta(days=r.randrange(0, 1500))
        takes = {"BSC": 1095, "MSC": 730, "PHD": 1460}[level] + r.randrange(-60, 500)
        done = on + timedelta(days=takes)
        graduated = done if done <= TODAY and r.random() < 0.75 else None
        name = names.pop()
        mail = None if r.random() < 0.14 else name.lower().replace(" ", "_") + "@uni.example"
        country = one(r, {"Austria": 9, "Germany": 5, "Italy": 3, "Turkey": 3, "India": 2, "Brazil": 1})
        stu.append((i, name, one(r, size), level, country, born, on, graduated, mail))
    titles = {
        "CS": "Algorithms,Databases,Operating Systems,Machine Learning,Compilers,Computer Graphics,Network Security,Software Testing,Robotics",
        "MATH": "Linear Algebra,Real Analysis,Topology,Number Theory,Statistics,Numerical Methods,Graph Theory",
        "PHYS": "Mechanics,Optics,Quantum Physics,Thermodynamics,Astrophysics,Solid State Physics",
        "HIST": "Ancient Rome,Medieval Europe,Cold War,Oral History,Maritime History",
        "PHIL": "Ethics,Logic,Aesthetics,Philosophy of Mind",
        "ECON": "Microeconomics,Macroeconomics,Game Theory,Econometrics,Accounting,Corporate Finance,Development Economics,Marketing",
        "LAW": "Constitutional Law,Criminal Law,Contract Law,Tax Law,European Law,Legal Theory,Patent Law",
    }
    crs: Rows = []
    for code, listed in titles.items():
        for k, title in enumerate(listed.split(","), 1):
            crs.append((f"{code}{100 + k * 10}", title, code, r.choice([3, 4, 5, 6, 6, 8]), one(r, {"EN": 3, "DE": 4}), r.choice([15, 20, 25, 30, 40, 60])))
    held = [c for k, c in enumerate(crs) if k % 12 != 5]  # four courses were never held
    teaching = {code: [x[0] for x in lect if x[2] == code and x[0] % 15] for code in size}
    terms = [("2023S", date(2023, 3, 1)), ("2023W", date(2023, 10, 2)), ("2024S", date(2024, 3, 1)), ("2024W", date(2024, 10, 1)), ("2025S", date(2025, 3, 3)), ("2025W", date(2025, 10, 1))]
    hired = {x[0]: x[4] for x in lect}
    crs_run: Rows = []
    for term, start in terms:
        for c in held:
            able = [x for x in teaching[c[2]] if hired[x] < start]
            if r.random() < 0.62 and able:
                crs_run.append((len(crs_run) + 1, c[0], r.choice(able), term, start + timedelta(days=r.randrange(0, 7)), f"{r.choice('ABC')}{r.randrange(1, 4)}{r.randrange(10, 30)}"))
    course = {c[0]: c for c in crs}
    appeal = {c[0]: r.random() + 0.3 for c in crs}
    studying = [s for s in stu if s[0] % 13]  # some never enrol
    enr: Rows = []
    for run, code, _, _, start, _ in crs_run:
        there = [s for s in studying if s[6] <= start and (not s[7] or s[7] > start)]
        if not there:
            continue
        want = min(course[code][5], len(there), int(r.randrange(6, 24) * appeal[code]) + 2)
        weights = [6 if s[2] == course[code][2] else 1 for s in there]
        chosen: dict[int, None] = {}
        while len(chosen) < want:
            chosen[r.choices(there, weights)[0][0]] = None
        for who in chosen:
            on = max(start - timedelta(days=r.randrange(-10, 35)), START)
            leaving = on + timedelta(days=r.randrange(12, 80))
            left = leaving if r.random() < 0.11 and leaving <= TODAY else None
            enr.append((len(enr) + 1, who, run, on, left))
    exm: Rows = []
    for run, code, _, _, start, _ in crs_run:
        for k in range(one(r, {1: 4, 2: 1})):
            on = start + timedelta(days=105 + 30 * k + r.randrange(0, 20))
            if on > TODAY:
                continue
            while on.isoweekday() == 7:
                on += timedelta(days=1)
            kind = one(r, {"Written": 6, "Oral": 2, "Project": 2})
            length = {"Written": r.choice([60, 90, 120, 180]), "Oral": r.choice([15, 20, 30]), "Project": None}[kind]
            exm.append((len(exm) + 1, run, on, kind, length))
    skill = {s[0]: r.gauss(68, 11) for s in stu}
    hard = {c[0]: r.gauss(0, 6) for c in crs}
    code_of = {x[0]: x[1] for x in crs_run}
    exm_res: Rows = []
    failed: set[tuple[int, int]] = set()
    first: set[int] = set()
    for exam, run, _, _, _ in exm:
        again = run in first
        first.add(run)
        for _, who, where, _, left in enr:
            if where != run or left:
                continue
            if (again and (run, who) not in failed) or (not again and r.random() < 0.08):
                continue
            points = max(4, min(100, round(r.gauss(skill[who] - hard[code_of[run]] + 6 * again, 14))))
            passed = points >= 50
            grade = 5.0 if not passed else round(1 + (100 - points) * 3 / 50, 1)
            if not passed:
                failed.add((run, who))
            exm_res.append((exam, who, points, grade, passed))
    fee_pmt: Rows = []
    for s in stu:
        for due in (date(2023, 3, 15), date(2023, 10, 15), date(2024, 3, 15), date(2024, 10, 15), date(2025, 3, 15), date(2025, 10, 15)):
            if due < s[6] or (s[7] and due > s[7]):
                continue
            paying = due + timedelta(days=r.randrange(-20, 40))
            paid = paying if paying <= TODAY and r.random() < 0.95 else None
            amount = 363.36 if s[4] in ("Austria", "Germany", "Italy") else 726.72
            fee_pmt.append((len(fee_pmt) + 1, s[0], due, paid, amount + r.choice([0, 0, 22.7])))
    return {"dept": dept, "lect": lect, "stu": stu, "crs": crs, "crs_run": crs_run, "enr": enr, "exm": exm, "exm_res": exm_res, "fee_pmt": fee_pmt}


def hotels() -> dict[str, Rows]:
    r = random.Random(404)
    hotel_rows: Rows = [
        (1, "Grand Marina", "Split", "Croatia", 5, date(1998, 5, 1), True),
        (2, "Villa Rosa", "Split", "Croatia", 3, date(2011, 4, 15), False),
        (3, "Sunset Bay", "Split", "Croatia", 4, date(2019, 6, 1), True),
        (4, "Park Plaza", "Zagreb", "Croatia", 4, date(2005, 9, 1), False),
        (5, "City Nest", "Ljubljana", "Slovenia", 3, date(2021, 3, 10), False),
        (6, "Alpine Lodge", "Bled", "Slovenia", 4, date(2008, 12, 1), True),
        (7, "Old Mill", "Bled", "Slovenia", 2, date(2015, 5, 20), False),
    ]
    rooms: Rows = []
    for h in hotel_rows:
        for k in range({1: 44, 2: 18, 3: 36, 4: 40, 5: 26, 6: 30, 7: 14}[h[0]]):
            kind = one(r, {"Single": 3, "Double": 6, "Family": 3, "Suite": 1 if h[4] < 4 else 2})
            rate = {"Single": 48, "Double": 74, "Family": 98, "Suite": 150}[kind] * (0.55 + h[4] * 0.2) + r.randrange(0, 12)
            most = {"Single": 1, "Double": 2, "Family": 5, "Suite": 4}[kind]
            view = h[2] == "Split" and r.random() < 0.5
            renovated = day(r, max(h[5], date(2014, 1, 1)), date(2025, 4, 30)) if r.random() < 0.6 else None
            rooms.append((len(rooms) + 1, h[0], f"{k // 10 + 1}{k % 10 + 1:02d}", kind, most, round(rate, 2), view, renovated))
    names = people(r, 590)
    guests: Rows = []
    for i in range(1, 451):
        name = names.pop()
        guests.append(
            (
                i,
                name,
                one(r, {"Croatian": 4, "Slovenian": 4, "German": 6, "Austrian": 4, "British": 3, "Dutch": 2}),
                day(r, date(1942, 1, 1), date(2005, 12, 31)),
                one(r, {None: 6, "Silver": 3, "Gold": 2, "Platinum": 1}),
                None if r.random() < 0.16 else name.lower().replace(" ", ".") + "@post.example",
                r.random() < 0.45,
            )
        )
    coming = [g for g in guests if g[0] % 15]  # some never book
    liked = [r.random() ** 2.5 + 0.05 for _ in coming]
    letting = [x for x in rooms if x[0] % 23]  # some rooms are never let
    taken: set[tuple[int, date]] = set()
    bookings: Rows = []
    season = {1: 0.7, 2: 0.8, 3: 0.8, 4: 0.9, 5: 1.0, 6: 1.15, 7: 1.4, 8: 1.45, 9: 1.1, 10: 0.9, 11: 0.75, 12: 1.0}
    while len(bookings) < 2700:
        come = day(r)
        if r.random() > season[come.month] / 1.45 or r.random() > 0.6 + 0.4 * (come - START).days / 1035:
            continue
        room = r.choice(letting)
        nights = one(r, {1: 5, 2: 8, 3: 7, 4: 5, 5: 3, 7: 4, 10: 1, 14: 1})
        stay = [(room[0], come + timedelta(days=k)) for k in range(nights)]
        if any(s in taken for s in stay):
            continue
        guest = r.choices(coming, liked)[0]
        status = one(r, {"Completed": 86, "Cancelled": 10, "No-show": 3})
        go = come + timedelta(days=nights)
        if status == "Completed":
            taken.update(stay)
            if go > TODAY:
                status = "In house"
        channel = one(r, {"Website": 8, "Agency": 5, "Phone": 3, "Walk-in": 1})
        lead = 0 if channel == "Walk-in" else r.randrange(1, 150)
        adults = 1 if room[4] == 1 else one(r, {1: 2, 2: 7})
        children = r.randrange(0, 4) if room[3] == "Family" else 0
        price = round(nights * float(room[5]) * season[come.month] * r.uniform(0.9, 1.08), 2)
        bookings.append((len(bookings) + 1, guest[0], room[0], come - timedelta(days=lead), come, go, adults, children, channel, status, price))
    payments: Rows = []
    extras: Rows = []
    reviews: Rows = []
    for b in bookings:
        number, come, go, status, price = b[0], b[4], b[5], b[9], b[10]
        if status in ("Completed", "In house"):
            if r.random() < 0.25 and b[3] < come:
                down = round(price * 0.3, 2)
                payments.append((len(payments) + 1, number, b[3], down, one(r, {"Card": 5, "Transfer": 4}), False))
                if status == "Completed":
                    payments.append((len(payments) + 1, number, go, round(price - down, 2), one(r, {"Card": 7, "Cash": 2, "Voucher": 1}), False))
            elif status == "Completed" and r.random() < 0.985:
                payments.append((len(payments) + 1, number, go, price, one(r, {"Card": 7, "Cash": 2, "Transfer": 2, "Voucher": 1}), r.random() < 0.01))
            if r.random() < 0.55:
                for _ in range(r.randrange(1, 4)):
                    on = min(come + timedelta(days=r.randrange(0, (go - come).days)), TODAY)
                    kind = one(r, {"Breakfast": 6, "Dinner": 3, "Spa": 2, "Parking": 3, "Minibar": 3})
                    cost = {"Breakfast": 14, "Dinner": 32, "Spa": 60, "Parking": 12, "Minibar": 5}[kind] * r.uniform(0.8, 2.5)
                    extras.append((len(extras) + 1, number, kind, on, round(cost, 2)))
            if status == "Completed" and r.random() < 0.38:
                written = go + timedelta(days=r.randrange(1, 25))
                if written <= TODAY:
                    stars = hotel_rows[rooms[b[2] - 1][1] - 1][4]
                    score = max(1, min(10, round(r.gauss(5.6 + stars * 0.5, 1.9))))
                    answered = written + timedelta(days=r.randrange(0, 15))
                    reply = answered if answered <= TODAY and r.random() < 0.6 else None
                    reviews.append((len(reviews) + 1, number, written, score, r.random() < score / 11, reply))
        elif status == "Cancelled" and r.random() < 0.3:
            payments.append((len(payments) + 1, number, b[3], round(price * 0.3, 2), "Card", r.random() < 0.8))
    staff: Rows = []
    for h in hotel_rows:
        for k in range({1: 34, 2: 12, 3: 25, 4: 28, 5: 15, 6: 20, 7: 8}[h[0]]):
            job = "Manager" if k == 0 else one(r, {"Receptionist": 4, "Housekeeper": 6, "Cook": 3, "Porter": 2})
            hired = day(r, max(h[5], date(2009, 1, 1)), date(2025, 8, 31))
            left = day(r, max(hired + timedelta(days=40), START)) if hired < date(2025, 7, 1) and k and r.random() < 0.25 else None
            pay = {"Manager": 3600, "Receptionist": 1650, "Housekeeper": 1300, "Cook": 1900, "Porter": 1250}[job] + h[4] * 70 + r.randrange(0, 450)
            staff.append((len(staff) + 1, names[len(staff) % len(names)] if len(staff) < len(names) else f"{FIRST[len(staff) % 24]} Horvatic", h[0], job, hired, left, pay))
    return {"hotels": hotel_rows, "rooms": rooms, "guests": guests, "bookings": bookings, "payments": payments, "extras": extras, "reviews": reviews, "staff": staff}


SCHEMAS = {"university": university, "hotels": hotels}


if __name__ == "__main__":
    main(HERE, SCHEMAS)
