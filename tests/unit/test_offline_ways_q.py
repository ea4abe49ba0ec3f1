"""Ways to ask for counts, totals and averages of each, and for rows column by column, over two small schemas.

The rows that an answer gives are compared with those of the gold that stands above the wordings.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import duckdb
import pytest
from small_databases import make_tables, prompt_of

from demo_lib.offline.sql_writer import write_sql

VETS = """CREATE TABLE owners ( -- People who bring their animals
  owner_id INTEGER PRIMARY KEY, -- Key of the owner
  owner_name VARCHAR, -- Full name
  town VARCHAR -- Town in which the owner lives
);
CREATE TABLE bonus_members ( -- Owners in the bonus program
  bonus_member_id INTEGER PRIMARY KEY, -- Key of the membership
  owner_id INTEGER REFERENCES owners(owner_id), -- Owner
  grade VARCHAR, -- Grade of the membership; one of: Basic, Plus, Premium
  entered_on DATE -- Day of entering
);
CREATE TABLE pets ( -- Animals that are treated
  pet_id INTEGER PRIMARY KEY, -- Key of the pet
  pet_name VARCHAR, -- What it is called
  species VARCHAR, -- Species; one of: Dog, Cat, Parrot
  owner_id INTEGER REFERENCES owners(owner_id) -- Owner
);
CREATE TABLE clinics ( -- Places where animals are treated
  clinic_id INTEGER PRIMARY KEY, -- Key of the clinic
  clinic_name VARCHAR, -- Name of the clinic
  town VARCHAR -- Town in which it lies
);
CREATE TABLE wards ( -- Rooms in which animals stay overnight
  ward_id INTEGER PRIMARY KEY, -- Key of the ward
  clinic_id INTEGER REFERENCES clinics(clinic_id), -- Clinic it is in
  cage_places INTEGER -- Cages that fit in
);
CREATE TABLE vets ( -- Doctors for animals
  vet_id INTEGER PRIMARY KEY, -- Key of the vet
  vet_name VARCHAR, -- Full name
  skill VARCHAR, -- Kind of skill; one of: Surgery, Teeth, General
  clinic_id INTEGER REFERENCES clinics(clinic_id), -- Clinic the vet works at
  supervisor_id INTEGER REFERENCES vets(vet_id) -- Vet who supervises this one; empty at the top
);
CREATE TABLE treatments ( -- Treatments of pets
  treatment_id INTEGER PRIMARY KEY, -- Key of the treatment
  pet_id INTEGER REFERENCES pets(pet_id), -- Pet that was treated
  vet_id INTEGER REFERENCES vets(vet_id), -- Vet who treated it
  treated_on DATE, -- Day of the treatment
  duration_minutes INTEGER, -- How long it took in minutes
  treatment_cost DECIMAL(8,2), -- What it cost us in US dollars
  outcome VARCHAR -- How it ended; one of: Cured, Better, Unchanged
);
CREATE TABLE vaccine_stock ( -- Vaccines in the fridges of the clinics
  stock_id INTEGER PRIMARY KEY, -- Key of the row
  clinic_id INTEGER REFERENCES clinics(clinic_id), -- Clinic
  vaccine VARCHAR, -- Name of the vaccine
  on_hand INTEGER, -- Doses in the fridge
  reserved INTEGER -- Doses that are promised
);
CREATE TABLE ad_spend ( -- Money spent on advertising, by day and medium
  ad_spend_id INTEGER PRIMARY KEY, -- Key of the row
  medium VARCHAR, -- Where the ads run; one of: Radio, Newspaper, Web
  spent_on DATE, -- Day
  spend DECIMAL(8,2), -- Money spent in US dollars
  views INTEGER, -- Times the ads were seen
  clicks INTEGER -- Times the ads were clicked
);
CREATE TABLE opinions ( -- What owners think of a treatment
  opinion_id INTEGER PRIMARY KEY, -- Key of the opinion
  treatment_id INTEGER REFERENCES treatments(treatment_id), -- Treatment
  stars INTEGER, -- Stars, 1 to 5
  device VARCHAR -- What they wrote it on; one of: Phone, Laptop, Tablet
);
CREATE TABLE plans ( -- Planned and allowed costs of each clinic
  plan_id INTEGER PRIMARY KEY, -- Key of the plan
  clinic_id INTEGER REFERENCES clinics(clinic_id), -- Clinic
  plan_year INTEGER, -- Year it is for
  planned_cost DECIMAL(10,2), -- Planned cost in US dollars
  allowed_cost DECIMAL(10,2) -- Allowed cost in US dollars
);
CREATE TABLE medicines ( -- Medicines that we hand out
  medicine_id INTEGER PRIMARY KEY, -- Key of the medicine
  medicine_name VARCHAR, -- Name of the medicine
  form VARCHAR -- Form; one of: Pill, Drops, Ointment
);
CREATE TABLE medicine_recalls ( -- Medicines called back by their makers
  recall_id INTEGER PRIMARY KEY, -- Key of the recall
  medicine_id INTEGER REFERENCES medicines(medicine_id), -- Medicine
  danger VARCHAR, -- Danger; one of: Wrong label, Glass, Mold
  packs_affected INTEGER, -- Packs affected
  recalled_on DATE -- Day
);"""
PUMPS = """CREATE TABLE depots ( -- Yards where pumps are kept
  depot_id INTEGER PRIMARY KEY, -- Key of the depot
  depot_name VARCHAR, -- Name of the depot
  county VARCHAR -- County it lies in
);
CREATE TABLE halls ( -- Halls of a depot
  hall_id INTEGER PRIMARY KEY, -- Key of the hall
  depot_id INTEGER REFERENCES depots(depot_id), -- Depot
  crate_slots INTEGER -- Crates that fit in
);
CREATE TABLE part_levels ( -- Spare parts on the shelf of each depot
  part_level_id INTEGER PRIMARY KEY, -- Key of the row
  depot_id INTEGER REFERENCES depots(depot_id), -- Depot
  in_store INTEGER -- Parts that are there now
);
CREATE TABLE fitters ( -- People who mend pumps
  fitter_id INTEGER PRIMARY KEY, -- Key of the fitter
  fitter_name VARCHAR, -- Full name
  village VARCHAR, -- Village in which the fitter lives
  manager_id INTEGER REFERENCES fitters(fitter_id) -- Fitter this one answers to
);
CREATE TABLE pumps ( -- Pumps that we look after
  pump_id INTEGER PRIMARY KEY, -- Key of the pump
  pump_name VARCHAR, -- What it is called
  make VARCHAR, -- Maker; one of: Alto, Brio, Corda
  depot_id INTEGER REFERENCES depots(depot_id) -- Depot it belongs to
);
CREATE TABLE pump_repairs ( -- Repairs of pumps
  pump_repair_id INTEGER PRIMARY KEY, -- Key of the repair
  pump_id INTEGER REFERENCES pumps(pump_id), -- Pump that was mended
  fitter_id INTEGER REFERENCES fitters(fitter_id), -- Who mended it
  fault VARCHAR, -- What was wrong; one of: Leak, Rust, Noise
  repaired_on DATE, -- Day
  hours_spent INTEGER, -- Hours it took
  repair_cost DECIMAL(8,2) -- Cost in US dollars
);
CREATE TABLE pipelines ( -- Lines of pipe between depots
  pipeline_id INTEGER PRIMARY KEY, -- Key of the line
  depot_id INTEGER REFERENCES depots(depot_id), -- Depot it starts at
  material VARCHAR, -- Material; one of: Steel, Clay
  length_km DECIMAL(6,1) -- Length in kilometers
);
CREATE TABLE safety_courses ( -- Courses on safety that fitters took
  safety_course_id INTEGER PRIMARY KEY, -- Key of the course
  fitter_id INTEGER REFERENCES fitters(fitter_id), -- Who took it
  topic VARCHAR, -- Topic; one of: Fire, Height, Gas
  rating INTEGER -- Rating the fitter gave, 1 to 5
);
CREATE TABLE allowances ( -- Money set aside for each depot
  allowance_id INTEGER PRIMARY KEY, -- Key of the row
  depot_id INTEGER REFERENCES depots(depot_id), -- Depot
  budget_year INTEGER, -- Year
  asked_amount DECIMAL(10,2), -- Asked amount in US dollars
  granted_amount DECIMAL(10,2) -- Granted amount in US dollars
);"""
OF_VETS: dict[str, list[str]] = {
    "SELECT COUNT(*) FROM owners": [
        "Count every owner we have on file.",
        "Count our owners.",
        "Count up the owners.",
        "Could you count the owners on our books?",
        "What does the number of owners come to?",
        "How high is the number of owners?",
        "What is the quantity of owners?",
    ],
    "SELECT COUNT(*) FROM vets": [
        "Count all vets.",
        "Please count all of our vets.",
        "How large is our group of vets, in number of vets?",
        "How big is the number of vets?",
        "Give the quantity of vets.",
    ],
    "SELECT clinic_name, COUNT(*) FROM vets JOIN clinics USING (clinic_id) GROUP BY clinic_id, clinic_name": [
        "Give me the number of vets in each clinic.",
        "Give the quantity of vets for every clinic.",
        "How are the vets distributed over the clinics? I want numbers.",
    ],
    "SELECT species, COUNT(*) FROM pets GROUP BY species": [
        "Group the pets by species and count them.",
        "Group the pets by their species and count each group.",
        "Sort the pets into species and count them.",
        "Group all pets according to species, then count.",
        "How are our pets split between the species? Give me the number for each.",
        "How are pets spread over the species?",
        "How do the pets split across the species? I need the counts.",
        "Please break the pets down by species and give me the counts.",
        "Split the pets by species and show the number of each.",
        "Please break the number of pets down by species.",
        "What is the distribution of pets across species?",
        "How do our pets break down by species?",
        "How is the number of pets distributed among the species?",
        "How many of our pets are there of each species?",
        "Pet numbers by species",
        "pet count, per species",
    ],
    "SELECT outcome, COUNT(*) FROM treatments GROUP BY outcome": [
        "Group treatments by outcome and give me the count of each.",
        "Count the treatments, grouped by outcome.",
        "Group the treatments by outcome and tell me how many there are of each.",
        "Group by outcome and count the treatments.",
        "List the outcomes of treatments and how many times each occurred.",
        "Which outcomes did treatments have, and how many times each?",
        "What outcomes did our treatments have, and how often each?",
        "I'd like to see how often each outcome of a treatment occurs.",
        "How often does each outcome occur?",
        "How often do the different outcomes occur among the treatments?",
        "How many times does each outcome occur?",
        "how frequently does each outcome appear",
        "Tell me how often every treatment outcome comes up.",
        "How frequent is each outcome of treatments?",
        "Show the frequency of each treatment outcome.",
        "How are the treatments distributed across the outcomes?",
        "How do the treatments divide into outcomes? Show counts.",
        "Break the treatments down by outcome, with counts.",
        "Break down the number of treatments by how they ended.",
        "Distribution of treatments over the different outcomes",
    ],
    "SELECT grade, COUNT(*) FROM bonus_members GROUP BY grade": [
        "Bonus program members by grade",
        "Members of the bonus program by grade",
        "For each grade, count the members of the bonus program.",
        "Show me how many members the bonus program has per grade.",
        "How many people do we have in each grade of the bonus program?",
        "Per bonus grade, how many members are there?",
        "How many bonus program members are there in each grade?",
    ],
    "SELECT COUNT(*) FROM bonus_members": [
        "How many members does the bonus program have?",
        "How many owners are in the bonus program?",
        "How many members are in our bonus program?",
    ],
    "SELECT device, COUNT(*) FROM opinions GROUP BY device": [
        "How many opinions were written with each kind of device?",
        "How many opinions were written on each device?",
        "Opinions by kind of device",
        "How many opinions by type of device?",
    ],
    "SELECT COUNT(*) FROM medicine_recalls": [
        "How many recalls of medicines were there?",
    ],
    "SELECT danger, COUNT(*) FROM medicine_recalls GROUP BY danger": [
        "Number of recalls of medicines by danger",
    ],
    (
        "SELECT s.vet_name, COUNT(*) FROM vets v JOIN vets s ON v.supervisor_id = s.vet_id GROUP BY s.vet_id, "
        "s.vet_name"
    ): [
        "How many vets does each supervisor supervise?",
        "Number of vets per supervisor",
        "How many direct reports does each supervisor have?",
        "direct reports per supervisor",
        "How many vets report to each supervisor?",
        "For each supervisor, show the number of direct reports.",
        "How many vets report directly to each supervisor?",
        "List the supervisors with the number of vets who report to them.",
        "How many people does each supervisor have reporting to them?",
        "Break down the number of direct reports by supervisor.",
        "For every supervisor, how many vets do they supervise?",
        "How many vets work under each supervisor?",
    ],
    (
        "SELECT clinic_name, SUM(on_hand) FROM vaccine_stock JOIN clinics USING (clinic_id) GROUP BY "
        "clinic_id, clinic_name"
    ): [
        "How many doses does each clinic have on hand?",
        "How much vaccine stock is on hand in each clinic?",
        "How big is the stock on hand in the individual clinics?",
        "Total on hand per clinic",
    ],
    (
        "SELECT clinic_name, SUM(cage_places) FROM wards JOIN clinics USING (clinic_id) GROUP BY clinic_id, clinic_name"
    ): [
        "How many cage places does each clinic offer?",
        "How many places for cages does each of our clinics offer?",
        "For every clinic, how many cages fit in its wards altogether?",
        "How many cages fit into the wards of each clinic?",
        "How many cage places do the clinics have each?",
        "Cage places per clinic, in total",
    ],
    "SELECT vet_name, AVG(treatment_cost) FROM treatments JOIN vets USING (vet_id) GROUP BY vet_id, vet_name": [
        "How much does a treatment cost on average with each vet?",
        "What does a treatment cost on average, by vet?",
        "avg treatment cost per vet",
        "average treatment cost for each vet",
        "For each vet, what does the average treatment cost?",
        "How expensive is a treatment on average with each vet?",
        "How much do treatments cost on average, vet by vet?",
        "What is the average cost of a treatment per vet?",
        "mean treatment cost by vet",
        "How much does the average treatment cost with each vet?",
    ],
    "SELECT species, AVG(duration_minutes) FROM treatments JOIN pets USING (pet_id) GROUP BY species": [
        "How long is a treatment on average for each species?",
        "How long does a treatment take on average, by species?",
        "How many minutes does a treatment take on average for each species?",
        "How long do treatments last on average per species?",
        "For each species, the mean duration of a treatment",
        "What is the average length of a treatment in minutes, by species?",
        "How long is the average treatment, in minutes, for each species?",
        "On average, how long does a treatment take for every species?",
    ],
    (
        "SELECT species, AVG(stars) FROM opinions JOIN treatments USING (treatment_id) JOIN pets USING "
        "(pet_id) GROUP BY species"
    ): [
        "By species, what do the stars average?",
        "How many stars on average do owners give, by species?",
        "For every species, show the mean number of stars that owners gave.",
        "By species, what do the stars in the opinions average?",
        "How many stars do opinions give on average for each species?",
        "What is the average number of stars per species?",
        "Average stars by species",
        "How many stars does each species get on average?",
        "How many stars on average per species?",
        "average star count by species",
        "mean number of stars given for each species",
        "What number of stars do owners give on average for each species?",
    ],
    "SELECT medium, SUM(spend) FROM ad_spend WHERE spent_on BETWEEN '2025-01-01' AND '2025-12-31' GROUP BY medium": [
        "In 2025, how much money went into ads on the different mediums?",
        "Advertising costs 2025 by medium",
        "What did we pay for ads this year, by medium?",
        "For each medium, what did our advertising cost in 2025?",
        "Per medium: total spend on advertising, 2025",
        "Please sum up what was spent on advertising per medium in 2025.",
        "How much did we spend on ads per medium in 2025?",
        "How much was spent on advertising in 2025 by medium?",
        "How much money did we spend on ads in 2025 with each medium?",
        "What did we spend on advertising in 2025, by medium?",
        "total ad spend by medium in 2025",
        "ad spending by medium 2025",
        "How much have we paid for advertising this year with each medium?",
        "Money spent on ads in 2025 per medium",
    ],
    "SELECT SUM(spend) FROM ad_spend": [
        "How much did advertising cost us in total?",
        "How much money have we spent on ads?",
        "What did we spend on ads overall?",
        "How much went into advertising?",
    ],
    "SELECT plan_year, SUM(planned_cost), SUM(allowed_cost) FROM plans GROUP BY plan_year": [
        "Show me the total planned cost and the total allowed cost per plan year.",
        "What are the totals of planned cost and allowed cost in every plan year?",
        "Total planned cost and total allowed cost by plan year",
        "For each plan year, the total planned cost and the total allowed cost",
        "I would like to see, plan year by plan year, the sum of the planned and of the allowed cost.",
        "Sum of planned cost and sum of allowed cost per plan year",
        "planned and allowed cost by plan year",
        "For each plan year, how much cost was planned and how much was allowed?",
        "Per plan year, add up planned cost and allowed cost.",
        "Total planned and total allowed cost per plan year",
        "How much planned cost and how much allowed cost is there per plan year?",
    ],
    "SELECT medium, SUM(views), SUM(clicks) FROM ad_spend GROUP BY medium": [
        "Total views and clicks for each medium",
        "Total views and total clicks per medium",
        "How many views and how many clicks did each medium get?",
        "Total number of views and clicks by medium",
        "views and clicks by medium, in total",
        "By medium, how many views and clicks did our ads get?",
        "What are the total views and the total clicks of each medium?",
        "How many views and clicks were there per medium?",
        "Sum up views and clicks by medium.",
    ],
    "SELECT COUNT(DISTINCT town) FROM owners": [
        "Our owners are spread over how many towns?",
        "In how many different towns are our owners living?",
        "Count the distinct towns in which our owners live.",
        "How many towns do our owners come from?",
        "From how many towns do our owners come?",
        "In how many towns do our owners live?",
        "How many different towns do owners live in?",
        "Number of distinct towns of our owners",
        "Across how many towns are our owners spread?",
        "Over how many different towns are the owners distributed?",
        "How many different towns are there among our owners?",
        "Number of different towns where owners live",
        "Tell me the number of towns our owners live in.",
    ],
    "SELECT medicine_name, danger, packs_affected FROM medicine_recalls JOIN medicines USING (medicine_id)": [
        "Which medicines were recalled: name, danger, packs affected",
        "List the name, danger and packs affected for every medicine that was recalled.",
        "Which medicines have been recalled, for what danger, and how many packs were affected?",
        "recalled medicines: name, danger, packs affected",
        "There have been some medicine recalls; please show the medicines concerned together with the danger and the packs affected.",
        "What medicines did we have to recall? I need the medicine name, the danger and the number of affected packs.",
        "I'd like an overview of our recalls: which medicine, which danger, how many packs.",
        "List all medicine recalls with medicine, danger and packs affected.",
        "Show the medicine, the danger and the packs affected of each recall.",
        "Show recalled medicines with their danger and the packs affected",
        "For every recall: medicine name, danger, packs affected",
    ],
}
OF_PUMPS: dict[str, list[str]] = {
    "SELECT COUNT(*) FROM pumps": [
        "Count every pump that we have.",
    ],
    "SELECT COUNT(*) FROM fitters": [
        "Please count each fitter.",
        "How large is our crew of fitters, in number of fitters?",
    ],
    "SELECT depot_name, COUNT(*) FROM pumps JOIN depots USING (depot_id) GROUP BY depot_id, depot_name": [
        "Give the quantity of pumps for each depot.",
    ],
    "SELECT make, COUNT(*) FROM pumps GROUP BY make": [
        "Please break the number of pumps down by make.",
        "How are the pumps distributed across the make groups?",
        "Group the pumps by make and count them.",
        "Sort our pumps into makes and tell me how many there are of each.",
        "How do the pumps divide into makes?",
        "How are the pumps split between the makes? Give me the number for each.",
    ],
    "SELECT fault, COUNT(*) FROM pump_repairs GROUP BY fault": [
        "Group by fault and count the pump repairs.",
        "How often does each fault occur?",
        "Which faults did the pump repairs have, and how many times each?",
        "Show the frequency of each fault.",
        "How many repairs of pumps were there by fault?",
        "For what faults were pumps repaired, and how many times each?",
    ],
    "SELECT topic, COUNT(*) FROM safety_courses GROUP BY topic": [
        "How are the courses on safety distributed across the topics? I need counts.",
        "Courses on safety by topic",
        "Number of courses on safety per topic",
    ],
    (
        "SELECT m.fitter_name, COUNT(*) FROM fitters f JOIN fitters m ON f.manager_id = m.fitter_id GROUP BY "
        "m.fitter_id, m.fitter_name"
    ): [
        "How many direct reports does each manager have?",
        "How many fitters report directly to each manager?",
        "List the managers with the number of people who report to them.",
        "How many fitters does each manager manage?",
        "direct subordinates per manager",
    ],
    "SELECT depot_name, SUM(in_store) FROM part_levels JOIN depots USING (depot_id) GROUP BY depot_id, depot_name": [
        "How many parts does each depot have in store?",
        "How big is the stock in store in the individual depots?",
    ],
    "SELECT depot_name, SUM(crate_slots) FROM halls JOIN depots USING (depot_id) GROUP BY depot_id, depot_name": [
        "How many crates fit into the halls of each depot?",
        "How many slots for crates does each depot offer?",
        "For every depot, how many crates fit in its halls?",
    ],
    (
        "SELECT fitter_name, AVG(repair_cost) FROM pump_repairs JOIN fitters USING (fitter_id) GROUP BY "
        "fitter_id, fitter_name"
    ): [
        "avg repair cost per fitter",
        "How expensive is a repair on average with each fitter?",
        "How much does a repair cost on average with each fitter?",
    ],
    (
        "SELECT fitter_name, SUM(repair_cost) FROM pump_repairs JOIN fitters USING (fitter_id) GROUP BY "
        "fitter_id, fitter_name"
    ): [
        "What did we spend on repairs, by fitter?",
        "Repair costs per fitter",
    ],
    "SELECT SUM(repair_cost) FROM pump_repairs WHERE repaired_on BETWEEN '2025-01-01' AND '2025-12-31'": [
        "How much money went into repairs in 2025?",
        "What did the repairs cost us in 2025?",
        "How much did we pay for repairs in 2025?",
    ],
    "SELECT material, AVG(length_km) FROM pipelines GROUP BY material": [
        "How long is a pipeline on average, in kilometers, for each material?",
        "How long is the average pipeline by material, in km?",
    ],
    "SELECT topic, AVG(rating) FROM safety_courses GROUP BY topic": [
        "By topic, what do the ratings average?",
    ],
    "SELECT budget_year, SUM(asked_amount), SUM(granted_amount) FROM allowances GROUP BY budget_year": [
        "Show me the total asked amount and the total granted amount per budget year.",
        "The sum of the asked and of the granted amount per budget year",
        "For each budget year, how much amount was asked and how much was granted?",
        "Totals of asked amount and granted amount for every budget year",
    ],
    "SELECT COUNT(DISTINCT village) FROM fitters": [
        "Our fitters are spread over how many villages?",
        "In how many villages do our fitters live?",
        "Count the different villages that our fitters come from.",
    ],
    "SELECT pump_name, fault, hours_spent FROM pump_repairs JOIN pumps USING (pump_id)": [
        "Which pumps were repaired, for what fault, and how many hours were spent?",
        "Repaired pumps: name, fault, hours spent",
        "List the name, the fault and the hours spent for every pump that was repaired.",
    ],
}
DECLINED = [
    (VETS, "Members of the savings program by grade"),
    (VETS, "What did we spend on pets by species?"),
    (VETS, "How long is a clinic on average, in kilometers?"),
    (VETS, "Which medicines were recalled, for what price, and how many packs were affected?"),
    (VETS, "How many direct reports does each clinic have?"),
    (PUMPS, "What did we spend on wages by fitter?"),
    (PUMPS, "How long is a pipeline on average, in miles, for each material?"),
    (PUMPS, "How many reports does each manager have?"),
    (PUMPS, "How many barrels fit into the halls of each depot?"),
    (PUMPS, "How often does each verdict occur?"),
    (PUMPS, "For each budget year, how much amount was asked and how much was refused?"),
]


def _value(kind: str, draw: random.Random, i: int) -> object:
    """What a cell of this type may hold: a text of few, a small number, a day."""
    if kind == "DATE":
        return f"{draw.choice((2024, 2025))}-{draw.randint(1, 10):02d}-{draw.randint(1, 28):02d}"
    return draw.randint(1, 30) * 1.25 if kind.startswith("DECIMAL") else draw.choice(("Ash", "Elm", "Oak"))


def _filled(schema: str) -> duckdb.DuckDBPyConnection:
    """A database of this schema whose rows are drawn, always the same."""
    draw, db = random.Random(5), duckdb.connect()
    make_tables(db, schema)
    for table, lines in re.findall(r"CREATE TABLE (\w+) \([^\n]*\n(.*?)\);", schema, re.S):
        columns = re.findall(r"^  (\w+) (\w+(?:\([\d,]+\))?)([^\n]*)", lines, re.M)
        for i in range(1, 61):
            row: list[object] = []
            for name, kind, rest in columns:
                listed = re.search(r"one of: ([^\n]*)", rest)
                if "PRIMARY KEY" in rest or name.endswith("_name"):
                    row.append(i if "PRIMARY KEY" in rest else f"{name} {i}")
                elif listed:
                    row.append(draw.choice([*listed[1].split(", "), listed[1].split(", ")[0]]))
                elif name.endswith("_year"):
                    row.append(draw.choice((2024, 2025)))
                elif kind == "INTEGER":
                    row.append(min(draw.randint(1, 60), draw.randint(1, 60)))
                else:
                    row.append(_value(kind, draw, i))
            db.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    return db


@pytest.fixture(scope="module")
def databases() -> dict[str, duckdb.DuckDBPyConnection]:
    """One database for each schema."""
    return {schema: _filled(schema) for schema in (VETS, PUMPS)}


def _rows(db: duckdb.DuckDBPyConnection, sql: str) -> list[list[str]]:
    """The rows of a query in no order; a key that no question asks for left out."""
    said = db.execute(sql)
    keep = [k for k, column in enumerate(said.description) if not column[0].endswith("_id")]
    found: Sequence[tuple[object, ...]] = said.fetchall()
    cells = (
        [round(float(v), 4) if isinstance(v, int | float) or hasattr(v, "quantize") else v for v in row]
        for row in found
    )
    return sorted(sorted(str(row[k]) for k in keep) for row in cells)


CASES = [(VETS, q, gold) for gold, qs in OF_VETS.items() for q in qs]
CASES += [(PUMPS, q, gold) for gold, qs in OF_PUMPS.items() for q in qs]


@pytest.mark.parametrize(("schema", "question", "gold"), CASES, ids=[q for _, q, _ in CASES])
def test_read(schema: str, question: str, gold: str, databases: dict[str, duckdb.DuckDBPyConnection]) -> None:
    draft = write_sql(prompt_of(schema), question)
    assert draft.sql, draft.declined
    assert _rows(databases[schema], draft.sql) == _rows(databases[schema], gold), draft.sql


@pytest.mark.parametrize(("schema", "question"), DECLINED, ids=[q for _, q in DECLINED])
def test_declined(schema: str, question: str) -> None:
    draft = write_sql(prompt_of(schema), question)
    assert draft.sql is None, draft.sql
