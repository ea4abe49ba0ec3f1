"""How each dialect writes `the month of this date`."""

from __future__ import annotations

from sqlglot import exp


def grain_sql(grain: str, date: exp.Expr, dialect: str) -> exp.Expr:
    """`date` cut down to its day, week, month, quarter or year. A year is a number, the others sort as dates do.

    `weekday` is the English name of the day, in SQLite its first three letters.
    """
    if grain == "weekday":
        return _weekday(date, dialect)
    if dialect == "sqlite":
        if grain == "year":
            return exp.cast(_call("STRFTIME", exp.Literal.string("%Y"), date), "INTEGER")
        if grain == "quarter":
            month = exp.cast(_call("STRFTIME", exp.Literal.string("%m"), date), "INTEGER")
            quarter = exp.Div(this=exp.paren(month + 2), expression=exp.Literal.number(3), typed=True)
            head = exp.DPipe(
                this=_call("STRFTIME", exp.Literal.string("%Y"), date), expression=exp.Literal.string("-Q")
            )
            return exp.DPipe(this=head, expression=exp.paren(quarter))
        return _call(
            "STRFTIME",
            exp.Literal.string({"day": "%Y-%m-%d", "week": "%Y-%W", "month": "%Y-%m"}[grain]),
            date,
        )
    if grain == "year":
        if dialect in ("tsql", "mysql", "duckdb"):
            return _call("YEAR", date)
        return exp.Extract(this=exp.var("YEAR"), expression=date)
    if dialect == "tsql":
        return _call("DATETRUNC", exp.var(grain.upper()), date)
    cut = _call("DATE_TRUNC", exp.Literal.string(grain), date)
    return exp.cast(cut, "DATE") if dialect == "postgres" else cut


def day_name(day: str, dialect: str) -> str:
    """What `grain_sql("weekday", …)` gives for a day of the week."""
    return day[:3].title() if dialect in ("sqlite", "snowflake") else day.title()


def _weekday(date: exp.Expr, dialect: str) -> exp.Expr:
    if dialect == "sqlite":  # it numbers the days from Sunday
        start = exp.Literal.number(1) + 3 * exp.cast(_call("STRFTIME", exp.Literal.string("%w"), date), "INTEGER")
        return _call("SUBSTR", exp.Literal.string("SunMonTueWedThuFriSat"), start, exp.Literal.number(3))
    if dialect == "tsql":
        return _call("DATENAME", exp.var("WEEKDAY"), date)
    if dialect == "postgres":
        return _call("TO_CHAR", date, exp.Literal.string("FMDay"))
    return _call("DAYNAME", date)


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[a.copy() for a in arguments])
