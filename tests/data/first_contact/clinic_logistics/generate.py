"""Write clinic.duckdb and logistics.duckdb into a folder: the same rows every time.

  python generate.py FOLDER
"""

from __future__ import annotations

import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parents[1]))
from rows import START, TODAY, Rows, day, main, named, one  # noqa: E402

FIRST = """Agnes Bela Carla Dario Edith Fabian Gerda Harald Ines Jakob Katrin Leon Mira Norbert Otto Paula Quirin Rita
Simon Theresa Ulla Viktor Wilma Xaver""".split()
LAST = """Auer Bauer Cerny Dorn Egger Fuchs Gasser Hofer Illek Jandl Koller Lechner Moser Nagl Ortner Pichler Reiter
Steiner Thaler Unger Vogl Wimmer Zauner""".split()
people = named(FIRST, LAST)


def clinic() -> dict[str, Rows]:
    r = random.Random(101)
    departments: Rows = [
        (1, "Cardiology", 2, True),
        (2, "Dermatology", 1, False),
        (3, "Orthopaedics", 3, True),
        (4, "Paediatrics", 1, True),
        (5, "Neurology", 3, True),
        (6, "General Medicine", 0, False),
    ]
    names = people(r, 460)
    doctors: Rows = []
    for i in range(1, 29):
        grade = one(r, {"Consultant": 3, "Registrar": 4, "Resident": 3})
        base = {"Consultant": 95, "Registrar": 65, "Resident": 42}[grade]
        doctors.append(
            (
                i,
                "Dr " + names.pop(),
                (i - 1) % 6 + 1 if i < 25 else 6,
                grade,
                day(r, date(2008, 1, 1), date(2022, 12, 31)) if i < 24 else day(r, date(2023, 1, 1), date(2025, 5, 31)),
                base + i * 0.5 + r.randrange(0, 12),
                r.random() < 0.6,
            )
        )
    patients: Rows = []
    for i in range(1, 421):
        name = names.pop()
        patients.append(
            (
                i,
                name,
                one(r, {"F": 11, "M": 9}),
                day(r, date(1935, 1, 1), date(2022, 12, 31)),
                one(r, {"Graz": 6, "Linz": 5, "Wels": 3, "Steyr": 2}),
                one(r, {"Public": 13, "Private": 5, "Uninsured": 2}),
                None if r.random() < 0.18 else name.lower().replace(" ", ".") + "@mail.example",
                day(r, date(2019, 1, 1), date(2025, 9, 30)),
                None if r.random() < 0.15 else r.randrange(1, 25),
            )
        )
    seen = [p for p in patients if p[0] % 12]  # some never come
    weight_of = {p[0]: r.random() ** 2 + 0.1 for p in seen}
    working = [d for d in doctors if d[0] not in (9, 21)]  # two never see anybody
    appointments: Rows = []
    while len(appointments) < 2400:
        patient = r.choices(seen, [weight_of[p[0]] for p in seen])[0]
        doctor = r.choice(working)
        lead = r.randrange(0, 45)
        on = day(r)
        if on.isoweekday() == 7 or (on.isoweekday() == 6 and r.random() < 0.7):
            continue
        if on < patient[7] or on < doctor[4]:
            continue
        if r.random() > 0.6 + 0.4 * (on - START).days / 1035:
            continue
        booked = max(on - timedelta(days=lead), patient[7])
        kind = one(r, {"Checkup": 6, "Follow-up": 5, "Acute": 4, "Vaccination": 2})
        minutes = {"Checkup": 30, "Follow-up": 20, "Acute": 45, "Vaccination": 10}[kind] + r.choice([0, 0, 5, 10])
        status = one(r, {"Completed": 17, "Cancelled": 2, "No-show": 1 + (doctor[0] % 3)})
        pain = r.randrange(0, 11) if status == "Completed" and kind in ("Acute", "Follow-up") and r.random() < 0.85 else None
        at = datetime(on.year, on.month, on.day, r.randrange(8, 18), r.choice([0, 15, 30, 45]))
        appointments.append((len(appointments) + 1, patient[0], doctor[0], booked, at, minutes, kind, status, pain))
    stems = "Cardo Dermi Ortho Neuro Pulmo Gastri Immu Vaso Hepa Reno".split()
    ends = ["fen", "xil", "zol", "min"]
    medicines: Rows = [
        (
            i + 1,
            stems[i % 10] + ends[i // 10],
            one(r, {"Tablet": 6, "Syrup": 2, "Ointment": 2, "Injection": 2}),
            round(r.uniform(2.5, 88), 2),
            r.random() < 0.4,
            r.choice([0, 0, 5]) if i % 9 == 4 else r.randrange(8, 400),
        )
        for i in range(40)
    ]
    medicines = [m[:5] + (m[5],) for m in medicines]
    prescribed = [m[0] for m in medicines if m[0] % 13]  # three are never prescribed
    liked = [r.random() + 0.1 for _ in prescribed]
    prescriptions: Rows = []
    lab_tests: Rows = []
    invoices: Rows = []
    for a in appointments:
        on = a[4].date()
        if a[7] == "Completed":
            for _ in range(one(r, {0: 5, 1: 4, 2: 2, 3: 1})):
                prescriptions.append(
                    (len(prescriptions) + 1, a[0], r.choices(prescribed, liked)[0], one(r, {1: 5, 2: 3, 3: 1}), r.choice([5, 7, 10, 14, 30, 90]))
                )
            if r.random() < 0.35:
                for _ in range(one(r, {1: 4, 2: 1})):
                    test = one(r, {"Blood count": 5, "Cholesterol": 3, "Glucose": 4, "Thyroid": 2, "Urine": 3})
                    back = on + timedelta(days=r.randrange(1, 12))
                    result = back if back <= TODAY and r.random() < 0.97 else None
                    price = {"Blood count": 18, "Cholesterol": 24, "Glucose": 12, "Thyroid": 41, "Urine": 9}[test]
                    abnormal = r.random() < 0.22 if result else None
                    lab_tests.append((len(lab_tests) + 1, a[0], test, on, result, abnormal, price + r.randrange(0, 400) / 100))
            amount = round(a[5] * r.uniform(1.8, 4.6) + r.choice([0, 0, 35]), 2)
            insurance = patients[a[1] - 1][5]
            part = {"Public": 0.8, "Private": 0.6, "Uninsured": 0.0}[insurance]
            issued = min(on + timedelta(days=r.randrange(0, 10)), TODAY)
            paying = issued + timedelta(days=r.randrange(1, 60))
            paid = paying if paying <= TODAY and r.random() < 0.94 else None
            invoices.append((len(invoices) + 1, a[0], issued, issued + timedelta(days=30), paid, amount, round(amount * part, 2)))
        elif a[7] == "No-show" and r.random() < 0.5:
            issued = min(on + timedelta(days=2), TODAY)
            paying = issued + timedelta(days=r.randrange(5, 90))
            paid = paying if paying <= TODAY and r.random() < 0.7 else None
            invoices.append((len(invoices) + 1, a[0], issued, issued + timedelta(days=30), paid, 25, 0))
    return {
        "departments": departments,
        "doctors": doctors,
        "patients": patients,
        "appointments": appointments,
        "medicines": medicines,
        "prescriptions": prescriptions,
        "lab_tests": lab_tests,
        "invoices": invoices,
    }


def logistics() -> dict[str, Rows]:
    r = random.Random(202)
    depots: Rows = [
        (1, "Hamburg", "Germany", date(2009, 4, 1), 24),
        (2, "Leipzig", "Germany", date(2013, 9, 15), 18),
        (3, "Munich", "Germany", date(2016, 2, 1), 14),
        (4, "Poznan", "Poland", date(2018, 6, 1), 12),
        (5, "Gdansk", "Poland", date(2021, 3, 1), 9),
        (6, "Brno", "Czechia", date(2023, 5, 1), 7),
    ]
    vehicles: Rows = []
    for i in range(1, 71):
        depot = one(r, {1: 6, 2: 5, 3: 4, 4: 3, 5: 2, 6: 2})
        kind = one(r, {"Van": 5, "Truck": 5, "Semi-trailer": 3})
        fuel = one(r, {"Diesel": 3, "Electric": 4}) if kind == "Van" else one(r, {"Diesel": 8, "Gas": 2})
        load = {"Van": 1200, "Truck": 9000, "Semi-trailer": 24000}[kind] + r.randrange(0, 9) * 100
        bought = day(r, date(2016, 1, 1), date(2022, 12, 31)) if i < 55 else day(r, START, date(2025, 8, 31))
        retired = day(r, date(2024, 1, 1)) if bought < date(2020, 1, 1) and r.random() < 0.5 else None
        plate = {1: "HH", 2: "L", 3: "M", 4: "PO", 5: "GD", 6: "BR"}[depot] + f"-{1000 + i * 37}"
        vehicles.append((i, plate, depot, kind, fuel, load, bought, retired))
    names = people(r, 90)
    drivers: Rows = []
    for i in range(1, 86):
        hired = day(r, date(2010, 1, 1), date(2025, 7, 31))
        left = day(r, max(hired + timedelta(days=60), date(2023, 3, 1))) if hired < date(2025, 6, 1) and r.random() < 0.2 else None
        phone = None if r.random() < 0.12 else f"+49 160 {1000000 + i * 7919}"
        drivers.append(
            (i, names[i], one(r, {1: 6, 2: 5, 3: 4, 4: 3, 5: 2, 6: 2}), one(r, {"B": 3, "C": 4, "CE": 5}), hired, left, r.random() < 0.25, phone)
        )
    heads = "Alster Baltic Carpat Dvina Elbe Fjord Garda Havel Isar Jura Kessel Lusat Morava".split()
    tails = ["Foods", "Pharm", "Steel", "Mart", "Tools", "Textil", "Dairy", "Parts", "Glas", "Chem"]
    cities = ["Berlin", "Hamburg", "Munich", "Warsaw", "Poznan", "Prague", "Brno", "Dresden"]
    segment_of = {"Foods": "Food", "Dairy": "Food", "Pharm": "Pharma", "Chem": "Pharma", "Mart": "Retail", "Textil": "Retail"}
    customers: Rows = []
    for i in range(130):
        tail = tails[i // 13]
        customers.append(
            (
                i + 1,
                f"{heads[i % 13]} {tail}",
                segment_of.get(tail, "Industry"),
                r.choice(cities),
                day(r, date(2015, 1, 1), date(2025, 6, 30)),
                one(r, {0: 5, 0.03: 3, 0.05: 2, 0.1: 1}),
            )
        )
    places = ["Bremen", "Rostock", "Berlin", "Dresden", "Vienna", "Prague", "Warsaw", "Lodz", "Ulm", "Szczecin"]
    abroad = {1: {"Vienna", "Prague", "Warsaw", "Lodz", "Szczecin"}, 4: {"Bremen", "Rostock", "Berlin", "Dresden", "Vienna", "Prague", "Ulm"}}
    routes: Rows = []
    for depot in depots:
        for place in r.sample(places, 7):
            far = r.randrange(90, 900)
            home = {"Germany": 1, "Poland": 4}.get(depot[2])
            international = place in abroad[home] if home else place != "Brno"
            routes.append((len(routes) + 1, f"{depot[1]} - {place}", depot[0], far, round(far * r.uniform(0, 0.2), 2) if r.random() > 0.15 else 0, international))
    used = [x for x in routes if x[0] % 10]  # some routes are never driven
    shippers = [c for c in customers if c[0] % 11]  # some never ship
    liked = [r.random() ** 2 + 0.08 for _ in shippers]
    shipments: Rows = []
    incidents: Rows = []
    while len(shipments) < 2600:
        customer = r.choices(shippers, liked)[0]
        route = r.choice(used)
        booked = day(r)
        if booked < customer[4] or booked < depots[route[2] - 1][3]:
            continue
        if r.random() > 0.55 + 0.35 * (booked - START).days / 1035 + 0.1 * (booked.month in (11, 12)):
            continue
        fleet = [v for v in vehicles if v[2] == route[2] and v[6] <= booked and (not v[7] or v[7] >= booked) and v[0] % 17]
        crew = [d for d in drivers if d[2] == route[2] and d[4] <= booked and (not d[5] or d[5] >= booked) and d[0] % 14]
        if not fleet or not crew:
            continue
        vehicle, driver = r.choice(fleet), r.choice(crew)
        weight = int(vehicle[5] * r.uniform(0.05, 0.98))
        express = r.random() < 0.18
        price = round((60 + route[3] * 0.9 + weight * 0.018) * (1.35 if express else 1) * r.uniform(0.85, 1.2) * (1 - customer[5]), 2)
        pick = booked + timedelta(days=r.randrange(0, 2 if express else 6))
        promised = pick + timedelta(days=1 if express else 2 + route[3] // 350)
        there = promised + timedelta(days=one(r, {-1: 4, 0: 9, 1: 2, 2: 1, 5: 1}))
        there = max(there, pick)
        status = one(r, {"Delivered": 93, "Cancelled": 5, "Lost": 1})
        picked: date | None = pick
        done: date | None = there
        if status == "Cancelled":
            picked, done = None, None
        elif pick > TODAY:
            status, picked, done = "In transit", None, None
        elif status == "Lost":
            done = None
        elif there > TODAY:
            status, done = "In transit", None
        number = len(shipments) + 1
        shipments.append((number, customer[0], route[0], vehicle[0], driver[0], booked, picked, promised, done, weight, price, status, express))
        if status in ("Delivered", "Lost") and (status == "Lost" or r.random() < 0.11):
            kind = "Theft" if status == "Lost" else one(r, {"Damage": 4, "Delay": 5, "Theft": 1, "Accident": 1})
            claim = None if r.random() < 0.3 else round(price * r.uniform(0.1, 3), 2)
            happened = min(pick + timedelta(days=r.randrange(0, 3)), TODAY)
            incidents.append((len(incidents) + 1, number, kind, happened, claim, r.random() < 0.7))
    fuel_stops: Rows = []
    burning = [v for v in vehicles if v[4] != "Electric" and v[0] != 23]
    while len(fuel_stops) < 1500:
        vehicle = r.choice(burning)
        on = day(r)
        if on < vehicle[6] or (vehicle[7] and on > vehicle[7]):
            continue
        litres = round(r.uniform(25, 80) if vehicle[3] == "Van" else r.uniform(90, 420), 2)
        fuel_stops.append((len(fuel_stops) + 1, vehicle[0], on, litres, round(litres * r.uniform(1.35, 1.85), 2)))
    return {
        "Depot": depots,
        "Vehicle": vehicles,
        "Driver": drivers,
        "Customer": customers,
        "Route": routes,
        "Shipment": shipments,
        "Incident": incidents,
        "FuelStop": fuel_stops,
    }


SCHEMAS = {"clinic": clinic, "logistics": logistics}


if __name__ == "__main__":
    main(HERE, SCHEMAS)
