"""Slide 8: table descriptions become vectors, and the nearest go to the SQL agent."""

from demo_lib import Workshop
from demo_lib.retrieval.embedder import HashedNgrams

sql_agent = Workshop().sql_agent
question = "Show me sales by customer"
embedder = HashedNgrams()  # letters of words, hashed: no key, no download

# slide: retrieve
from llama_index.core import Document, VectorStoreIndex

documents = [Document(text=text, metadata={"table": name}) for name, text in {
    "sales": "Table: sales, Columns: id, date, amount, customer_id",
    "customers": "Table: customers, Columns: id, name, email, region",
}.items()]  # 1. what each table is, as text
# 2. as vectors   3. the nearest to the question
index = VectorStoreIndex.from_documents(documents, embed_model=embedder)
retriever = index.as_retriever(similarity_top_k=3)
relevant_tables = retriever.retrieve(question)
# 4. into the SQL agent's prompt, and only those
draft = sql_agent.generate_query(question, context=relevant_tables)
# slide: end
print([node.metadata["table"] for node in relevant_tables])
print(draft.pretty_sql)
