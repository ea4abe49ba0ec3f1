"""Bounds on what a few words can blow up: series, repeats, wide formats, collections, patterns.

Part of layer 1: it needs the tree and the limits, no tables. A size that cannot be read off the query
counts as too large, except that a series of days or longer steps is bounded by the calendar.
"""

from __future__ import annotations

import math
import re
from datetime import datetime

from sqlglot import exp

from demo_lib.guardrails.policy import Limits
from demo_lib.guardrails.verdict import GuardrailViolation

_SERIES = (exp.GenerateSeries, exp.GenerateDateArray, exp.GenerateTimestampArray)
_LENGTHY = (exp.Repeat, exp.Pad, exp.Space, exp.Anonymous, exp.Format)
_REPLACING = (exp.Replace, exp.RegexpReplace)
_LIKE = (exp.Like, exp.ILike, exp.Glob, exp.SimilarTo)
_REGEX = (exp.RegexpLike, exp.RegexpILike, exp.RegexpFullMatch, exp.RegexpExtract, exp.RegexpExtractAll,
          exp.RegexpReplace, exp.RegexpSplit, exp.RegexpCount, exp.RegexpInstr, exp.RegexpSubstr)  # fmt: skip
# Functions that make text or a list as long as an argument says: name → which argument.
_LENGTHS = {"zeroblob": 0, "randomblob": 0, "lpad": 1, "rpad": 1, "replicate": 1, "bar": 3, "repeat": 1}
_COLLECTIONS = {"list_resize": 1, "array_resize": 1}
_FORMATS = {"printf", "format"}
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800, "month": 2_419_200,
            "quarter": 7_776_000, "year": 31_536_000}  # fmt: skip


def check_bounds(tree: exp.Expr, limits: Limits, dialect: str = "duckdb") -> None:
    """Raise GuardrailViolation (layer `statement`) where a part of `tree` may grow beyond `limits`."""
    series_rows, times_longer = 1.0, 1.0
    for node in tree.find_all(*_SERIES, *_LENGTHY, *_LIKE, *_REGEX, exp.Replace):
        if isinstance(node, _REPLACING) and dialect == "duckdb":
            times_longer *= _growth(node)
        if isinstance(node, _SERIES):
            series_rows *= _check_series(node, limits)
        elif isinstance(node, _LENGTHY):
            _check_length(node, limits, dialect)
        elif isinstance(node, _LIKE):
            _check_like(node, limits)
        elif isinstance(node, _REGEX):
            _check_regex(node)
    if times_longer > limits.max_repeat_count:  # DuckDB makes all texts of a vector before it looks at its limits
        message = f"The replacements make a text more than {limits.max_repeat_count:,} times as long. Use shorter ones."
        raise _no("repeat", message)
    if series_rows > limits.max_cartesian_rows:
        raise _no("series", f"The generated series multiply to {_amount(series_rows)}. Use shorter ones.")


def series_rows(node: exp.Expr) -> float | None:
    """How many rows a generated series has, or None where its ends are not constants."""
    start, end, step = node.args.get("start"), node.args.get("end"), node.args.get("step")
    first, last = _moment(start), _moment(end)
    seconds = interval_seconds(step) if step is not None else 86_400
    if first is not None and last is not None and seconds:
        return max(0.0, (last - first) / seconds) + 1
    a, b, by = number(start) if start else 0.0, number(end), number(step) if step is not None else 1.0
    if a is None or b is None or not by:
        return None
    return max(0.0, (b - a) / by) + 1


def number(node: exp.Expr | None) -> float | None:
    """The value of a constant arithmetic expression, or None where it is not one."""
    match node:
        case exp.Literal():
            try:
                return float(node.name)
            except ValueError:
                return None
        case exp.Neg():
            value = number(node.this)
            return None if value is None else -value
        case exp.Paren() | exp.Cast() | exp.TryCast():
            return number(node.this)
        case exp.Add() | exp.Sub() | exp.Mul() | exp.Div() | exp.Pow():
            return _arithmetic(node, number(node.this), number(node.expression))
    return None


def interval_seconds(node: exp.Expr | None) -> float | None:
    """The length of a constant interval, or None where it is not one."""
    while isinstance(node, (exp.Paren, exp.Cast, exp.TryCast)):
        node = node.this
    if isinstance(node, exp.Interval):
        amount, unit = number(node.this), node.text("unit").lower()
        if amount is None and node.this is not None:
            words = node.this.name.split()
            amount, unit = (_float(words[0]), words[1].lower()) if len(words) == 2 else (None, "")
    elif isinstance(node, exp.Literal) and len(node.name.split()) == 2:
        words = node.name.split()
        amount, unit = _float(words[0]), words[1].lower()
    else:
        return None
    seconds = _SECONDS.get(unit.removesuffix("s"))
    return amount * seconds if amount is not None and seconds else None


def _arithmetic(node: exp.Expr, a: float | None, b: float | None) -> float | None:
    if a is None or b is None:
        return None
    try:
        match node:
            case exp.Add():
                return a + b
            case exp.Sub():
                return a - b
            case exp.Mul():
                return a * b
            case exp.Div():
                return a / b
        return float(a**b)
    except (OverflowError, ZeroDivisionError, TypeError):
        return math.inf


def _moment(node: exp.Expr | None) -> float | None:
    """A constant date or time as seconds, or None where it is not one."""
    while isinstance(node, (exp.Paren, exp.Cast, exp.TryCast, exp.Date, exp.Timestamp, exp.TsOrDsToDate)):
        node = node.this
    if not isinstance(node, exp.Literal) or not node.is_string:
        return None
    try:
        return (datetime.fromisoformat(node.name).replace(tzinfo=None) - datetime.min).total_seconds()
    except ValueError:
        return None


def _check_series(node: exp.Expr, limits: Limits) -> float:
    rows = series_rows(node)
    if rows is None:
        # unknown ends: a step of a day or more cannot pass through more days than the calendar has
        if (interval_seconds(node.args.get("step")) or 0) >= 86_400:
            return 36_525.0
        raise _no(
            "series", "The ends of a generated series are not constants. Write them as numbers or dates."
        )
    if not rows <= limits.max_series_rows:
        raise _no(
            "series", f"A generated series has {_amount(rows)}; {limits.max_series_rows:,} are allowed."
        )
    return max(rows, 1.0)


def _check_length(node: exp.Expr, limits: Limits, dialect: str) -> None:
    if isinstance(node, exp.Repeat):
        _check_count(node.args["times"], limits.max_repeat_count, "repeats text")
        inner = [n for n in node.this.walk() if isinstance(n, exp.Repeat)]
        total = (number(node.args["times"]) or 0) * math.prod(
            number(n.args["times"]) or math.inf for n in inner
        )
        if total > limits.max_collection_size:
            raise _no("repeat", "Repeats within repeats grow too long. Use one repeat.")
        # DuckDB heeds neither its time nor its memory limit inside repeat(), so its length has to stand in the query
        text = len(node.this.name) if isinstance(node.this, exp.Literal) else math.inf
        if dialect == "duckdb" and total * text > limits.max_repeat_count:
            most = f"{limits.max_repeat_count:,} letters in all"
            raise _no("repeat", f"repeat() takes a text in quotes here, for up to {most}. Leave it out.")
    elif isinstance(node, exp.Pad):
        _check_count(node.expression, limits.max_repeat_count, "pads text")
    elif isinstance(node, exp.Space):
        _check_count(node.this, limits.max_repeat_count, "makes spaces")
    elif isinstance(node, exp.Format):
        _check_format(node.this, limits, dialect)
    else:
        name, arguments = str(node.this).lower(), node.expressions
        for sizes, limit in ((_LENGTHS, limits.max_repeat_count), (_COLLECTIONS, limits.max_collection_size)):
            if name in sizes and len(arguments) > sizes[name]:
                _check_count(arguments[sizes[name]], limit, f"is the size in {name}()")
        if name == "array_fill" and len(arguments) > 1:
            sizes_given = [number(n) for n in arguments[1].expressions] or [None]
            if math.prod(math.inf if n is None else n for n in sizes_given) > limits.max_collection_size:
                raise _no("repeat", f"array_fill() makes more than {limits.max_collection_size:,} items.")
        if name in _FORMATS and arguments:
            _check_format(arguments[0], limits, dialect)


def _growth(node: exp.Expr) -> float:
    """How many times as long a text may become in which `node` puts one text for another."""
    put, gone = node.args.get("replacement"), node.args.get("expression")
    if put is None:
        return 1.0
    if not isinstance(put, exp.Literal):
        raise _no("repeat", "What a replacement puts in is not a constant. Write it as text in quotes.")
    replaced = len(gone.name) if isinstance(node, exp.Replace) and isinstance(gone, exp.Literal) else 1
    return max(1.0, len(put.name) / max(1, replaced))


def _check_count(node: exp.Expr, limit: int, what: str) -> None:
    count = number(node)
    if count is None:
        raise _no("repeat", f"A count that {what} is not a constant. Write it as a number up to {limit:,}.")
    if not count <= limit:
        raise _no("repeat", f"A count that {what} is {_amount(count, '')}; {limit:,} are allowed.")


def _check_format(node: exp.Expr, limits: Limits, dialect: str) -> None:
    if dialect == "tsql":  # FORMAT(value, 'N2') has no widths
        return
    if not isinstance(node, exp.Literal):
        raise _no("repeat", "A format is not a constant. Write it as text in quotes.")
    widths = [int(digits) for digits in re.findall(r"\d+", node.name) if len(digits) < 12]
    directives = re.search(r"%[^a-zA-Z%]*\*|\{[^}]*\{", node.name)
    if directives or any(w > limits.max_format_width for w in widths) or re.search(r"\d{12}", node.name):
        raise _no("repeat", f"A format is wider than {limits.max_format_width:,} characters.")


def _check_like(node: exp.Expr, limits: Limits) -> None:
    sign = "*" if isinstance(node, exp.Glob) else "%"
    literals = (n.name for n in node.expression.find_all(exp.Literal) if n.is_string)
    if sum(len(re.findall(re.escape(sign) + "+", text)) for text in literals) > limits.max_like_wildcards:
        raise _no("pattern", f"A pattern has more than {limits.max_like_wildcards} wildcards. Use fewer.")


def _check_regex(node: exp.Expr) -> None:
    pattern = node.expression if isinstance(node.expression, exp.Expr) else node.this
    for literal in pattern.find_all(exp.Literal):
        if re.search(r"\\[1-9]|\\k<|\(\?P=", literal.name):
            raise _no(
                "pattern", "A regular expression looks back at itself, which may take for ever. Simplify it."
            )


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _amount(value: float, unit: str = " rows") -> str:
    return f"{value:,.0f}{unit}" if value < 1e15 else f"too many{unit}"


def _no(rule: str, message: str) -> GuardrailViolation:
    return GuardrailViolation(rule, "statement", message)
