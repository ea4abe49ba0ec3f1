"""Write repairs.duckdb, press.duckdb, camp.duckdb and laboratory.duckdb into a folder: the same rows every time.

  python generate.py FOLDER

What the schemas say behind `--` becomes comments of the tables and columns.
"""

import random
import re
import sys
from datetime import date, datetime
from datetime import timedelta as td
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
D0, D1 = date(2023, 1, 1), date(2025, 10, 31)


def commented(c, schema):
    table = ""
    for line in schema.splitlines():
        code, _, said = (part.strip() for part in line.partition("--"))
        if made := re.match(r'CREATE TABLE "?(\w+)', code):
            table = made[1]
        name = re.match(r'"?(\w+)', code)
        if said and table and name:
            of = f'TABLE "{table}"' if made else f'COLUMN "{table}"."{name[1]}"'
            c.execute(f"COMMENT ON {of} IS '{said.replace(chr(39), chr(39) * 2)}'")


def repairs(c):
    r = random.Random(4101)

    def day(a=D0, b=D1):
        return a + td(days=r.randint(0, (b - a).days))

    cities = {
        "Utrecht": 5,
        "Ghent": 4,
        "Antwerp": 4,
        "Rotterdam": 4,
        "Leiden": 3,
        "Bruges": 3,
        "Eindhoven": 3,
        "Haarlem": 2,
        "Leuven": 2,
    }
    spots = ["Station", "Market", "Harbour", "North", "Canal", "Park", "Campus", "South"]
    fn = ["Anna", "Bram", "Chloe", "Daan", "Elise", "Finn", "Greta", "Hugo", "Iris", "Jonas", "Kim", "Lars", "Mila", "Noor", "Oscar", "Petra", "Ruben", "Saskia", "Tom", "Ursula", "Wout", "Yara", "Zoe", "Pieter", "Lotte", "Sander", "Femke", "Joris", "Nina", "Koen"]
    ln = ["Jansen", "Peeters", "Maes", "Bakker", "Visser", "Smit", "Claes", "Willems", "Mulder", "Wouters", "Bosman", "Dekker", "Hendriks", "Jacobs", "Goossens", "Vos", "Meijer", "Lambert", "Aerts", "Kuiper"]
    names = [f"{a} {b}" for a in fn for b in ln]
    r.shuffle(names)
    shops = []
    i = 0
    for ci, n in cities.items():
        for k in r.sample(spots, n):
            i += 1
            shops.append((i, f"{ci} {k}", ci, day(D0, date(2024, 9, 30)), r.randint(2, 9), r.random() < 0.45))
    c.executemany("INSERT INTO shop VALUES(?,?,?,?,?,?)", shops)
    mechs = []
    for m in range(1, 71):
        s = m if m <= 30 else r.choices(range(1, 31), weights=[max(1, x[4]) for x in shops])[0]
        lv = r.choices(["apprentice", "journeyman", "master"], [25, 50, 25])[0]
        base = {"apprentice": 14, "journeyman": 19, "master": 26}[lv]
        h = day(D0, date(2025, 6, 30))
        left = day(h + td(days=60), D1) if r.random() < 0.2 and h < date(2025, 6, 1) else None
        mechs.append(
            (
                m,
                s,
                names.pop(),
                lv,
                round(base + r.random() * 5, 2),
                h,
                left,
                r.random() < {"apprentice": 0.1, "journeyman": 0.4, "master": 0.8}[lv],
            )
        )
    c.executemany("INSERT INTO mechanic VALUES(?,?,?,?,?,?,?,?)", mechs)
    cust = []
    for k in range(1, 221):
        n = names.pop()
        cust.append(
            (
                k,
                n,
                None
                if r.random() < 0.17
                else n.lower().replace(" ", ".")
                + "@"
                + r.choice(["mailbox.example", "post.example", "webmail.example"]),
                r.choices(list(cities) + ["Delft"], [9, 8, 7, 6, 5, 4, 4, 3, 3, 3])[0],
                day(),
                r.random() < 0.35,
            )
        )
    c.executemany("INSERT INTO customer VALUES(?,?,?,?,?,?)", cust)
    brands = ["Gazelle", "Batavus", "Trek", "Giant", "Cube", "Koga", "Specialized", "Urban Arrow", "Brompton"]
    bikes = []
    for b in range(1, 301):
        br = r.choices(brands, [20, 14, 16, 13, 9, 8, 7, 5, 4])[0]
        t = (
            "cargo"
            if br == "Urban Arrow"
            else r.choices(["road", "mountain", "city", "e-bike", "cargo", "kids"], [15, 12, 32, 27, 5, 6])[0]
        )
        bikes.append(
            (b, r.choices(range(1, 221), [1 / (1 + x % 17) for x in range(220)])[0], br, t, r.randint(2012, 2025))
        )
    c.executemany("INSERT INTO bike VALUES(?,?,?,?,?)", bikes)
    jobs = []
    wt = [r.random() ** 2 + 0.08 for _ in shops]
    for j in range(1, 401):
        b = r.choices(bikes, [1 / (1 + x % 11) for x in range(300)])[0]
        while True:
            m = r.choices(mechs, [wt[x[1] - 1] for x in mechs])[0]
            d = day(max(m[5], shops[m[1] - 1][3]), D1) if max(m[5], shops[m[1] - 1][3]) <= D1 else None
            if d and (m[6] is None or d <= m[6]):
                break
        st = r.choices(["done", "cancelled"], [92, 8])[0]
        if d > date(2025, 10, 5) and r.random() < 0.75 or d > date(2025, 8, 1) and r.random() < 0.08:
            st = "open"
        w = r.random() < 0.12
        if st == "done":
            f = min(D1, d + td(days=int(r.expovariate(1 / 5)) + (2 if b[3] in ("e-bike", "cargo") else 0)))
            h = round(0.5 * r.randint(1, 9) + r.choice([0, 0.25]), 2)
            a = round(h * r.uniform(42, 64) * (0.5 if w else 1), 2)
            rt = r.choices([1, 2, 3, 4, 5], [4, 7, 17, 38, 34])[0] if r.random() < 0.6 else None
        else:
            f = h = a = rt = None
        jobs.append((j, b[0], m[1], m[0], d, f, st, h, a, w, rt))
    c.executemany("INSERT INTO job VALUES(?,?,?,?,?,?,?,?,?,?,?)", jobs)
    P = {
        "brakes": [
            "Brake pad set",
            "Disc rotor 160 mm",
            "Disc rotor 180 mm",
            "Brake cable",
            "Hydraulic brake lever",
            "V-brake arm",
            "Brake fluid bottle",
        ],
        "drivetrain": [
            "Chain 9-speed",
            "Chain 11-speed",
            "Cassette 11-34",
            "Crankset",
            "Bottom bracket",
            "Rear derailleur",
            "Front derailleur",
            "Shift cable",
            "Belt drive",
            "Pedal pair",
        ],
        "wheels": [
            "Inner tube 28 inch",
            "Inner tube 26 inch",
            "Puncture-proof tyre",
            "Road tyre",
            "Mountain tyre",
            "Rim 28 inch",
            "Spoke set",
            "Front hub",
            "Rear hub",
        ],
        "electrics": [
            "Headlight",
            "Rear light",
            "Hub dynamo",
            "E-bike battery 500 Wh",
            "E-bike display",
            "Charger",
            "Speed sensor",
        ],
        "accessories": [
            "Bell",
            "Mudguard set",
            "Kickstand",
            "Saddle",
            "Child seat",
            "Front basket",
            "Frame lock",
            "Pannier bag",
            "Handlebar grips",
        ],
    }
    sup = ["Velotrade", "Shimano", "Schwalbe", "Bosch", "Cyclex", "NordParts"]
    parts = []
    i = 0
    for cat, ns in P.items():
        for n in ns:
            i += 1
            pr = r.uniform(320, 540) if "battery" in n else r.uniform(6, 95)
            mn = r.randint(2, 20)
            parts.append((i, n, cat, r.choice(sup), round(pr, 2), max(0, int(mn * r.uniform(0.1, 3.5))), mn))
    c.executemany("INSERT INTO part VALUES(?,?,?,?,?,?,?)", parts)
    jp = []
    pw = [0 if x[1] in ("Belt drive", "Front derailleur", "Child seat") else r.random() ** 1.5 + 0.05 for x in parts]
    done = [j for j in jobs if j[6] == "done"]
    for j in done:
        if r.random() < 0.2:
            continue
        seen = set()
        for _ in range(r.choices([1, 2, 3], [60, 30, 10])[0]):
            p = r.choices(parts, pw)[0]
            if p[0] in seen or len(jp) >= 400:
                continue
            seen.add(p[0])
            jp.append((j[0], p[0], r.choices([1, 2, 3, 4], [62, 26, 7, 5])[0], round(p[4] * r.uniform(0.88, 1), 2)))
    c.executemany("INSERT INTO job_part VALUES(?,?,?,?)", jp)


def press(c):
    r = random.Random(77123)

    def day(a=D0, b=D1):
        return a + td(days=r.randint(0, (b - a).days))

    fn = ["Alice", "Ben", "Clara", "David", "Edith", "Frank", "Grace", "Harry", "Imogen", "Jack", "Kate", "Leo", "Martha", "Nigel", "Olive", "Paul", "Rosa", "Simon", "Tessa", "Victor", "Wendy", "Aidan", "Bronwyn", "Callum", "Fiona", "Gavin", "Heather", "Ivor", "Maeve", "Rhys"]
    ln = ["Ashworth", "Barlow", "Cartwright", "Doyle", "Ellison", "Fairfax", "Grantham", "Holloway", "Ingram", "Jarvis", "Kendall", "Lockwood", "Merton", "Norwood", "Osborne", "Pemberton", "Quigley", "Radcliffe", "Stanton", "Thorne"]
    names = [(a, b) for a in fn for b in ln]
    r.shuffle(names)
    st = []
    dep = ["editorial"] * 14 + ["design"] * 8 + ["marketing"] * 9 + ["rights"] * 5
    heads = {}
    for i, d in enumerate(dep, 1):
        a, b = names.pop()
        head = d not in heads
        if head:
            heads[d] = i
        s = day(D0, date(2023, 3, 31)) if head or i < 8 else day(D0, date(2025, 7, 31))
        e = day(s + td(days=80), D1) if not head and i >= 8 and r.random() < 0.2 and s < date(2025, 6, 1) else None
        st.append(
            (
                i,
                f"{a} {b}",
                d,
                (r.randint(58, 71) * 1000 + r.randint(0, 9) * 100) if head else r.randint(270, 520) * 100,
                s,
                e,
                None if head else heads[d],
            )
        )
    for x in st:
        c.execute("INSERT INTO pb_staff VALUES(?,?,?,?,?,?,?)", x)
    ctry = ["United Kingdom", "Ireland", "United States", "Canada", "Australia", "India"]
    au = []
    for i in range(1, 66):
        a, b = names.pop()
        au.append(
            (
                i,
                a,
                b,
                r.choices(ctry, [40, 12, 16, 7, 6, 5])[0],
                date(r.randint(1945, 1998), r.randint(1, 12), r.randint(1, 28)),
                r.choices(
                    ["Pike & Moss", "Carrow Literary", "Tidewater Agency", "Northgate", None], [18, 14, 12, 8, 15]
                )[0],
            )
        )
    c.executemany("INSERT INTO pb_author VALUES(?,?,?,?,?,?)", au)
    w1 = [
        "Silent",
        "Last",
        "Golden",
        "Broken",
        "Winter",
        "Hidden",
        "Little",
        "Crooked",
        "Salt",
        "Paper",
        "Midnight",
        "Distant",
        "Wild",
        "Glass",
    ]
    w2 = [
        "Harbour",
        "Garden",
        "Letter",
        "Kingdom",
        "Kitchen",
        "River",
        "Witness",
        "Orchard",
        "Lighthouse",
        "Fox",
        "Table",
        "Winter",
        "Bridge",
        "Road",
    ]
    tt = [f"The {a} {b}" for a in w1 for b in w2 if a != b]
    r.shuffle(tt)
    G = ["crime", "romance", "fantasy", "history", "cookery", "children"]
    ti = []
    for i in range(1, 91):
        g = r.choices(G, [24, 16, 15, 13, 10, 14])[0]
        im = "Bluebell" if g == "children" else r.choices(["Harrow", "Lantern", "Bluebell"], [50, 42, 8])[0]
        pg = r.randint(24, 160) if g == "children" else r.randint(180, 640)
        ti.append(
            (
                i,
                tt[i - 1],
                g,
                im,
                pg,
                day(),
                r.choices(range(1, 13), [1, 5, 4, 6, 3, 5, 2, 4, 3, 2, 1, 1])[0],
                None if r.random() < 0.22 else r.randint(4, 160) * 250,
            )
        )
    c.executemany("INSERT INTO pb_title VALUES(?,?,?,?,?,?,?,?)", ti)
    ta = []
    aw = [0 if k % 13 == 0 else r.random() + 0.1 for k in range(1, 66)]
    for t in ti:
        s = set()
        k = 1 if r.random() < 0.72 else 2
        while len(s) < k:
            s.add(r.choices(range(1, 66), aw)[0])
        for a in s:
            ta.append((t[0], a, r.choice([5, 6, 7.5, 8, 10, 12.5])))
    c.executemany("INSERT INTO pb_title_author VALUES(?,?,?)", ta)
    ed = []
    n = 0
    off = {"hardback": 0, "paperback": 1, "ebook": 2, "audiobook": 3}
    pr = {"hardback": (16, 28), "paperback": (8, 13), "ebook": (4, 9), "audiobook": (10, 20)}
    for t in ti:
        for f, p in (("hardback", 0.5), ("paperback", 0.8), ("ebook", 0.62), ("audiobook", 0.28)):
            if r.random() < p:
                n += 1
                ed.append(
                    (
                        f"978-1-{r.randint(10000, 99999)}-{n:03d}-{r.randint(0, 9)}",
                        t[0],
                        f,
                        round(r.uniform(*pr[f])) - 0.01,
                        r.randint(4, 60) * 250 if off[f] < 2 else None,
                        r.random() < 0.83,
                    )
                )
    c.executemany("INSERT INTO pb_edition VALUES(?,?,?,?,?,?)", ed)
    ch = [
        ("chain", ["Foyle & Park", "Pagewell", "Readers Row", "Bookmart", "Inkwell Stores", "Halden Books"]),
        (
            "independent",
            [
                "Corner Shelf",
                "Owl & Quill",
                "The Reading Room",
                "Harbour Books",
                "Mill Lane Books",
                "The Dog-Eared Page",
                "Green Door Books",
                "Castle Bookshop",
                "Hatch Street Books",
                "Fable & Co",
                "Turning Leaf",
                "Lamplight Books",
                "Seaview Books",
                "Old Post Books",
            ],
        ),
        ("online", ["BookRocket", "ReadNow", "Papercloud", "Bookhive", "E-Shelf", "AudioNest"]),
        (
            "library",
            [
                "Leeds Libraries",
                "Cork City Library",
                "Bristol Libraries",
                "Galway Library Service",
                "Kent Libraries",
                "Toronto Public Branches",
                "Devon Libraries",
                "Perth Library Board",
            ],
        ),
    ]
    ac = []
    n = 100
    for k, v in ch:
        for x in v:
            n += 1
            ct = (
                "Ireland"
                if x.split()[0] in ("Cork", "Galway")
                else "Canada"
                if "Toronto" in x
                else "Australia"
                if "Perth" in x
                else r.choices(["United Kingdom", "Ireland", "United States"], [60, 15, 15])[0]
            )
            ac.append((n, x, k, ct, r.randint(4, 100) * 500))
    c.executemany("INSERT INTO pb_account VALUES(?,?,?,?,?)", ac)
    sa = []
    pd = {t[0]: t[5] for t in ti}
    ew = [r.random() ** 2 + 0.03 for _ in ed]
    aw = {a[0]: {"chain": 3, "online": 3, "independent": 1, "library": 0.9}[a[2]] * (r.random() + 0.2) for a in ac}
    aw[111] = 0
    aw[137 if n >= 137 else n] = 0
    for i in range(1, 401):
        while True:
            e = r.choices(ed, ew)[0]
            if pd[e[1]] <= date(2025, 10, 20):
                break
        d = day(pd[e[1]], D1)
        a = r.choices(ac, [aw[x[0]] for x in ac])[0]
        q = int(r.lognormvariate({"chain": 4.6, "online": 4.4, "independent": 3, "library": 2.8}[a[2]], 0.7)) + 1
        rq = 0 if e[2] in ("ebook", "audiobook") or r.random() < 0.5 else int(q * r.uniform(0, 0.35))
        sa.append((i, e[0], a[0], d, q, round(q * e[3] * r.uniform(0.45, 0.68), 2), rq))
    c.executemany("INSERT INTO pb_sale VALUES(?,?,?,?,?,?,?)", sa)


def camp(c):
    r = random.Random(90210)

    def day(a=D0, b=D1):
        return a + td(days=r.randint(0, (b - a).days))

    def sday():
        y = r.choices([2023, 2024, 2025], [27, 33, 40])[0]
        m = r.choices(range(4, 11), [6, 11, 18, 27, 25, 11, 5])[0]
        return date(y, m, r.randint(1, 30))

    fn = ["Emma", "Liam", "Sofie", "Noah", "Marie", "Lukas", "Julia", "Max", "Lea", "Felix", "Anouk", "Jules", "Camille", "Hugo", "Sara", "Milan", "Eva", "Theo", "Alice", "Oliver", "Amelia", "George", "Freya", "Jack", "Mette", "Lars", "Ida", "Nils", "Paula", "Jan"]
    ln = ["Schmidt", "Weber", "Fischer", "Wagner", "Dupont", "Martin", "Bernard", "Moreau", "Jensen", "Nielsen", "Evans", "Taylor", "Brown", "Clarke", "Vries", "Boer", "Huber", "Gruber", "Novak", "Keller"]
    names = [(a, b) for a in fn for b in ln]
    r.shuffle(names)
    C = ["Germany", "Netherlands", "France", "Belgium", "Austria", "United Kingdom", "Denmark"]
    g = []
    for i in range(1, 211):
        a, b = names.pop()
        g.append(
            (
                i,
                a,
                b,
                date(r.randint(1958, 2014), r.randint(1, 12), r.randint(1, 28)),
                r.choices(C, [34, 22, 15, 9, 8, 7, 5])[0],
                r.random() < 0.8,
                None if r.random() < 0.14 else f"+00 555 {r.randint(100000, 999999)}",
            )
        )
    c.executemany("INSERT INTO Guest VALUES(?,?,?,?,?,?,?)", g)
    nm = ["Heron", "Otter", "Perch", "Kingfisher", "Beaver", "Swan", "Pike", "Dragonfly", "Grebe", "Trout", "Cormorant", "Lily", "Reed", "Willow", "Carp", "Mallard", "Osprey", "Eel", "Newt", "Alder", "Moorhen", "Bittern", "Tern", "Salmon", "Stork", "Poplar", "Birch", "Minnow", "Plover", "Teal", "Sturgeon", "Wagtail"]
    lo = []
    for i, n in enumerate(nm, 1):
        k = r.choices(["tent", "cabin", "dorm", "houseboat"], [10, 12, 5, 4])[0]
        lo.append(
            (
                i,
                n,
                k,
                {
                    "tent": r.randint(2, 4),
                    "cabin": r.randint(3, 6),
                    "dorm": r.randint(8, 14),
                    "houseboat": r.randint(4, 6),
                }[k],
                k == "houseboat" or r.random() < 0.4,
            )
        )
    c.executemany("INSERT INTO Lodging VALUES(?,?,?,?,?)", lo)
    gw = [r.random() ** 2 + 0.05 for _ in g]
    lw = [r.random() + 0.15 for _ in lo]
    lw[21] = 0
    lw[28] = 0
    bk = []
    for i in range(1, 361):
        spot = r.choices(lo, lw)[0]
        n = r.choices([1, 2, 3, 4, 5, 7, 10, 14], [6, 16, 18, 12, 11, 24, 8, 5])[0]
        p = r.randint(1, min(6, spot[3]))
        x = r.random() < 0.11
        amt = n * {"tent": 24, "cabin": 78, "dorm": 18 * p, "houseboat": 142}[spot[2]] * r.uniform(0.85, 1.3)
        bk.append(
            (
                i,
                r.choices(range(1, 211), gw)[0],
                spot[0],
                sday(),
                n,
                p,
                round(amt * (0.2 if x else 1), 2),
                r.choices(["website", "phone", "agency", "walk-in"], [52, 18, 20, 10])[0],
                x,
            )
        )
    c.executemany("INSERT INTO Booking VALUES(?,?,?,?,?,?,?,?,?)", bk)
    ins = []
    for i in range(1, 32):
        a, b = names.pop()
        ins.append(
            (
                i,
                f"{a} {b}",
                day(D0, date(2025, 6, 15)),
                r.randint(90, 210) + r.choice([0, 0.5]),
                r.random() < 0.7,
                r.choices(["English", "German", "French", "Dutch"], [9, 11, 5, 6])[0],
            )
        )
    c.executemany("INSERT INTO Instructor VALUES(?,?,?,?,?,?)", ins)
    S = ["sailing", "windsurfing", "kayaking", "diving", "wakeboarding", "rowing"]
    bp = {"sailing": 70, "windsurfing": 62, "kayaking": 38, "diving": 88, "wakeboarding": 55, "rowing": 34}
    nmS = {
        "sailing": ["Dinghy", "Keelboat"],
        "windsurfing": ["Windsurf", "Foil"],
        "kayaking": ["Kayak", "White-water"],
        "diving": ["Open-water", "Night-dive"],
        "wakeboarding": ["Wakeboard", "Cable-park"],
        "rowing": ["Sculling", "Sweep-rowing"],
    }
    co = []
    i = 0
    for s in S:
        for lv, w in (("beginner", "Basics"), ("intermediate", "Skills"), ("advanced", "Masterclass")):
            for v in nmS[s]:
                i += 1
                d = r.randint(2, 6)
                co.append(
                    (
                        i,
                        f"{v} {w}",
                        s,
                        lv,
                        d,
                        round(d * bp[s] * r.uniform(0.8, 1.15)),
                        r.choices(range(1, 32), [0 if k in (4, 9, 17, 26) else 1 + k % 4 for k in range(1, 32)])[0],
                    )
                )
    c.executemany("INSERT INTO Course VALUES(?,?,?,?,?,?,?)", co)
    en = []
    cw = [(r.random() + 0.1) * {"beginner": 3, "intermediate": 2, "advanced": 1}[x[3]] for x in co]
    cw[17] = 0
    cw[34] = 0
    for i in range(1, 381):
        k = r.choices(co, cw)[0]
        d = sday()
        paid = not (r.random() < (0.3 if d > date(2025, 9, 1) else 0.05))
        en.append(
            (
                i,
                r.choices(range(1, 211), [gw[(q * 7) % 210] for q in range(210)])[0],
                k[0],
                d,
                round(k[5] * r.choice([1, 1, 1, 0.9, 0.85]), 2) if paid else 0,
                None
                if r.random() < 0.15
                else r.random() < {"beginner": 0.9, "intermediate": 0.78, "advanced": 0.62}[k[3]],
                r.choices([1, 2, 3, 4, 5], [3, 6, 16, 37, 38])[0] if r.random() < 0.65 else None,
            )
        )
    c.executemany("INSERT INTO Enrolment VALUES(?,?,?,?,?,?,?)", en)
    gr = []
    hp = {"SUP board": 9, "kayak": 11, "dinghy": 24, "windsurfer": 19, "wetsuit": 4, "pedalo": 13}
    for i in range(1, 321):
        k = r.choices(list(hp), [30, 24, 10, 9, 22, 12])[0]
        h = r.choices([1, 2, 3, 4, 6, 8], [18, 30, 20, 14, 8, 6])[0]
        gr.append(
            (
                i,
                r.choices(range(1, 211), [gw[(q * 3) % 210] for q in range(210)])[0],
                k,
                sday(),
                h,
                round(h * hp[k] * r.uniform(0.85, 1), 2),
                r.random() < 0.06,
            )
        )
    c.executemany("INSERT INTO GearRental VALUES(?,?,?,?,?,?,?)", gr)


def laboratory(c):
    r = random.Random(55501)

    def day(a=D0, b=D1):
        return a + td(days=r.randint(0, (b - a).days))

    fn = ["Aoife", "Brian", "Ciara", "Declan", "Eileen", "Fergus", "Grainne", "Hannah", "Ian", "Joan", "Kevin", "Laura", "Michael", "Niamh", "Owen", "Patricia", "Ronan", "Sinead", "Thomas", "Una", "Vera", "William", "Agnes", "Boris", "Carmen", "Dmitri", "Elena", "Farid", "Gloria", "Hassan"]
    ln = ["Byrne", "Casey", "Daly", "Egan", "Farrell", "Gleeson", "Hayes", "Kelly", "Lynch", "Moran", "Nolan", "Power", "Quinn", "Ryan", "Sheehan", "Tobin", "Walsh", "Carey", "Dunne", "Foley"]
    names = [f"{a} {b}" for a in fn for b in ln]
    r.shuffle(names)
    W = ["CARD Cardiology", "ICU Intensive Care", "ED Emergency Department", "ONC1 Oncology Day Unit", "ONC2 Oncology Ward", "PAED1 Paediatrics A", "PAED2 Paediatrics B", "NICU Neonatal Intensive Care", "MAT Maternity", "GYN Gynaecology", "SURG1 General Surgery", "SURG2 Vascular Surgery", "ORTH Orthopaedics", "NEPH Nephrology", "DIAL Dialysis", "GAST Gastroenterology", "PULM Pulmonology", "NEUR Neurology", "STRK Stroke Unit", "UROL Urology", "ENT Ear Nose and Throat", "EYE Ophthalmology", "DERM Dermatology", "RHEU Rheumatology", "ENDO Endocrinology", "GER Geriatrics", "PSY Psychiatry", "PALL Palliative Care", "HEM Haematology Ward", "REHA Rehabilitation", "DAY Day Surgery"]
    w = []
    for x in W:
        a, b = x.split(" ", 1)
        w.append((a, b, r.choices(["Main", "East", "West"], [15, 9, 7])[0], r.randint(6, 38)))
    c.executemany("INSERT INTO ward VALUES(?,?,?,?)", w)
    ww = {x[0]: r.random() ** 1.7 + 0.06 for x in w}
    ww["ICU"] = 1.6
    ww["ED"] = 1.9
    ww["EYE"] = 0
    ww["PALL"] = 0
    ph = []
    for i in range(1, 43):
        wd = r.choices(w, [ww[x[0]] + 0.15 for x in w])[0][0]
        sp = {
            "ED": "emergency",
            "ONC1": "oncology",
            "ONC2": "oncology",
            "HEM": "oncology",
            "PAED1": "paediatrics",
            "PAED2": "paediatrics",
            "NICU": "paediatrics",
            "SURG1": "surgery",
            "SURG2": "surgery",
            "ORTH": "surgery",
            "DAY": "surgery",
            "UROL": "surgery",
            "GYN": "surgery",
        }.get(wd, "internal")
        ph.append((i, "Dr " + names.pop(), sp, wd, day(D0, date(2025, 5, 31)), r.random() < 0.35))
    c.executemany("INSERT INTO phys VALUES(?,?,?,?,?,?)", ph)
    pt = []
    for i in range(1, 221):
        pt.append(
            (
                i,
                names.pop(),
                r.choice("FFM" + "M"),
                date(r.randint(1934, 2022), r.randint(1, 12), r.randint(1, 28)),
                r.choices(["A", "B", "AB", "0", None], [34, 10, 4, 36, 16])[0],
                r.choices([True, False, None], [21, 62, 17])[0],
            )
        )
    c.executemany("INSERT INTO pat VALUES(?,?,?,?,?,?)", pt)
    T = """NA|Sodium|chemistry|mmol/l|140|5
    K|Potassium|chemistry|mmol/l|4.2|.6
    CREA|Creatinine|chemistry|umol/l|80|30
    GLU|Glucose|chemistry|mmol/l|5.6|1.9
    ALT|Alanine aminotransferase|chemistry|U/l|30|16
    AST|Aspartate aminotransferase|chemistry|U/l|28|14
    BILI|Bilirubin|chemistry|umol/l|12|7
    CRP|C-reactive protein|chemistry|mg/l|12|14
    UREA|Urea|chemistry|mmol/l|5.5|2
    ALB|Albumin|chemistry|g/l|41|5
    LDH|Lactate dehydrogenase|chemistry|U/l|190|50
    TROP|Troponin|chemistry|ng/l|11|9
    CHOL|Cholesterol|chemistry|mmol/l|5.1|1.1
    TRIG|Triglycerides|chemistry|mmol/l|1.5|.7
    A1C|HbA1c|chemistry|mmol/mol|41|10
    HB|Haemoglobin|haematology|g/dl|13.6|2
    WBC|White cell count|haematology|10^9/l|7.4|2.8
    PLT|Platelets|haematology|10^9/l|250|80
    HCT|Haematocrit|haematology|%|41|5
    RETI|Reticulocytes|haematology|%|1.2|.5
    ESR|Sedimentation rate|haematology|mm/h|14|10
    INR|INR|coagulation||1.2|.4
    APTT|Partial thromboplastin time|coagulation|s|31|6
    FIB|Fibrinogen|coagulation|g/l|3|.8
    DDIM|D-dimer|coagulation|mg/l|.5|.4
    AT3|Antithrombin|coagulation|%|98|15
    TSH|Thyroid-stimulating hormone|immunology|mU/l|2.1|1.3
    FT4|Free thyroxine|immunology|pmol/l|16|4
    FERR|Ferritin|immunology|ug/l|120|80
    B12|Vitamin B12|immunology|pmol/l|330|120
    PSA|Prostate-specific antigen|immunology|ug/l|2|1.8
    IGE|Total IgE|immunology|kU/l|60|50
    RF|Rheumatoid factor|immunology|IU/ml|10|7"""
    t = []
    mu = {}
    for row in T.split("\n"):
        a, b, s, u, m, sd = row.strip().split("|")
        mu[a] = (float(m), float(sd))
        t.append(
            (
                a,
                b,
                s,
                u or None,
                round(
                    {"chemistry": 4, "haematology": 6, "coagulation": 9, "immunology": 16}[s] * r.uniform(0.7, 1.9), 2
                ),
                {"chemistry": 60, "haematology": 45, "coagulation": 75, "immunology": 180}[s] + r.choice([0, 15, 30]),
            )
        )
    c.executemany("INSERT INTO lab_test VALUES(?,?,?,?,?,?)", t)
    te = [
        (
            i,
            names.pop(),
            r.choices(["early", "late", "night"], [15, 10, 7])[0],
            r.choice([20, 24, 30, 32.5, 38.5, 38.5]),
            day(D0, date(2025, 4, 30)),
        )
        for i in range(1, 33)
    ]
    c.executemany("INSERT INTO tech VALUES(?,?,?,?,?)", te)
    od = []
    rs = []
    n = 0
    pw = [r.random() ** 2 + 0.04 for _ in pt]
    tw = [r.random() + 0.08 for _ in t]
    tw[31] = 0
    tw[25] = 0
    kw = [r.random() + 0.2 for _ in te]
    for i in range(1, 281):
        wd = r.choices(w, [ww[x[0]] for x in w])[0][0]
        y = r.choices([2023, 2024, 2025], [26, 33, 41])[0]
        d = day(date(y, 1, 1), min(D1, date(y, 12, 31)))
        if i > 268:
            d = day(date(2025, 10, 20), D1)
        cand = [p for p in ph if p[4] <= d] or [ph[0]]
        loc = [p for p in cand if p[3] == wd]
        p = r.choice(loc) if loc and r.random() < 0.75 else r.choice(cand)
        ts = datetime(d.year, d.month, d.day, r.randint(0, 20), r.randint(0, 59))
        cx = r.random() < 0.07
        pr = r.choices(["routine", "urgent", "stat"], [30, 40, 30] if wd in ("ICU", "ED") else [72, 20, 8])[0]
        od.append((i, r.choices(range(1, 221), pw)[0], p[0], wd, ts, pr, cx))
        if cx or n >= 400:
            continue
        seen = set()
        for _ in range(r.choices([1, 2, 3], [58, 30, 12])[0]):
            x = r.choices(t, tw)[0]
            if x[0] in seen or n >= 400:
                continue
            seen.add(x[0])
            n += 1
            rc = ts + td(minutes=r.randint(8, 90))
            tm = x[5] * {"routine": 1, "urgent": 0.7, "stat": 0.45}[pr] * r.lognormvariate(-0.1, 0.4)
            k = r.choices([q for q in te if q[4] <= d] or te[:1], [kw[q[0] - 1] for q in te if q[4] <= d] or [1])[0]
            if d >= date(2025, 10, 24) and r.random() < 0.6:
                rp = v = f = None
            else:
                rp = rc + td(minutes=int(tm) + 3)
                z = r.gauss(0, 1.15)
                m, s = mu[x[0]]
                v = round(max(0.05 * m, m + z * s), 2)
                f = "critical" if abs(z) > 2.3 else "high" if z > 1.2 else "low" if z < -1.3 else "normal"
            rs.append((n, i, x[0], k[0], rc, rp, v, f))
    c.executemany("INSERT INTO lab_ord VALUES(?,?,?,?,?,?,?)", od)
    c.executemany("INSERT INTO res VALUES(?,?,?,?,?,?,?,?)", rs)


def main():
    for fill in (repairs, press, camp, laboratory):
        schema = (HERE / f"{fill.__name__}.sql").read_text(encoding="utf-8")
        path = Path(sys.argv[1]) / f"{fill.__name__}.duckdb"
        path.unlink(missing_ok=True)
        with duckdb.connect(str(path)) as c:
            c.execute(schema)
            fill(c)
            commented(c, schema)


if __name__ == "__main__":
    main()
