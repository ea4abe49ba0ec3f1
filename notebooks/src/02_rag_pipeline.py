# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
# ---

# %% [markdown]
# # Part 2: finding the right tables
#
# **After this notebook you can** say why a model is not shown every table, build a table index with LlamaIndex and
# ChromaDB, measure whether it finds what a question needs, and put what it finds into the SQL agent's prompt.
#
# *5 minutes · slide 8 · runs without a key*

# %% tags=["parameters"]
database_url = None  # None: the kit's own file. The same data elsewhere: python -m demo_lib seed --database URL

# %%
from demo_lib import Workshop, setup
from demo_lib.retrieval.embedder import HashedNgrams

print(setup(database_url))
workshop = Workshop()
catalog, index = workshop.catalog, workshop.index

# %% tags=["stage-only", "stage:warm-up"]
from demo_lib import Workshop, setup
from demo_lib.retrieval.embedder import HashedNgrams
from demo_lib.retrieval.table_map import table_map
from demo_lib.stage.projector import big_type

print(setup())
big_type()
workshop = Workshop()
catalog, index = workshop.catalog, workshop.index
_ = table_map(index, "warm")

# %% [markdown]
# ## 1 · Slide 8's lines, brought up to date
#
# Two tables become documents, documents become vectors, and the question finds the nearest.

# %% tags=["stage:slide-8"]
from llama_index.core import Document, VectorStoreIndex

two = [
    Document(text="Table: sales, Columns: id, date, amount, customer_id"),
    Document(text="Table: customers, Columns: id, name, email, region"),
]
first = VectorStoreIndex.from_documents(two, embed_model=HashedNgrams())
for node in first.as_retriever(similarity_top_k=2).retrieve("Show me sales by region"):
    print(f"{node.score:.2f}  {node.text}")

# %% [markdown]
# **See:** both come, with a similarity each; `customers` is first, it has *region*. Two things differ from the slide: the
# import is `llama_index.core` today, and the embedder is named. Unnamed, LlamaIndex would call OpenAI. This one hashes the letters of words into 1,536
# numbers: no weights, no download. It knows spelling, not meaning.

# %% [markdown]
# ## 2 · Why not show the model everything?
#
# Each model call pays for every table in its prompt.

# %% tags=["stage:tokens"]
from demo_lib.offline.usage import count as tokens

question = "Average shipping cost by carrier"
everything = tokens(catalog.ddl(catalog.tables))
found = tokens(catalog.ddl(hit.table for hit in index.search(question)))
print(f"all {len(catalog.tables)} tables:   {everything:>6,} tokens")
print(f"ten found tables: {found:>6,} tokens")

# %% [markdown]
# **See:** a tenth of the price, for every question. And at 1,000 tables like these the schema alone would be some
# 95,000 tokens: most of a 128,000-token window, before the question is asked.

# %% [markdown]
# ## 3 · A document for each table
#
# The kit's catalogue knows more than names: what a table is for, what its columns mean, where its keys lead.

# %% tags=["stage:document"]
from demo_lib.retrieval.documents import documents

nodes = {node.metadata["table"]: node for node in documents(catalog.tables.values())}
print(nodes["shipments"].text)

# %% [markdown]
# **See:** identifiers are split into words (`weight_kg` → *weight kg*). No values are in it: sample values in
# an index made it worse when it was measured, and they may be personal.

# %% [markdown]
# ## 4 · Embeddings in ChromaDB
#
# The same index as above, with ChromaDB as its store.

# %% tags=["stage:chroma"]
import chromadb
from llama_index.core import StorageContext
from llama_index.vector_stores.chroma import ChromaVectorStore

collection = chromadb.EphemeralClient().get_or_create_collection("part-2")
storage = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
vectors = VectorStoreIndex(list(nodes.values()), storage_context=storage, embed_model=HashedNgrams())
print(collection.count(), "tables as vectors of", len(collection.peek(1)["embeddings"][0]), "numbers")

# %% [markdown]
# ## 5 · Search
#
# A question in a user's words, no table named.

# %% tags=["stage:search"]
for node in vectors.as_retriever(similarity_top_k=5).retrieve("How much rent do we pay for our stores?"):
    print(f"{node.score:.2f}  {node.metadata['table']}")

# %% [markdown]
# **See:** `property_leases` is among the first, by the rent in its columns; `stores` by its name.

# %% [markdown]
# ## 6 · What each improvement adds
#
# `data/questions.yaml` says of each question which tables its answer needs. *recall@5* is the share of them among the
# first five found. Measured here, on this machine, on the kit's own questions:

# %%
from demo_lib.evaluation.questions import load
from demo_lib.evaluation.retrieval import ladder

questions = load(lesson=True)
steps = ladder(catalog, workshop.glossary, questions)
steps.round(2).astype(object).fillna("")

# %% [markdown]
# **See:** read it column by column.
#
# - *vectors* are ChromaDB alone. Letters do not care whether `job_applicants` is split, and longer texts dilute them.
# - *words* are BM25 alone. It needs the identifiers split: before, `job_applicants` is one word that nobody asks for.
# - *fused* adds the scores of both, each scaled from 0 to 1, and the last row is the whole index: the glossary's terms,
#   and a little for what stands beside a good table, a key away or in its domain, since a join needs both of its ends.
#
# Read the third row twice: on these questions, descriptions and keys *cost* recall in the vectors alone, and lift both
# together: the two err on different questions. That is why it is measured.

# %% [markdown]
# The two ends of the ladder, as a user feels them:

# %% tags=["stage:recall"]
from demo_lib.evaluation.questions import load
from demo_lib.evaluation.retrieval import all_gold_at, plain_text, recall_at, search_by, search_in

asked = load(lesson=True)
for name, search in {"slide 8's form": search_by(catalog, plain_text), "the kit's index": search_in(index)}.items():
    print(f"{name:16} {recall_at(search, asked, 5):.0%} of the tables are among the first 5;",
          f"all of them among 10 for {all_gold_at(search, asked, 10):.0%} of the questions")

# %% [markdown]
# And beside others: 170 questions by other people over 110 tables, each search asked in the same run by
# `tests/benchmarks/retrieval.py`.

# %%
import json

import pandas as pd

from demo_lib.settings import PROJECT_ROOT

kept = json.loads((PROJECT_ROOT / "slides" / "figures.json").read_text())["retrieval"]["development"]
beside = pd.DataFrame({measure: kept[measure] for measure in ("recall@5", "all gold@10")}).mul(100)
beside.round(1)

# %% tags=["nbval-ignore-output"]
axes = beside.sort_values("recall@5").plot.barh(color=["#0072B2", "#E69F00"], figsize=(8, 6), xlim=(0, 100), xlabel="%")
_ = axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)

# %% [markdown]
# **See:** what is done to the *text* counts more than which embedder reads it: BM25 finds half of the tables in slide 8's
# form, and nearly all in ours. How long each takes, and what becomes of them among 10,000 tables:
# `docs/retrieval_measured.md`.

# %% [markdown]
# ## 7 · A map
#
# All tables, folded from 1,536 dimensions into two. The star is the question, the lines lead to what was found.

# %% tags=["stage:map", "nbval-ignore-output"]
from demo_lib.retrieval.table_map import table_map

table_map(index, "What were total sales by region?")

# %% [markdown]
# **See:** tables of several departments lie together (logistics, procurement, hr), though nobody told the embedder about
# departments. It is a drawing, not a measurement: the fold keeps small groups and tears the rest apart. `regions` and
# `stores` share the question's letters and lie near the star. `sales` and `customers` lie far from it: the glossary
# brought the one, and keys lifted the other.

# %% [markdown]
# ## 8 · Into the SQL agent's prompt
#
# Slide 8's fourth step: what was found becomes the `context` of the SQL agent, and only that.

# %% tags=["stage:inject"]
hits = index.search(question)
draft = workshop.sql_agent.generate_query(question, context=hits, database="analytics")
print(draft.pretty_sql)

# %% [markdown]
# Retrieval decides what can be answered at all. The same question, with the wrong tables:

# %% tags=["stage:without"]
draft = workshop.sql_agent.generate_query(question, context=["stores", "regions"], database="analytics")
print(draft.sql)
print(draft.declined.split(". ")[0])

# %% [markdown]
# **See:** no query, and an honest reason. A weaker guard against guessing would have answered with *some* average.

# %% [markdown]
# ## 9 · Retrieval in the trace
#
# Why did each table come? The retrieval span of a whole question says it.

# %% tags=["stage:span"]
import mlflow

answer = workshop.ask(question)
span = mlflow.get_trace(answer.trace_id).search_spans(name="table_retrieval")[0]
for hit in span.outputs[:6]:
    print(f"{hit['score']:.2f}  {hit['table']:20} {hit['why']}")

# %% [markdown]
# **See:** both legs found `shipments` and `carriers`, and each stands beside the other. `warehouses` shares no word with
# the question: a key of `shipments` brought it. The join that a question needs is often over a table it does not name.

# %% [markdown]
# ## 10 · From a laptop to a cluster
#
# The store is one setting, `DEMO_VECTOR_STORE`: Chroma in memory (here), on disk or as a server, PostgreSQL with
# pgvector, Qdrant, Weaviate. An index is made once; its name is a hash of all that went into it.

# %%
import tempfile

from demo_lib import TableIndex
from demo_lib.retrieval.stores import open_store

with tempfile.TemporaryDirectory() as folder:
    for url in ("memory", f"qdrant:///{folder}/tables"):
        store = open_store(url)
        again = TableIndex(catalog, workshop.glossary, store=store)
        print(f"{store.name:15}", *[f"{hit} {hit.score:.2f}" for hit in again.search(question, 3)])
        store.close()

# %% [markdown]
# **See:** the same tables from another store. In a terminal, `python -m demo_lib tables "…"` shows scores and reasons for
# any database; the stores, the embedders and what was tested are in `docs/retrieval.md`.

# %% [markdown]
# ## Your turn
#
# ### Exercise 1
# The table `maintenance_orders` holds what is repaired in our buildings. Write a question that finds it first, without
# using the words of its name.
#
# *Hint: `nodes["maintenance_orders"].text` is what the index reads.*

# %%
# BEGIN SOLUTION
my_question = "What did the repairs of broken things in our buildings cost?"
# END SOLUTION
# BLANK my_question = ...  # your words, in quotes

# %%
from demo_lib.exercises.rag_pipeline import check_exercise_1, check_exercise_2

check_exercise_1(my_question)

# %% [markdown]
# ### Exercise 2
# In your company a laptop is called *gear*. "How much gear do we have?" finds nothing useful: see for yourself with
# `index.search("How much gear do we have?", 3)`. Write the glossary line that makes the table `it_assets` come first.
#
# *Hint: a line looks like `- revenue (sales, turnover): SUM(sales.amount)`; `print(catalog.ddl(["it_assets"]))` shows the
# table's columns.*

# %%
# BEGIN SOLUTION
my_line = "- gear: COUNT(it_assets.it_asset_id)"
# END SOLUTION
# BLANK my_line = ...  # "- gear: ..."

# %%
check_exercise_2(my_line)

# %% [markdown]
# ## Recap
#
# - A prompt with ten tables costs a tenth of one with all of them, and scales to thousands.
# - Two legs, words and vectors, are fused; the glossary knows the business; neighbours make joins possible.
# - Recall is measured, not felt. What retrieval misses, no model can make up for.
#
# Next: **Part 3** adds an agent.
