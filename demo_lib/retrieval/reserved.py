"""Words that are no names: at least one of the engines reads them as its own where a column or table is named."""

from __future__ import annotations

# What DuckDB's duckdb_keywords() and PostgreSQL's pg_get_keywords() call reserved, what SQLite 3.40 does not take for
# a column and a table, and Microsoft's list for T-SQL.
_WORDS = """
add all alter analyse analyze and any array as asc asymmetric at authorization autoincrement backup begin between
binary both break browse bulk by cascade case cast check checkpoint close clustered coalesce collate collation column
commit compute concurrently constraint contains containstable continue convert create cross current current_catalog
current_date current_role current_schema current_time current_timestamp current_user cursor database dbcc deallocate
declare default deferrable delete deny desc describe disk distinct distributed do double drop dump else end errlvl
escape except exec execute exists exit external false fetch file fillfactor for foreign freetext freetexttable freeze
from full function goto grant group having holdlock identity identity_insert identitycol if ilike in index initially
inner insert intersect into is isnull join key kill lambda lateral leading left like limit lineno load localtime
localtimestamp merge national natural nocheck nonclustered not nothing notnull null nullif of off offset offsets on
only open opendatasource openquery openrowset openxml option or order outer over overlaps percent pivot pivot_longer
pivot_wider placing plan precision primary print proc procedure public qualify raise raiserror read readtext
reconfigure references replication restore restrict return returning revert revoke right rollback rowcount rowguidcol
rule save schema securityaudit select semantickeyphrasetable semanticsimilaritydetailstable semanticsimilaritytable
session_user set setuser show shutdown similar some statistics summarize symmetric system_user table tablesample
textsize then to top trailing tran transaction trigger true truncate try_convert tsequal union unique unpivot update
updatetext use user using values variadic varying verbose view waitfor when where while window with writetext
"""
RESERVED = frozenset(_WORDS.split())
