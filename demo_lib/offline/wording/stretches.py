"""Stretches of a question said over again in the plain form: `at what rate`, `from March until now`, `on 100 orders`.

Where `turns` puts one phrase for another, here the form depends on what else is said: that something grows, that a
number or a period stands there. In a form, `{x}` keeps the words as they were asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..english.lexicon import NUMBERS, REVENUE_WORDS
from ..english.words import Token, of_people, reworded, stem
from ..english.years import MONTH
from ..prompt.vocabulary import Vocabulary

Forms = list[tuple[re.Pattern[str], str]]

END = r"(?= |$)"
UNIT = r"(?:month|quarter|year)"
YEAR = r"(?:19|20)\d\d"
NUMBER = r"[$€£]?\d[\d,]*(?:\.\d+)?"
DO = r"(?=(?:did|has|have|does|do|is|was|were|are)\b)"


def _forms(text: str, **names: str) -> Forms:
    """One form a line, `what is said => what it says`; `~name~` in it stands for a pattern."""
    found = []
    for line in text.strip().splitlines():
        said, _, form = line.strip().partition(" =>")
        for name, pattern in names.items():
            said = said.replace(f"~{name}~", pattern)
        found.append((re.compile(said), form.strip()))
    return found


GROWING = re.compile(
    r"\b(?:grow|grew|grown|grows|growing|growth|increas\w+|decreas\w+|chang\w+|rise|rose|risen|f[ae]ll|fallen|declin\w+"
    r"|shr[iau]nk)\b"
)
# What is said of how something grows, where it is said that it does.
PACES = _forms(
    r"""
    \b(?:at|by|with) (?:what|which) (?:rate|pace|speed) ~do~ => how much
    \bhow (?:strongly|quickly|rapidly|steeply|sharply) ~do~ => how much
    \bin relative terms\b =>
    \b(?:growth rates?|rates? of (?:growth|increase|change))\b => growth
    """,
    do=DO,
)
STEPS = re.compile(
    rf"\b(?:(?P<ly>month|quarter|year)ly|annual(?:ly)?|(?:each|every|per|by|the|single|of|over) (?P<one>{UNIT})s?"
    rf"|(?P<by>{UNIT}) (?:by|to|after|over|on) {UNIT})\b"
)
BESIDE = re.compile(
    r"\b(?:when |if |as )?(?:compared|measured|set|seen|relative|versus|vs|against|over|on|from|to|in comparison"
    r"|in relation)(?: (?:to|with|against|by))? (?:the |its |that of the |that in the |those of the )?"
    rf"(?:(?:previous|prior|preceding|earlier) (?:(?P<unit>{UNIT})|one)|(?:(?P<unit2>{UNIT})|one) "
    rf"(?:(?:just|right|immediately|directly) )?(?:before|earlier|previously)(?: it| that)?){END}"
)

_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?)?{MONTH}(?: \d{{1,2}}(?:st|nd|rd|th)?)?"
    rf"(?: (?:of )?(?:this year|last year|{YEAR}))?"
)
START = (
    rf"(?:{_DAY}|{YEAR}|q[1-4] {YEAR}|\d{{4}}-\d\d-\d\d|the (?:start|beginning) of (?:the|this|last) (?:{UNIT}|week))"
)
_UNTIL = r"(?:until|till|to|up to|up until|up till|and|through)"
NOW = rf"(?:{_UNTIL} (?:now|today|the present day|the present)|(?:up )?to date|ever)"
LAST = rf"(?:(?:the )?(?:last|this|previous|prior|current) (?:{UNIT}|week)\b|{YEAR}\b|{MONTH}\b|q[1-4]\b)"
SO_FAR = re.compile(rf"\b{_UNTIL} (?:now|today|the present day|the present){END}")
THIS = re.compile(rf"\b(?:this|the current) (?P<unit>{UNIT}|week)\b")
DATED = re.compile(rf"\b{LAST}")
PERIODS = _forms(
    r"""
    \b(?:the )?(?:first|1st)(?: day)? of (?P<month>~months~)\b => {month} 1
    \b(?P<month>~months~) (?:the )?first(?= (?:20\d\d|this|last|until|till|to|on|onwards)\b|$) => {month} 1
    \b(?:for|in|over|during) the (?:period|time)(?: span)? (?=(?:from|since|between)\b) =>
    \b(?:from|between|since|starting|starting from|starting in) (?:the )?(?P<date>~start~) ~now~ => since {date}
    """,
    months=MONTH,
    start=START,
    now=NOW + END,
)
DAY_THIS_YEAR = re.compile(
    rf"\b(?P<day>(?:\d{{1,2}}(?:st|nd|rd|th)? (?:of )?)?{MONTH}|{MONTH} \d{{1,2}}(?:st|nd|rd|th)?) (?:of )?this year\b"
)
COUNT_BEHIND = re.compile(
    r"\b(?P<mean>average|mean|median) (?P<noun>[a-z]+) (?:count|number) (?=(?:per|by|of each|for each)\b)"
)
# Verbs of selling, where the prompt has no such noun.
SELLING = _forms(
    r"""
    \b(?:go|goes|going|gone|went|passed|pass|crossed) (?:over|across) the counter\b => sold
    \bchang(?:e|es|ed) hands\b => sold
    """
)
NEXT_TO = re.compile(
    r"\b(?:next to|beside|alongside|opposite)(?: (?:that|those|the ones?|the figures?|the numbers?))?"
    rf"(?: (?:of|in|from|for))? (?={LAST})"
)

LATER = rf"(?:(?:in|during) (?:the year )?{START}|(?:in |during )?(?:this|last) {UNIT})"
NOT_AGAIN = re.compile(
    rf"\b(?P<first>{LATER}) (?:but |and |yet |then )?(?:they |who )?(?:(?:did|have|has|do|does) )?"
    r"(?:not|never|formerly|(?:placed|made|had|have|has) (?:no|never|without)) "
    r"(?:(?P<verb>(?!in\b|during\b|this\b|last\b)[a-z]+) )?"
    rf"(?:(?:anything|something|again|any more|anymore|at all|with us|from us) )*(?P<later>{LATER}){END}"
)
LOST = re.compile(
    r"\b(?:(?:have|did|has|had) )?(?:(?:we|they) )?(?:lost|lose) (?:meaning|that is|i e|ie|namely|which means"
    r"|that means|in the sense)(?: that)?(?: they| who| those who)? (?=[a-z])"
)
DID = re.compile(r"(?<=[a-z] )did (?=[a-z]+ (?:in|during)\b)")

# Whether one number is higher than another, which both will tell.
_SAYING = (
    r"(?:(?:i|we|you|me|us|am|is|would|could|can|like|want|wanted|need|to|please|just|also|tell|see|know|check|say|ask"
    r"|find|out|wonder|wondering|curious|interested|d|m) )*"
)
WHETHER = re.compile(
    rf"^{_SAYING}(?:whether|if|is it (?:true|so|the case|correct)(?: that)?)(?: or not)? "
    r"(?=.*\b(?:than|compared|versus|against)\b)"
)
WORTH_MORE = re.compile(
    r"^(?:on average )?(?:is|are) (?:a|an|the average|our average|an average) (?P<noun>[a-z]+) (?:on average )?"
    r"worth (?:more|less) (?=(?:on|at|in|during)\b.*\b(?:than|compared)\b)"
)
HIGHER = re.compile(r"\b(?:larger|lower|smaller) (?=(?:on|at|in|during|for)\b.*\b(?:than|compared)\b)")
WEEK = re.compile(r"\b(?:during|in|on|within) the week\b(?! of)")

RANGES = _forms(
    r"""
    \b(?:in|into|within|at) (?:the|a) ~a~ (?:to|and) ~b~ ~noun~ (?:range|bracket|band)\b => with a {noun} between {a} and {b}
    \b(?:in|into|within) (?:the|a) ~noun~ (?:range|bracket|band)(?: (?:of|from|between))? ~a~ (?:to|and) ~b~ => with a {noun} between {a} and {b}
    \b(?P<noun>priced|costing|cost|costs) (?:at |from )?~a~ (?:to|and) ~b~ => costing between {a} and {b}
    (?<=[a-z] )(?:of|in the range of)(?: between| from)? ~a~ (?:to|and) ~b~ => between {a} and {b}
    """,  # noqa: E501
    a=rf"(?P<a>{NUMBER})",
    b=rf"(?P<b>{NUMBER})",
    noun=r"(?P<noun>[a-z]+(?: [a-z]+)?)",
)
AT_A_PRICE = re.compile(
    r"\bhow many (?P<noun>[a-z]+) do we (?:sell|offer|carry) (?:at|with|for) (?:a|the) "
    r"(?=(?:[a-z]+ )?(?:price|cost|fee)\b)"
)
MONEY = ("dollar", "dollars", "euro", "euros", "usd", "eur", "bucks", "pounds", "francs")
HOW_MANY_DOLLARS = re.compile(r"\bhow many (?:us )?(?:dollars|euros|pounds|francs)(?: of| in)?(?= )")
DOLLARS_DONE = re.compile(r"\b(?P<verb>[a-z]+ed) (?:us )?(?:dollars|euros|pounds|francs)\b")  # `refunded dollars`
IN_MONEY = re.compile(rf"\bin (?:us )?(?:dollars|euros|pounds|francs|money){END}")
SOLD = re.compile(r"\bwhat (?:(?:did|have|has) (?P<who>we|(?:each|every) [a-z]+) (?:sell|sold)|we (?:have )?sold)\b")
A_MONTH = re.compile(MONTH)
A_QUARTER = re.compile("q[1-4]")
TO_PEOPLE = re.compile(r"(?<=[a-z0-9] )to (?=(?:the |our )?(?:people|those)\b)")

PER_HUNDRED = re.compile(
    r"\b(?:per|(?:for|out of|to|against|with|in|on) (?:every|each)|for|on|against) (?:a |one )?"
    rf"(?P<number>hundred|thousand|{NUMBER})(?: (?:of|in|worth of))?(?: (?:the|our))? (?=[a-z])"
)
OUT_OF = re.compile(
    rf"^how many (?:out )?(?:of|in) (?:every )?(?P<number>{NUMBER}|hundred|thousand) (?P<noun>[a-z]+) "
    r"(?=(?:are|is|were|was|get|got|have)\b)"
)
HUNDREDS = (100, 1_000, 10_000)
DONE = ("sold", "placed", "made", "booked", "issued", "shipped", "ordered", "taken")

SHARE = re.compile(r"\b(?:share|portion|fraction|percentage|percent|proportion|part|rates?)\b")
OWN_NOUNS = ("share", "shares", "part", "parts", "slice", "piece", "portion", "portions")
SHARES = _forms(
    r"""
    \bhow ~big~ (?=(?:is|was|are|were)\b.*\b(?:share|portion|fraction|percentage|proportion)\b) => what
    \b(?:how ~big~ (?:is|was)|what(?: is| was)?)(?: the)? ~share~(?: of those| of them)? (?:that|which|who) (?=[a-z]) => what share
    \bwhat (?:part|portion|slice|piece) of\b => what share of
    \b(?P<verb>pay|paid) for (?=(?:in|with|by|using)\b) => {verb}
    (?<=[a-z] )(?:as|in) (?:a )?(?:percentage|percent) of (?:the )?(?:total|whole|overall total|lot)(?= |$) => in percent
    \bbecause (?:of )?(?:it|they|we|he|she|these|those) (?:was|were|is|are|had been|have been)\b => because of
    ^as an? (?P<share>~share~) of (?:the |our )?(?:total |overall |all )?(?P<whole>[a-z]+(?: [a-z]+)?) how much (?:of it )?~do~ => what {share} of {whole}
    \bhow ~big~ (?:is|was|are|were) (?=(?:the |our )?(?:[a-z]+ )?(?:conversion |success |return )?rates?\b) => what is
    """,  # noqa: E501
    big=r"(?:big|large|high|great|small|low)",
    share=r"(?:percentage|share|fraction|proportion|part|portion)",
    do=DO,
)
BY_WHAT = re.compile(r"^by (?P<what>[a-z]+(?: [a-z]+)?) (?=how (?:big|large|high)|what)")  # a number, and no group
PAID = re.compile(
    r"\b(?:(?:did|do|does|have|has) )?(?:the |our )?(?P<who>[a-z]+) (?:pay|paid) (?=(?:in|with|by|using)\b)"
)


def restated(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such stretches in the form that is read."""
    said = swap(_from_to(_in_money(list(tokens))), HOW_MANY_DOLLARS, "how much")
    for put_so in (_ranges, _per_hundred, _growth, _periods, _higher, _not_again, _sold_for, _shares):
        said = put_so(said, known)
    return said


def _text(tokens: Sequence[Token]) -> str:
    """The words in a row, one a token."""
    return " ".join("_" if t.quoted else t.word.replace(" ", "_") for t in tokens)


def swap(tokens: list[Token], pattern: re.Pattern[str], form: str) -> list[Token]:
    """The tokens, the first stretch that the pattern matches said in another form."""
    match = pattern.search(_text(tokens))
    return put(tokens, match, form) if match else tokens


def put(tokens: list[Token], match: re.Match[str], form: str) -> list[Token]:
    """The tokens, the stretch of a match in another form."""
    first, last = _span(tokens, *match.span())
    said: list[Token] = []
    for piece in form.split():
        if piece.startswith("{"):
            a, b = _span(tokens, *match.span(piece.strip("{}")))
            said += [replace(t, breaks=t.breaks and k > a) for k, t in enumerate(tokens[a:b], a)]
        else:
            said.append(replace(reworded(tokens[first], piece)[0], breaks=False, gap=" "))
    rest = tokens[last:]
    if said:
        said[0] = replace(said[0], breaks=tokens[first].breaks)
    elif rest:
        rest = [replace(rest[0], breaks=bool(first) and (rest[0].breaks or tokens[first].breaks)), *rest[1:]]
    return [*tokens[:first], *said, *rest]


def _span(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    """Which tokens the characters `start` to `end` of the joined words are."""
    text = _text(tokens)
    return text[:start].count(" "), text[: len(text[:end].rstrip())].count(" ") + 1


def _at(tokens: Sequence[Token], match: re.Match[str], name: str) -> Token:
    """The last token of a part of a match."""
    return tokens[_span(tokens, *match.span(name))[1] - 1]


def _in_money(tokens: list[Token]) -> list[Token]:
    """`a hundred dollars` as `$100`; `$20-$50` as `$20 to $50`."""
    found: list[Token] = []
    for token in tokens:
        last = found[-1] if found and found[-1].number is not None and not found[-1].quoted else None
        if last is not None and token.word in MONEY and not token.breaks:
            found[-1] = replace(last, text="$" + last.text.lstrip("$€£"))
            continue
        joined = last is not None and token.number is not None and token.gap.strip() in ("-", "–")
        if joined and last and {last.text[:1], token.text[:1]} & {*"$€£"}:
            found.append(replace(reworded(token, "to")[0], breaks=False, gap=" "))
            token = replace(token, breaks=False, gap=" ")
        found.append(token)
    return found


def _from_to(tokens: list[Token]) -> list[Token]:
    """`May-July 2025`, `Q1 – Q3`: from the one to the other, and not the two of them."""
    for i in (k for k in range(1, len(tokens)) if tokens[k].gap.strip() in ("-", "–", "—")):
        start = i - 2 if _is_year(tokens[i - 1]) and i > 1 else i - 1
        kinds = [[bool(k.fullmatch(tokens[at].word)) for k in (A_MONTH, A_QUARTER)] for at in (start, i)]
        if kinds[0] != kinds[1] or not any(kinds[0]):
            continue
        led = bool(start) and tokens[start - 1].word in ("in", "from", "for", "during", "of", "between")
        first = tokens[start - 1] if led else tokens[start]
        since = replace(reworded(first, "from")[0], breaks=first.breaks, gap=first.gap)
        until = [*reworded(tokens[i], "to"), tokens[i]]
        until = [replace(t, breaks=False, gap=" ") for t in until]
        head = [since, *(replace(t, breaks=False, gap=" ") for t in tokens[start:i])]
        return _from_to([*tokens[: start - led], *head, *until, *tokens[i + 1 :]])
    return tokens


def _is_year(token: Token) -> bool:
    return bool(re.fullmatch(YEAR, token.word))


def _ranges(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`in the $20 to $50 price range`, `a price of 20 to 50 dollars`: between the two."""
    for pattern, form in RANGES:
        match = pattern.search(_text(tokens))
        if match is None or all(re.fullmatch(YEAR, match[name]) for name in "ab"):
            continue
        before = tokens[_span(tokens, *match.span())[0] - 1]
        noun = _at(tokens, match, "noun") if "noun" in match.groupdict() else before
        columns = [r.column for n in known.phrases if n[-1] == noun.stem for r in known.phrases[n]]
        if any(c is not None and c.kind == "number" for c in columns):
            tokens = put(tokens, match, form)
    return swap(tokens, AT_A_PRICE, "how many {noun} do we have with a")


def _per_hundred(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`on 100 visits, how many complaints do we get on average`: how many complaints per 100 visits."""
    tokens = swap(tokens, OUT_OF, "out of {number} {noun} how many")
    match = PER_HUNDRED.search(_text(tokens))
    said = match["number"] if match else ""
    if match is None or (NUMBERS.get(said) or float(re.sub(r"[^\d.]", "", said))) not in HUNDREDS:
        return tokens
    first, last = _span(tokens, *match.span())
    if last == len(tokens) or not known.knows(tokens[last].stem, "table", "term"):
        return tokens
    rows = {r.table for r in known.phrases[tokens[last].stem,] if r.score >= 0.8}
    tokens = put(tokens, match, "per {number}")
    end = first + 3
    verb = tokens[end] if end < len(tokens) and not tokens[end].breaks and tokens[end].word in DONE else None
    readings = [*known.events.get(verb.stem, ()), *known.phrases.get((verb.stem,), ())] if verb else []
    if rows & {r.table for r in readings}:
        del tokens[end]  # `per 100 orders placed`
    if first == 0 and end < len(tokens):
        tokens = [replace(tokens[end], breaks=False), *tokens[end + 1 :], *tokens[:end]]
    return swap(swap(tokens, re.compile(r"\bon average\b"), ""), DOLLARS_DONE, "amount {verb}")


def _growth(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`at what rate did sales grow`: how much; `each month …, compared with the one before`: month over month."""
    own = any(r.column or r.term for r in known.phrases.get(("growth",), ()))
    if not GROWING.search(_text(tokens)) or own:
        return tokens
    for pattern, form in PACES:
        tokens = swap(tokens, pattern, form)
    text = _text(tokens)
    units = {m["ly"] or m["one"] or m["by"] or "year" for m in STEPS.finditer(BESIDE.sub("", text))}
    match = BESIDE.search(text)
    if match is None or len(units) != 1 or (match["unit"] or match["unit2"] or min(units)) not in units:
        return tokens
    return put(tokens, match, f"{min(units)} over {min(units)}")


def _periods(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`from March 2025 until now`: since March 2025; `this year's sales up to today`: those of the year to date."""
    for pattern, form in PERIODS:
        tokens = swap(tokens, pattern, form)
    if known.prompt.today:
        tokens = swap(tokens, DAY_THIS_YEAR, f"{{day}} {known.prompt.today.year}")
    count = COUNT_BEHIND.search(_text(tokens))
    if count and any(r.kind == "table" for r in known.phrases.get((_at(tokens, count, "noun").stem,), ())):
        tokens = put(tokens, count, "{mean} number of {noun}")
    if not any(known.knows(t.stem) for t in tokens if t.word in ("counter", "hands")):
        for pattern, form in SELLING:
            tokens = swap(tokens, pattern, form)
    match = NEXT_TO.search(_text(tokens))
    if match and DATED.search(_text(tokens)[: match.start()]):
        tokens = put(tokens, match, "versus")
        tokens = [*reworded(tokens[0], "show"), *tokens[1:]] if tokens[0].word == "put" else tokens
    text = _text(tokens)
    until, this = SO_FAR.search(text), THIS.search(text)
    if until is None or len(DATED.findall(text)) != 1:
        return tokens
    if this:
        return swap(put(tokens, until, ""), THIS, f"{this['unit']} to date")
    now = known.prompt.today and re.search(rf"\b{known.prompt.today.year}\b", text)
    return put(tokens, until, "") if now else tokens


def _higher(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`I wonder whether fees are larger at weekends than during the week`: higher at weekends than on weekdays."""
    tokens = swap(swap(tokens, WHETHER, "is"), HIGHER, "higher")
    if match := WORTH_MORE.search(_text(tokens)):
        noun = _at(tokens, match, "noun").stem
        own = any(n[-2:] == (noun, stem("value")) for n in known.phrases)
        tokens = put(tokens, match, f"is the average {{noun}} {'value' if own else 'amount'} higher")
    return swap(tokens, WEEK, "on weekdays") if re.search(r"\bweekends?\b", _text(tokens)) else tokens


def _not_again(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`bought in 2024 and did not come back in 2025`: bought in 2024 but not in 2025."""
    match = NOT_AGAIN.search(_text(tokens))
    if match is None or SHARE.search(_text(tokens)):  # `what share of those who came then did not`: a part
        return tokens
    did = [t for t in tokens[: _span(tokens, *match.span())[0]] if t.stem in known.events]
    verb = _at(tokens, match, "verb") if match["verb"] else None
    if not did or (verb and verb.stem not in {"buy", *(t.stem for t in did)} and "back" not in verb.text.lower()):
        return tokens
    tokens = put(tokens, match, "{first} but not {later}")
    if not any(known.knows(t.stem) for t in tokens if t.word in ("lost", "lose")):
        tokens = swap(tokens, LOST, "")
    return [replace(t, breaks=t.breaks and t.word not in ("but", "who")) for t in swap(tokens, DID, "")]


def _sold_for(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`what has every shop sold, in dollars`: its revenue, by the glossary's word for it."""
    match = SOLD.search(_text(tokens))
    named = {w: known.phrases.get((stem(w),), ()) for w in REVENUE_WORDS}
    terms = [w for w, readings in named.items() if any(r.kind == "term" and r.score >= 0.8 for r in readings)]
    if match is None or not IN_MONEY.search(_text(tokens)) or not terms:
        return tokens
    tokens = put(tokens, match, f"{terms[0]} of {{who}}" if match["who"] not in (None, "we") else terms[0])
    return swap(swap(tokens, IN_MONEY, ""), TO_PEOPLE, "from")


def _shares(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how big is X's share`, `what share of orders do members pay by card`, `…, as a percentage of the total`."""
    nouns = [t for t in tokens if t.word in OWN_NOUNS]
    if not SHARE.search(_text(tokens)) or any(known.knows(t.stem, "table", "column") for t in nouns):
        return tokens
    for pattern, form in SHARES:
        tokens = swap(tokens, pattern, form)
    by = BY_WHAT.search(_text(tokens))
    if by and known.knows(_at(tokens, by, "what").stem, "term"):
        tokens = put(tokens, by, "in terms of {what}")
    match = PAID.search(_text(tokens))
    who = _at(tokens, match, "who") if match else None
    rows = known.phrases.get((who.stem,), ()) if who else ()
    people = any(r.kind == "table" and of_people(r.table) for r in rows)
    whole = re.search(r"\bof (?:(?:all|our|the|those) )*[a-z]+ $", _text(tokens)[: match.start()]) if match else None
    if match and who and whole and (people or who.word in ("people", "we", "they")):
        return put(tokens, match, "paid")
    return tokens
