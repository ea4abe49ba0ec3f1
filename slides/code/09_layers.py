"""Slide 9: the three layers, by the names that the talk gives them."""

from demo_lib import GuardrailViolation, Workshop, check_sql
from demo_lib.guardrails import check_table_access, validate_result, validate_sql

workshop = Workshop()
database, policy = workshop.database, workshop.policies["sales"]

# slide: layers
def answered(query):
    # 1 one read-only query, made of known parts
    validate_sql(query)
    # 2 allowed tables and columns, names resolved
    check_table_access(query, policy)
    # what runs is written anew from the checked tree
    rows = database.run(check_sql(query, policy))
    # 3 a sane result: its size and its values
    validate_result(rows)
    return rows
# slide: end


for query in ("DROP TABLE sales", "SELECT email FROM customers", "SELECT * FROM sales"):
    try:
        answered(query)
    except GuardrailViolation as stopped:
        print(f"{query}\n  {stopped.layer}: {stopped.rule}")
