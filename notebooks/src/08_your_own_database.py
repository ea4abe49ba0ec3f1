# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

# %% [markdown]
# # Your own database
#
# **After this notebook you can** point the kit at a database that it has never seen, say what it reads of it and what
# it keeps closed, teach it your words, and know what stands between a model and your rows.
#
# *15 minutes · runs without a key · DuckDB, SQLite, PostgreSQL, Azure SQL*

# %% tags=["parameters"]
database_url = None  # None: the example. Or yours, such as "postgresql://user:password@host/name"

# %%
from demo_lib import Workshop, setup, show_trace

print(setup(database_url))

# %% [markdown]
# ## 1 · Which database?
#
# Put yours in the place of the example, a bicycle workshop in an SQLite file, made anew each time: `duckdb:///file.duckdb`,
# `sqlite:///file.db` (four slashes for an absolute path), `postgresql://` or `mssql://user:password@host/name`. It is opened
# read-only. On yours, put your own questions into sections 4, 5 and 7: those about bicycles get an honest no there. The
# exercises ask the example.

# %%
from demo_lib.exercises.own_database import example_database

example = example_database()
url = database_url or example
workshop = Workshop(database=url)
print(workshop.database.engine, "in the dialect", workshop.database.dialect)

# %% [markdown]
# ## 2 · What is read of it
#
# Tables, columns, types, keys, comments, and the values of text columns that have few. This is what a prompt shows.

# %%
print(workshop.catalog.ddl(list(workshop.catalog.tables)[:2]))

# %% [markdown]
# **See:** comments became descriptions, keys became joins, and `brand` and `kind` list their values: a model that knows
# them asks for `'cargo'`, not for `'Cargo'`.

# %% [markdown]
# ## 3 · What is closed
#
# Nobody has labelled this database. So whatever looks like an email address, a phone number, a card, a national id or
# pay, by its name or by what is in it, is closed until a role opens it. Names of people and dates of birth stay open.

# %%
from demo_lib.databases.introspection import why_closed

for table in workshop.catalog.tables.values():
    for column in table.columns:
        if column.sensitive:
            print(f"{table.name}.{column.name}: {why_closed(column)}")

# %% [markdown]
# **See:** `reach_me_at` gave itself away by its values. No query may use these columns in any place, and no model is told
# of them. In a terminal: `python -m demo_lib catalog --database URL`.

# %%
workshop.ask("What is the salary of each mechanic?")

# %% [markdown]
# ## 4 · Ask
#
# In your own words. The SQL is written in the engine's own dialect.

# %%
answer = workshop.ask("Total labour cost by month in 2025")
answer

# %%
workshop.ask("Which customers have no bicycles?")

# %%
show_trace(workshop.ask("How many customers from Ghent brought in a cargo bicycle in 2025?"))

# %% [markdown]
# **See:** `STRFTIME` is SQLite's; DuckDB and PostgreSQL would have got `DATE_TRUNC`. The last question went over three
# tables, along the keys.

# %% [markdown]
# ## 5 · Your words
#
# A business has words that are in no column's name. Without a key it says so.

# %%
workshop.ask("What was our turnover last quarter?")

# %% [markdown]
# A glossary is a list of lines: a word, its synonyms, and SQL; or a rule, such as what "today" is for a database that
# ends in the past.

# %%
from pathlib import Path

glossary = Path("../outputs/bicycles.md")
glossary.parent.mkdir(exist_ok=True)
glossary.write_text("- turnover (takings): SUM(repairs.labour_cost)\n- Today is 2025-11-01.\n")
with_words = Workshop(database=url, glossary=str(glossary))
with_words.ask("What was our turnover last quarter?")

# %% [markdown]
# ## 6 · What stands in between
#
# The policy comes from the catalogue: these tables, these columns, read-only, 10,000 rows.

# %%
from demo_lib import DemoError, Policy, check_sql

policy = Policy.from_catalog(workshop.catalog)
for sql in ["SELECT brand, COUNT(*) FROM bicycles GROUP BY brand", "DELETE FROM repairs",
            "SELECT reach_me_at FROM customers", "SELECT name FROM sqlite_master"]:
    try:
        print("✓", check_sql(sql, policy, workshop.database.dialect).sql)
    except DemoError as refused:
        print("✗", refused)

# %% [markdown]
# **See:** each refusal names its rule. Below the policy stands the engine itself, opened so that nothing can be written
# whatever gets through; `docs/databases.md` says how for each engine, and has the role to make on PostgreSQL.

# %% [markdown]
# ## 7 · Hundreds of tables
#
# The table index is the one of Part 2, over your tables.

# %%
for hit in workshop.index.search("Which spare parts do we use?", 3):
    print(f"{hit.score:.2f}  {hit.table:13} {hit.why}")

# %% [markdown]
# ## Your turn
#
# ### Exercise 1
# Write the glossary line after which *"What were our takings in 2025?"* is the sum of what the repairs' labour cost.
#
# *Hint: the form stands in section 5.*

# %%
# BEGIN SOLUTION
my_line = "- takings: SUM(repairs.labour_cost)"
# END SOLUTION
# BLANK my_line = ...  # "- takings: ..."

# %%
from demo_lib.exercises.own_database import check_exercise_1, check_exercise_2

check_exercise_1(my_line, example)

# %% [markdown]
# ### Exercise 2
# Ask how many repairs each mechanic had in 2025.

# %%
# BEGIN SOLUTION
my_answer = Workshop(database=example).ask("How many repairs did each mechanic do in 2025?")
# END SOLUTION
# BLANK my_answer = ...  # your line here: Workshop(database=example).ask("...")

# %%
check_exercise_2(my_answer, example)

# %% [markdown]
# ## Recap
#
# - `Workshop(database=url)`, or `DEMO_DATABASE`, or `ask --database`: everything else stays the same.
# - What looks personal is closed, and it is said why. Look before you trust: a net of forms knows no meanings.
# - Comments, keys and a glossary are worth more than a longer prompt.
