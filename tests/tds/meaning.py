"""What T-SQL computes, or writes, otherwise than DuckDB: the tree is changed so that DuckDB gives T-SQL's result."""

from __future__ import annotations

from sqlglot import exp

TYPES_IN_DUCKDB = {
    exp.DataType.Type.BIT: "BOOLEAN",
    exp.DataType.Type.FLOAT: "DOUBLE",
    exp.DataType.Type.DECIMAL: "DECIMAL(18, 0)",  # where no size is given
    exp.DataType.Type.MONEY: "DECIMAL(19, 4)",
    exp.DataType.Type.SMALLMONEY: "DECIMAL(10, 4)",
    exp.DataType.Type.XML: "TEXT",
    exp.DataType.Type.BINARY: "BLOB",
    exp.DataType.Type.VARBINARY: "BLOB",
}


def make_it_mean_t_sql(tree: exp.Expr) -> None:
    """Change `tree`, whose types are known by now."""
    for add in list(tree.find_all(exp.Add)):
        if any(side.is_type(*exp.DataType.TEXT_TYPES) for side in (add.left, add.right)):
            add.replace(exp.DPipe(this=add.left, expression=add.right))
    for average in list(tree.find_all(exp.Avg)):
        if average.this.is_type(*exp.DataType.INTEGER_TYPES):
            whole = average.parent if isinstance(average.parent, exp.Window) else average
            whole.replace(exp.cast(exp.Trunc(this=whole.copy()), "INT"))
    for moment in list(tree.find_all(exp.TimestampTrunc, exp.DateTrunc, exp.DateAdd)):
        if moment.this.is_type(exp.DataType.Type.DATE):  # a day stays one
            moment.replace(exp.cast(moment.copy(), "DATE"))
    for cast in list(tree.find_all(exp.Cast)):
        _cast(cast)
    for text in list(tree.find_all(exp.National)):
        text.replace(exp.Literal.string(text.name))
    for select in tree.find_all(exp.Select):
        for join in select.args.get("joins") or ():
            if isinstance(join.this, exp.Lateral):  # CROSS APPLY, OUTER APPLY
                join.set("side", "LEFT" if join.this.args.get("cross_apply") is False else None)
                join.set("on", exp.true())
                join.this.set("cross_apply", None)
        limit = select.args.get("limit")
        options = limit.args.get("limit_options") if isinstance(limit, exp.Limit) else None
        if options is not None and options.args.get("with_ties"):
            rank = exp.Window(this=exp.Rank(), order=select.args["order"].copy())
            select.set("qualify", exp.Qualify(this=exp.LTE(this=rank, expression=limit.expression.copy())))
            select.set("limit", None)


def _cast(cast: exp.Cast) -> None:
    """Give a CAST the type that DuckDB knows, and T-SQL's way of cutting text and numbers to size."""
    kind, size = cast.to.this, cast.to.expressions
    if kind in TYPES_IN_DUCKDB and not (kind == exp.DataType.Type.DECIMAL and size):
        cast.set("to", exp.DataType.build(TYPES_IN_DUCKDB[kind], dialect="duckdb"))
    elif kind in exp.DataType.TEXT_TYPES:
        cast.to.set("expressions", [])
        if size and size[0].name.isdigit():  # else it is (max)
            cast.replace(exp.Left(this=cast.copy(), expression=exp.Literal.number(size[0].name)))
    elif kind in exp.DataType.INTEGER_TYPES and cast.this.is_type(*exp.DataType.REAL_TYPES):
        cast.set("this", exp.Trunc(this=cast.this.copy()))  # DuckDB would round
