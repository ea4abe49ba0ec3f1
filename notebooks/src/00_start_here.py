# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

# %% [markdown]
# # Start here
#
# **After this notebook you can** ask a database a question in plain words, see who answered, and tell an
# answer from an honest "I can't answer that".
#
# *5 minutes · no API key needed*

# %% [markdown]
# ## What is installed, and who answers
#
# Without a key the **offline model** answers: a small parser that speaks OpenAI's protocol, not an LLM. Set
# `OPENAI_API_KEY` before you start Jupyter and the same notebook runs on a live model.

# %% tags=["parameters"]
database_url = None  # None: the kit's own file. The same data elsewhere: python -m demo_lib seed --database URL

# %%
from demo_lib import ask, setup

print(setup(database_url))

# %% [markdown]
# **See:** the badge behind *Model*. `OFFLINE` is this machine; `LIVE gpt-4o` would be OpenAI.

# %% [markdown]
# ## The first answer
#
# One call: agents find the tables, write the SQL, check it, run it and put the result into words.

# %%
answer = ask("What were total sales last quarter?")
answer

# %% [markdown]
# **See:** the badge, the answer, and the SQL that produced it. "Today" is 1 November 2025 for ever, so the
# last quarter is July to September 2025, and your number is the same as everybody's.

# %% [markdown]
# The rows themselves are a pandas DataFrame:

# %%
answer.table

# %% [markdown]
# ## A question that has no answer
#
# The data ends in October 2025. Nobody can look up the future, and a guess would be worse than nothing.

# %%
print(ask("What will our revenue be next quarter?"))

# %% [markdown]
# **See:** it says no, and why. A wrong answer costs more than a decline.

# %% [markdown]
# ## Your turn
#
# ### Exercise 1
# Ask for the total sales in the fourth quarter of 2024.

# %%
# BEGIN SOLUTION
my_answer = ask("What were total sales in Q4 2024?")
# END SOLUTION
# BLANK my_answer = ...  # your line here: ask("...")

# %%
from demo_lib.exercises.start_here import check_exercise_1, check_exercise_2

check_exercise_1(my_answer)

# %% [markdown]
# ### Exercise 2
# Find a question that it declines.

# %%
# BEGIN SOLUTION
no_answer = ask("How will the weather be tomorrow?")
# END SOLUTION
# BLANK no_answer = ...  # your line here

# %%
check_exercise_2(no_answer)

# %% [markdown]
# ## Recap
#
# - `ask()` returns an `Answer`: `.text`, `.sql`, `.table`, `.chart`, `.model`, `.trace_id`, `.declined`, `.blocked`.
# - The badge says who answered.
# - "I can't answer that" is an answer.
#
# Next: **01_basic_flow** opens the black box.
