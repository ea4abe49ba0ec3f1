"""How each dialect writes `the month of this date`, `the days from this date to that`, `the years since`."""

from __future__ import annotations

from collections.abc import Set
from datetime import date

from sqlglot import exp

from ..english.lexicon import DAYS

SECONDS_IN = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
DAYS_IN = {"day": 1.0, "week": 7.0, "month": 30.4375, "year": 365.25}


def grain_sql(grain: str, date: exp.Expr, dialect: str) -> exp.Expr:
    """`date` cut down to its day, week, month, quarter or year. A year is a number, the others sort as dates do.

    `weekday` is the English name of the day; `part_of_week` is `weekend` or
    `weekday`.
    """
    if grain == "weekday":
        return _weekday(date, dialect)
    if grain == "part_of_week":
        weekend = exp.In(
            this=_weekday(date, dialect), expressions=[exp.Literal.string(day_name(d, dialect)) for d in DAYS[5:]]
        )
        return exp.Case().when(weekend, exp.Literal.string("weekend")).else_(exp.Literal.string("weekday"))
    if grain in ("month_of_year", "quarter_of_year"):
        return _of_year(grain.split("_")[0], date, dialect)
    if dialect == "sqlite":
        return _sqlite_grain(grain, date)
    if grain == "year":
        if dialect in ("tsql", "mysql", "duckdb"):
            return _call("YEAR", date)
        return exp.Extract(this=exp.var("YEAR"), expression=date)
    if dialect == "tsql":
        return _call("DATETRUNC", exp.var(grain.upper()), date)
    cut = _call("DATE_TRUNC", exp.Literal.string(grain), date)
    return exp.cast(cut, "DATE") if dialect == "postgres" else cut


def _of_year(unit: str, date: exp.Expr, dialect: str) -> exp.Expr:
    """The number of the month or the quarter in its year."""
    if dialect == "sqlite":
        month = exp.cast(_call("STRFTIME", exp.Literal.string("%m"), date), "INTEGER")
        if unit == "month":
            return month
        return exp.cast(exp.Div(this=exp.paren(month + 2), expression=exp.Literal.number(3)), "INTEGER")
    if dialect == "tsql":
        return _call("DATEPART", exp.var(unit.upper()), date)
    if dialect in ("mysql", "duckdb"):
        return _call(unit.upper(), date)
    return exp.Extract(this=exp.var(unit.upper()), expression=date.copy())


def _sqlite_grain(grain: str, date: exp.Expr) -> exp.Expr:
    """The first day of it, as the other engines give it; SQLite reckons with texts such as `-2 months`."""
    if grain == "year":
        return exp.cast(_call("STRFTIME", exp.Literal.string("%Y"), date), "INTEGER")
    steps: dict[str, list[exp.Expr]] = {
        "day": [],
        "week": [exp.Literal.string("weekday 0"), exp.Literal.string("-6 days")],  # to its Sunday, back to Monday
        "month": [exp.Literal.string("start of month")],
        "quarter": [exp.Literal.string("start of month"), _months_into_the_quarter(date)],
    }
    return _call("DATE", date, *steps[grain])


def _months_into_the_quarter(date: exp.Expr) -> exp.Expr:
    month = exp.cast(_call("STRFTIME", exp.Literal.string("%m"), date), "INTEGER")
    into = exp.paren(exp.Mod(this=exp.paren(month + 2), expression=exp.Literal.number(3)))
    back = exp.DPipe(this=exp.Literal.string("-"), expression=into)
    return exp.DPipe(this=back, expression=exp.Literal.string(" months"))


def day_name(day: str, dialect: str) -> str:
    """What `grain_sql("weekday", …)` gives for a day of the week."""
    return day[:3].title() if dialect == "snowflake" else day.title()


def elapsed(start: exp.Expr, end: exp.Expr, unit: str, dialect: str, whole_days: bool) -> exp.Expr:
    """How much time lies between two points: in whole days where one is a date only, else to the second.

    Dialects differ in what their own DATEDIFF counts in units above the day (years begun, years completed), so it is
    asked for days or seconds only, of which all mean the same.
    """
    small, length = ("day", DAYS_IN[unit]) if whole_days else ("second", _seconds(unit))
    if dialect == "sqlite" and small == "second":  # its own form works in fractions of a day, and loses seconds
        ends = (exp.cast(_call("STRFTIME", exp.Literal.string("%s"), moment), "INTEGER") for moment in (start, end))
        first, last = ends
        apart: exp.Expr = exp.Sub(this=last, expression=first)
    else:
        form = exp.TimestampDiff if dialect in ("mysql", "bigquery") and small == "second" else exp.DateDiff
        apart = form(this=end.copy(), expression=start.copy(), unit=exp.var(small.upper()))
    if length == 1:
        whole_average = dialect == "tsql"  # there the average of whole numbers is one, cut off
        return exp.Mul(this=exp.Literal.number("1.0"), expression=apart) if whole_average else apart
    apart = exp.paren(apart) if isinstance(apart, exp.Sub) else apart
    return exp.Div(this=apart, expression=exp.Literal.number(str(float(length))))


def moved(moment: exp.Expr, count: int, unit: str) -> exp.Expr:
    """The day so many calendar months or years after a day."""
    return exp.DateAdd(this=moment.copy(), expression=exp.Literal.number(count), unit=exp.var(unit.upper()))


def as_day(moment: exp.Expr) -> exp.Expr:
    """The day that a point in time falls on."""
    return exp.cast(moment.copy(), "DATE")


def years_since(birth: exp.Expr, today: date, dialect: str) -> exp.Expr:
    """Completed years, as people tell an age: the difference of two dates read as numbers such as 20250131."""
    if dialect in ("duckdb", "postgres"):
        age = exp.Anonymous(this="AGE", expressions=[as_day(exp.Literal.string(today.isoformat())), birth.copy()])
        return exp.Extract(this=exp.var("YEAR"), expression=age)
    if dialect == "sqlite":
        born: exp.Expr = exp.cast(_call("STRFTIME", exp.Literal.string("%Y%m%d"), birth), "INTEGER")
    else:
        year, month, day = (part(this=birth.copy()) for part in (exp.Year, exp.Month, exp.Day))
        born = exp.paren(exp.Literal.number(10_000) * year + exp.Literal.number(100) * month + day)
    apart = exp.paren(exp.Literal.number(int(today.strftime("%Y%m%d"))) - born)
    years = exp.Div(this=apart, expression=exp.Literal.number("10000.0"))
    return exp.cast(years, "INTEGER") if dialect == "sqlite" else exp.Floor(this=years)


def average_as_float(tree: exp.Expr, fractions: Set[tuple[str, str]]) -> None:
    """Have T-SQL average as the others do: there AVG of whole numbers is one, cut off, and a bit has none.

    fractions: (table, column) whose values have digits after the point, and need no cast.
    """
    for average in tree.find_all(exp.Avg):
        inner = average.this
        column = isinstance(inner, exp.Column) and (inner.table, inner.name) in fractions
        scaled = isinstance(inner, (exp.Mul, exp.Div)) and any(
            isinstance(side, exp.Literal) and "." in side.name for side in (inner.left, inner.right)
        )
        if not column and not scaled:
            average.set("this", exp.cast(inner.copy(), "DOUBLE"))


def _seconds(unit: str) -> float:
    return SECONDS_IN[unit] if unit in SECONDS_IN else DAYS_IN[unit] * SECONDS_IN["day"]


def _weekday(date: exp.Expr, dialect: str) -> exp.Expr:
    if dialect == "sqlite":  # it numbers the days from Sunday
        names = "".join(f"{day.title():<9}" for day in (DAYS[6], *DAYS[:6]))
        start = exp.Literal.number(1) + 9 * exp.cast(_call("STRFTIME", exp.Literal.string("%w"), date), "INTEGER")
        return _call("RTRIM", _call("SUBSTR", exp.Literal.string(names), start, exp.Literal.number(9)))
    if dialect == "tsql":
        return _call("DATENAME", exp.var("WEEKDAY"), date)
    if dialect == "postgres":
        return _call("TO_CHAR", date, exp.Literal.string("FMDay"))
    return _call("DAYNAME", date)


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=[a.copy() for a in arguments])
