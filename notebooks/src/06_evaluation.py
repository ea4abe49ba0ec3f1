# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

# %% [markdown]
# # Evaluate relentlessly
#
# **After this notebook you can** measure an agent with the seven metrics of slide 13, say how sure a figure is, name the
# prompt version that caused a regression, and add a tool without breaking what worked.
#
# *15 minutes · slides 2, 7, 13, 15 and 17 · runs without a key*

# %% tags=["parameters"]
database_url = None  # None: the kit's own file. The same data elsewhere: python -m demo_lib seed --database URL

# %%
from demo_lib import Workshop, setup

print(setup(database_url))
workshop = Workshop()

# %% [markdown]
# ## 1 · What is right?
#
# Two queries are the same when their *rows* are. Words do not count, nor do column names, nor the order of rows unless
# the question asks for one. That is **execution accuracy**.

# %%
from demo_lib.evaluation.questions import load

(question,) = load(["sales-q4-2024"])
answer = workshop.ask(question.question)
print(answer.sql, question.gold_sql["duckdb"], sep="\n")

# %%
from demo_lib.evaluation.execution_accuracy import same_result

same_result(answer.table, question.gold(workshop))

# %% [markdown]
# **See:** one says `BETWEEN`, the other `>=` and `<`; both give slide 13's $1.2M. A question may have several gold queries,
# facts that an answer must tell, and claims that it must not make: all of it stands in `data/questions.yaml`.

# %%
print("tell:", question.facts, "· never claim:", question.must_not_claim)

# %% [markdown]
# ## 2 · Seven metrics
#
# Each metric is a plain function over a question and what came of it. Here are a third of the lesson's questions:
# asked, scored by `mlflow.genai.evaluate`, kept as a run. On the command line: `python -m demo_lib evaluate`.

# %% tags=["nbval-ignore-output"]
from demo_lib.evaluation.evaluate import evaluate

found = evaluate(workshop, load(lesson=True)[::3])

# %%
for name, one in found.measured.items():
    print(f"{name:20} {one}")

# %% [markdown]
# **See:** the interval is as wide as sixteen questions make it: a figure without one is a guess. No judge was asked. A
# number or a name counts as made up when it stands in neither the rows, the query nor the question. Context precision is
# low on purpose: a table too many costs tokens, a table too few costs the answer.

# %%
from demo_lib.evaluation.metrics import hallucination

print(hallucination.__doc__)

# %% [markdown]
# ## 3 · Which one was wrong?
#
# An average hides the questions. Each row has its trace, and each trace in MLflow's UI has these scores on it.

# %%
for _, row in found.wrong().iterrows():
    print(row["question"], "→", row["said"].splitlines()[0][:90])

# %% [markdown]
# **See:** the offline model says no where it is not sure, and a decline counts as not right. Beside it stands what is
# worse, a wrong answer: `declined` and `wrong` are told apart when prompts are compared.

# %% [markdown]
# ## 4 · Latency and cost
#
# From the same traces: half of the answers were faster than p50, one in twenty slower than p95, for each agent.

# %% tags=["nbval-ignore-output"]
print(found.latency.head(5))
print(f"${found.usd:.2f} for {found.tokens:,} tokens, {found.priced_as}")

# %% [markdown]
# `python -m demo_lib history --save history.png` draws accuracy, latency and cost over all the runs that you have made.

# %% [markdown]
# ## 5 · Is the new prompt better?
#
# Slide 7 compares two prompts. Which questions changed, and may that be chance? McNemar's test looks at those alone on
# which the two disagree.

# %% tags=["nbval-ignore-output"]
from demo_lib.evaluation.compare import compare_prompts

comparison = compare_prompts(workshop, ["v1.0", "v2.0"], load(lesson=True)[::3])

# %%
print(comparison.mcnemar("v1.0", "v2.0"))

# %% [markdown]
# **See:** a handful of questions can tell two prompts apart when all of them go one way.

# %% [markdown]
# ## 6 · "Which prompt version caused this regression?"
#
# Slide 2's second question. Three colleagues edit the prompt in MLflow's registry, one after the other. All mean well.

# %%
import mlflow
from demo_lib import prompts

text = prompts.load("v2.3").template
edits = {"Politer": text.replace("You write", "Please write")}
edits["Shorter: no glossary"] = edits["Politer"].split("## Glossary")[0]
edits["Clearer words"] = edits["Shorter: no glossary"].replace("Never guess", "Do not guess")

# %%
start = mlflow.genai.register_prompt(prompts.NAME, text, commit_message="v2.3, as it is")
for message, template in edits.items():
    mlflow.genai.register_prompt(prompts.NAME, template, commit_message=message)

# %% [markdown]
# A week later, somebody asks for the revenue by region and gets no answer. Which of the three was it?

# %% tags=["nbval-ignore-output"]
from demo_lib.evaluation.bisect import bisect_question

bisection = bisect_question(workshop, "Revenue by region in 2024", good=str(start.version))
print(bisection.verdict)

# %%
print(bisection.turns[-1].version.prompt.description)

# %% [markdown]
# The prompt's own difference, and what it changed in the trace:

# %% tags=["nbval-ignore-output"]
print(bisection.turns[-1].diff[:600])

# %% [markdown]
# **See:** a version, a diff, and the two traces. `python -m demo_lib bisect --question revenue-by-region-2024` does the same,
# and `--metric accuracy --min 0.8` looks for the version since which a figure is too low.

# %% [markdown]
# ## 7 · "Why did the agent make this decision?"
#
# Slide 2's third question, of any trace: what was on offer, what the model saw, what it chose, what the guardrails said.

# %% tags=["nbval-ignore-output"]
from demo_lib.decisions import why

print(str(why(answer.trace_id))[:1200])

# %% [markdown]
# ## 8 · "How do I add new capabilities without breaking existing ones?"
#
# Slide 2's fourth. Every question is asked without the new tool and with it; routes and results are compared. This tool
# sounds like the question, and its answer is made up:

# %%
from demo_lib.evaluation.routes import compare_with_tool


def total_sales() -> dict:
    """Total sales: the revenue of a quarter, by region."""
    return {"total": 1_000_000}


some = ["What were total sales last quarter?", "How many products do we have in the Toys category?"]
print(compare_with_tool(workshop, "total_sales", total_sales, questions=some))

# %% [markdown]
# **See:** what changed, before anybody was told. In a repository of your own the same is a test:
# `pytest -p demo_lib.evaluation.pytest_plugin`.

# %% [markdown]
# ## 9 · In CI
#
# The exit status fails under a threshold, and JUnit's XML is what a CI server shows:
#
# ```bash
# python -m demo_lib evaluate --min accuracy=0.8 --max hallucination_rate=0 --junit results.xml
# ```
#
# `python3 run.py eval` measures with DeepEval and RAGAS beside it, in an environment of their own, and with an LLM as
# a judge where `DEMO_JUDGE` names one. `python -m demo_lib claims` measures every figure that the talk quotes.

# %% [markdown]
# ## Your turn
#
# ### Exercise 1
# How many of the questions in `found.scores` were *declined or wrong* although retrieval had found every table that they
# need? Count the rows: it says whether to work on retrieval or on the prompt.
#
# *Hint: `accuracy` is 0 and `context_recall` is 1 there.*

# %%
scores = found.scores
# BEGIN SOLUTION
my_count = len(scores[(scores["accuracy"] == 0) & (scores["context_recall"] == 1)])
# END SOLUTION
# BLANK my_count = ...

# %%
from demo_lib.exercises.evaluation import check_exercise_1, check_exercise_2

check_exercise_1(my_count, found)

# %% [markdown]
# ### Exercise 2
# Twelve more edits. Since one of them, *How many orders were placed online?* gets no answer. Find it with
# `bisect_question`, from the version `first` on, and give what it returns.

# %%
from demo_lib.exercises.evaluation import more_edits

first = more_edits()
# BEGIN SOLUTION
my_bisection = bisect_question(workshop, "How many orders were placed online?", good=first)
# END SOLUTION
# BLANK my_bisection = ...

# %%
check_exercise_2(my_bisection)

# %% [markdown]
# ## Recap
#
# - Right means the right rows; a figure has an interval, and a wrong answer weighs more than a decline.
# - A version, a trace, a score: all three are kept, so that a regression has a name.
# - A threshold in CI says no before a user does.
