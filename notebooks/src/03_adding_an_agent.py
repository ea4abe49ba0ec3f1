# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

# %% [markdown]
# # Part 3: adding an agent
#
# **After this notebook you can** give the agents a new tool without touching the old ones, prove that nothing else
# changed, compare two versions of a prompt on measured accuracy, and roll one back.
#
# *10 minutes · slides 7 and 11 · runs without a key*

# %% tags=["parameters"]
database_url = None  # None: the kit's own file. The same data elsewhere: python -m demo_lib seed --database URL

# %%
from demo_lib import Workshop, setup, show_trace
from demo_lib.agents.data_quality import CHECKS, quality_report

print(setup(database_url))
import mlflow

workshop = Workshop()
question = "Total sales by day in 2024, and check the data quality of the result"

# %% tags=["stage-only", "stage:warm-up"]
from demo_lib import Workshop, setup, show_trace
from demo_lib.agents.data_quality import CHECKS, quality_report
from demo_lib.stage.projector import big_type

print(setup())
big_type()
import mlflow

workshop = Workshop()
question = "Total sales by day in 2024, and check the data quality of the result"
_ = workshop.index

# %% [markdown]
# ## 1 · Before
#
# Nobody here can check data quality. What happens when a user asks for it?

# %% tags=["stage:before"]
print(str(workshop.ask(question)).split(". ")[0])

# %% [markdown]
# **See:** an honest no. The words find no place, in the tables or among the tools.

# %% [markdown]
# ## 2 · Define the tool
#
# Slide 11's first step: a name, a description, the parameters. This is all that the model will ever see of it.

# %% tags=["stage:define"]
data_quality_tool = {
    "type": "function",
    "function": {
        "name": "check_data_quality",
        "description": "Validate query results for anomalies",
        "parameters": {"type": "object", "properties": {"data": {"type": "array"}, "checks": {"type": "array"}}},
    },
}

# %% [markdown]
# ## 3 · Write the function
#
# The second step. The slide has two checks; here are five, each a plain function over a DataFrame.

# %% tags=["stage:implement"]
@mlflow.trace
def check_data_quality(data, checks):
    """Look for anomalies in the rows of a result; no checks means all of them."""
    return quality_report(data, checks, today=workshop.today)


print(", ".join(CHECKS))

# %% [markdown]
# When is a value an outlier? The rule is documented and robust: the outliers themselves cannot move it.

# %%
from demo_lib.agents.data_quality import detect_outliers

print(detect_outliers.__doc__)

# %% [markdown]
# ## 4 · Register it
#
# The third step is one line. Around it stands the question of slide 2: *how do I add new capabilities without breaking
# existing ones?* Each earlier question is asked before and after; the tools that the model chose are compared, and so
# are the rows.

# %% tags=["stage:register"]
from demo_lib.evaluation.routes import routes_compared

earlier = ["What were total sales last quarter?", "Revenue by region in 2024", "Plot total sales by month in 2025"]
with routes_compared(workshop, earlier) as report:
    workshop.registry.register("data_quality", check_data_quality, data_quality_tool)
print(report)

# %% [markdown]
# **See:** nothing else changed its way, or its result. Nothing else was told, either: no prompt, no agent, no routing
# table. In a repository of your own, `pytest -p demo_lib.evaluation.pytest_plugin` makes a test of it.

# %% [markdown]
# ## 5 · Ask again
#
# The very same question.

# %% tags=["stage:ask"]
answer = workshop.ask(question)
show_trace(answer)

# %% [markdown]
# **See:** a third tool after the query. The model chose it by its name and description, all that it sees of it. The name
# stands twice: the tool call, and inside it your function with its own `@mlflow.trace`.

# %% [markdown]
# ## 6 · What it found
#
# The finding is the output of its span.

# %% tags=["stage:found"]
span = mlflow.get_trace(answer.trace_id).search_spans(name="check_data_quality")[0]
for finding, what in span.outputs.items():
    print(f"{finding:12} {what}")

# %% [markdown]
# Two days stand out, and the newest one is ten months old. The days:

# %% tags=["stage:days"]
answer.table.iloc[span.outputs["outliers"]["total_sales"]["rows"]]

# %% [markdown]
# **See:** the Saturday after Thanksgiving, and a Friday before the holidays. An outlier is a question to a person, not a
# fault.

# %% [markdown]
# ## 7 · Sums that do not add up
#
# No rule is written down anywhere. It is read from the rows: where two columns make a third nearly always, the rest is
# suspicious. Here is a table that is right, and one that somebody has put a hand to.

# %% tags=["stage:sums"]
lines = workshop.ask("List all purchase order lines with ordered quantity, cost per unit and line cost").table
print("as it is:", quality_report(lines, ["sum_check"], workshop.today))
touched = lines.copy()
touched.loc[1234, "line_cost"] += 1000
print("touched: ", quality_report(touched, ["sum_check"], workshop.today))

# %% [markdown]
# ## 8 · Compare prompt versions
#
# Slide 7 logs an accuracy of 0.85 for one prompt and 0.92 for another. Here the two are *measured*: v1.0 shows the
# model the names of tables and columns, v2.0 also types, keys, values and the business glossary. Each version is a run
# in MLflow, with its parameters and its metrics.

# %% tags=["nbval-ignore-output"]
from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.questions import load

comparison = compare_prompts(workshop, ["v1.0", "v2.0"], load(lesson=True))

# %%
comparison.accuracy

# %% [markdown]
# **See:** the shares of the kit's questions, from `data/questions.yaml`. The model is the same, and so are the tables it
# is shown. Offline it is a parser, and it can only use what the prompt says: that is what is measured. A live model
# guesses more from bare names: more answers, and more wrong ones. Set a key and run the cell again.

# %% [markdown]
# Which part of the prompt is it? `tests/benchmarks/offline_model.py` takes one away at a time, over questions and
# wordings that the parser was not tuned on, and keeps what came of it:

# %%
import json

import pandas as pd
from demo_lib.settings import PROJECT_ROOT

kept = json.loads((PROJECT_ROOT / "slides" / "figures.json").read_text())["offline_model"]
pd.DataFrame(kept["sets"]["kit, held out"]["shares"]).T.round(2)

# %% [markdown]
# **See:** names alone answer half as many, and more of them wrong. The glossary is what keeps answers from being wrong:
# without it, *revenue* is whichever column looks like it.

# %% [markdown]
# Is it chance? Only the questions that one version gets right and the other does not can tell.

# %%
print(comparison.mcnemar("v1.0", "v2.0"))

# %% [markdown]
# **See:** McNemar's test. With a handful of questions the same shares would prove nothing. On the command line:
# `python -m demo_lib ab v1.0 v2.0`.

# %% [markdown]
# What changed, question by question?

# %% tags=["nbval-ignore-output"]
comparison.picture()

# %% [markdown]
# **See:** a better average may hide a question that got worse. Here none did; the crosses are the dear ones, since a
# wrong number looks like a right one.

# %% [markdown] tags=["stage-only"]
# ## 8 · Compare prompt versions

# %% tags=["stage:compare"]
from demo_lib.evaluation.compare import compare_prompts
from demo_lib.evaluation.questions import load

every_eighth = load(lesson=True)[::8]  # no hand-picked sample
on_stage = compare_prompts(workshop, ["v1.0", "v2.0"], every_eighth, progress=False)
on_stage.accuracy

# %% tags=["stage:picture", "nbval-ignore-output"]
on_stage.picture()

# %% [markdown]
# The two runs of slide 7, as MLflow keeps them:

# %% tags=["stage:runs"]
for run in map(mlflow.get_run, on_stage.run_ids.values()):
    print(run.info.run_name, "·", run.data.params["model"], {k: round(v, 2) for k, v in run.data.metrics.items()})

# %% [markdown]
# ## 9 · Roll back
#
# In MLflow's prompt registry `production` is an alias, not a copy. The kit itself pins v2.3, the version on slide 10 (v2.0
# with rules and an example). The agent below reads the alias instead, at every question. Somebody points it at v1.0:

# %% tags=["stage:deploy"]
from dataclasses import replace

from demo_lib import prompts

agent = replace(workshop.sql_agent, prompt_version="production")
prompts.promote("v1.0")
draft = agent.generate_query("How many orders were placed online?", context=["sales"])
print(draft.sql)
print(draft.declined.split(". ")[0])

# %% [markdown]
# A regression. Point it back, and the next question is fine: no deployment, no restart. Where nobody knows which version
# it was, `python -m demo_lib bisect --question "…"` asks the registry's versions, and shows the change that did it.

# %% tags=["stage:rollback"]
prompts.promote("v2.3")
print(agent.generate_query("How many orders were placed online?", context=["sales"]).sql)

# %% [markdown]
# ## Your turn
#
# ### Exercise 1
# Write a tool of your own: a function `summarize(data)` that returns a dictionary with the number of rows of a result.
# The schema comes from the type hint and the docstring, so write both. Register it with your own workshop, and ask.
#
# *Hint: `data` is a DataFrame; `registry.register(name, function)` is enough.*

# %%
import pandas as pd

mine = Workshop()
# BEGIN SOLUTION
def summarize(data: pd.DataFrame) -> dict:
    """Summarize a result: how many rows it has."""
    return {"rows": len(data)}


mine.registry.register("summarize", summarize)
my_answer = mine.ask("Revenue by region in 2024, and summarize the result")
# END SOLUTION
# BLANK my_answer = ...  # write and register summarize, then: mine.ask("Revenue by region in 2024, and summarize ...")

# %%
from demo_lib.exercises.adding_an_agent import check_exercise_1, check_exercise_2

check_exercise_1(my_answer)

# %% [markdown]
# ### Exercise 2
# Somebody put a hand to this result too. Which row is it? Give its number, counted from 0.
#
# *Hint: the checks are in `CHECKS`; none named means all.*

# %%
from demo_lib.exercises.adding_an_agent import tampered

suspicious = tampered(lines)
# BEGIN SOLUTION
my_row = quality_report(suspicious, ["sum_check"], workshop.today)["sums"][0]["rows"][0]
# END SOLUTION
# BLANK my_row = ...

# %%
check_exercise_2(my_row)

# %% [markdown]
# ## Recap
#
# - A tool is a schema, a function, one line. The model finds it by its name and description.
# - Routes before and after tell what a new tool breaks.
# - A prompt's version is a run with a measured accuracy; `production` is an alias, and rolling back moves it.
#
# Next: **Part 4** tries to break in.
