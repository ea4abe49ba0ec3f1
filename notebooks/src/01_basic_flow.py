# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

# %% [markdown]
# # Part 1: from a question to SQL, traced
#
# **After this notebook you can** follow a question through every agent, read the trace of it, say which model
# call decided what, and hand the SQL to an editor.
#
# *10 minutes · slides 4 to 10 · runs without a key*

# %% tags=["parameters"]
database_url = None  # None: the kit's own file. The same data elsewhere: python -m demo_lib seed --database URL

# %%
from demo_lib import Workshop, setup, show_trace, waterfall

print(setup(database_url))

# %% tags=["stage-only", "stage:warm-up"]
from demo_lib import Workshop, cost_per_agent, setup, show_trace, waterfall
from demo_lib.stage.projector import big_type

print(setup())
big_type()

# %% [markdown]
# ## 1 · Ask
#
# A `Workshop` holds the agents: planner, retrieval, SQL, validator, execution, visualization.

# %% tags=["stage:ask"]
workshop = Workshop()
answer = workshop.ask("What were total sales last quarter?")
answer

# %% [markdown]
# ## 2 · The trace
#
# Every decision, search, check and query is a span.

# %% tags=["stage:trace"]
show_trace(answer)

# %% [markdown]
# **See:** the orchestrator asked the model three times; in between ran the two tools that it chose. Retrieval
# put `sales` and `time_dimension` first. The SQL was checked twice, when it was written and again before it ran:
# the guardrails wrote it anew and added `LIMIT 10001`, one more than the 10,000 rows a result may have.

# %% [markdown]
# The same trace over time. Which bar is the bottleneck?

# %% tags=["stage:waterfall", "nbval-ignore-output"]
waterfall(answer)

# %% [markdown]
# **See:** offline the model takes next to nothing. The gaps between the bars are MLflow writing each finished span
# to its store: some 5 ms a span here. With a live model its calls are the long bars, and the gaps vanish beside
# them. The full trace is in MLflow: `python3 run.py ui`.

# %% [markdown]
# ## 3 · The decisions
#
# "Why did the agent make this decision?" Each model call is a span with what it was shown and what it chose.

# %% tags=["stage:decisions"]
import mlflow

trace = mlflow.get_trace(answer.trace_id)
for span in trace.search_spans(span_type="CHAT_MODEL"):
    message = span.outputs["choices"][0]["message"]
    chosen = [call["function"]["name"] for call in message.get("tool_calls") or []]
    print("chose" if chosen else "wrote", chosen or message["content"])

# %% [markdown]
# **See:** a plan, a query and a sentence were *written*; `text_to_sql` and `execute_sql` were *chosen*, and their
# arguments satisfy the tools' JSON schemas. That is function calling. (MLflow's UI calls these spans *Completions*.)

# %% [markdown]
# ## 4 · One span from close by
#
# What did retrieval find, and why did each table come?

# %% tags=["stage:retrieval"]
retrieval = trace.search_spans(name="table_retrieval")[0]
for hit in retrieval.outputs[:5]:
    print(f"{hit['score']:.2f}  {hit['table']:16} {hit['why']}")

# %% [markdown]
# And what did the database do?

# %% tags=["stage:database"]
execution = trace.search_spans(name="query_execution")[0]
for key in ("database", "scope", "rows_returned"):
    print(f"{key:14} {execution.attributes[key]}")

# %% [markdown]
# ## 5 · What it costs
#
# Tokens come from the trace, agent by agent. Offline nobody is charged: the price is what the same tokens
# would cost on the model named.

# %% tags=["stage:cost"]
from demo_lib import cost_per_agent

cost_per_agent(answer)

# %% [markdown]
# ## 6 · One agent or many?
#
# Slide 3 starts from a single agent with one mega-prompt. Here it is: same model, same guardrails, every table
# in its prompt.

# %% tags=["stage:alone"]
alone = workshop.monolith.run("What were total sales last quarter?")
print(alone.text)
print(f"one mega-prompt: {alone.usage['prompt_tokens']:>7,} prompt tokens")
print(f"specialists:     {answer.usage['prompt_tokens']:>7,} prompt tokens")

# %% [markdown]
# **See:** the same answer, for a multiple of the tokens: the price of showing a model all 122 tables each time.

# %% [markdown]
# ## 7 · A picture, when you ask for one
#
# The words of the question make the model choose one tool more.

# %% tags=["stage:plan-a-chart"]
by_month = workshop.ask("Plot total sales by month in 2025")
show_trace(by_month)

# %% tags=["stage:chart", "nbval-ignore-output"]
by_month.chart

# %% [markdown]
# ## 8 · Hand the SQL to an editor
#
# The query that ran, as a `.sql` file and as a SQL notebook. (Azure Data Studio was retired in February 2026; VS Code
# with the MSSQL extension opens both. On Azure SQL, `open_in_editor()` also gives the link that connects there.)

# %% tags=["stage:hand-over"]
# %load_ext demo_lib.sql_cell
handed = answer.open_in_editor()
print(handed.sql.read_text())
# %sql {handed.sql}

# %% [markdown]
# **See:** the file went through the same guardrails as the model's query, and gave the same number. `%%sql` on top of a
# cell runs what you write there. Everything else is read-only too.

# %% [markdown]
# ## Your turn
#
# ### Exercise 1
# In which span of `answer`'s trace was the SQL written? Put its name in the place of the dots.

# %%
# BEGIN SOLUTION
span_name = "sql_generation"
# END SOLUTION
# BLANK span_name = ...

# %%
from demo_lib.exercises.basic_flow import check_exercise_1, check_exercise_2

check_exercise_1(span_name, answer)

# %% [markdown]
# ### Exercise 2
# Ask for the total sales of each product category in 2024.

# %%
# BEGIN SOLUTION
my_answer = workshop.ask("Total sales by product category in 2024")
# END SOLUTION
# BLANK my_answer = ...  # your line here: workshop.ask("...")

# %%
check_exercise_2(my_answer)

# %% [markdown]
# ## Recap
#
# - A trace is a tree of spans: who did what, with which input and output, and how long it took.
# - The model *chooses* tools; code runs them, and the guardrails stand in between.
# - `show_trace`, `waterfall` and `cost_per_agent` read the same trace that MLflow's UI shows.
#
# Next: **Part 2** looks into retrieval.
