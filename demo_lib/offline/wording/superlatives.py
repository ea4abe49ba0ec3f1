"""Other words for what comes first, and for how much the most is, put plainly: `who comes out on top`, `the leaders`.

What is ranked and by what stays as it is said; only how that is put changes, and no word that narrows it is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from sqlglot import exp

from ..english.lexicon import GRAINS, IRREGULAR, word_set
from ..english.words import Token, reworded, stem
from ..prompt.vocabulary import Reading, Vocabulary, one_event
from .leading import WAYS
from .patterns import LONGEST, Where, table

RANKS = {way: "highest" if word == "top" else "lowest" for way, word in WAYS.items()} | {
    f"{verb}{place}": "lowest" if place.endswith(("last", "last place")) else "highest"
    for verb in ("coming ", "ranking ", "finishing ", "finishes ", "finished ", "placed ", "ends up ", "ended up ", "")
    for place in ("first", "last", "in first place", "in last place")
}
RANKS |= dict.fromkeys(("trails", "trailed", "lags", "lagged", "lags behind", "is lagging behind"), "lowest")
RANKED = word_set(
    """
    top best most highest largest biggest greatest leading strongest worst least lowest smallest fewest weakest bottom
    poorest bestselling first last oldest newest latest earliest longest cheapest dearest
    """
)
_LED = "in_terms_of|by|looking_at|judged_by|judging_by|measured_by|going_by|regarding|on|considering|for"
_HIGH = "highest|largest|biggest|greatest|strongest|most"
_LOW = "lowest|smallest|weakest|least|fewest"
_DEAR = "highest|top|most_expensive|dearest|priciest|largest|biggest|greatest|maximum|longest"
_CHEAP = "lowest|bottom|cheapest|least_expensive|smallest|least|minimum|shortest"
_IS = "is|was|are|were|has_been|have_been|has|have|had"
_DO = "do|does|did|can"
_GO = "go|goes|range|ranges|run|runs|vary|varies|reach|lie|lies|fall|falls|move|moves"
_OVER = "more_than|over|above|upwards_of|in_excess_of|beyond|less_than|under|below|at_least|at_most"
_UP = "come|comes|came|amount|amounts|amounted|add|adds|added|run|ran|sum|total"
_MARK = "mark|line|threshold|barrier|level|limit"
_PASSED = "passed|crossed|topped|exceeded|broken|cleared|surpassed|gone_past|gone_over|went_past"
_BEGIN = "start|begin|starting|beginning|start_off|starting_off"
_LET = "with|showing|putting|placing|put|have|let|and"
_FIRST = "first|come_first|coming_first|should_come_first|comes_first"
_ORDER = "sort|order|rank|sorted|ordered|ranked"
_WHICH = "which|who|what|when"
_HAS = "with|that|has|have|had|is|was|do|did|does|on|saw|sees|sold|brings|brought"
_OTHERS = "others|of_the_others|the_others|else|other"
_LINED_UP = "ranked|listed|ordered|sorted|numbered|placed|arranged|in_order"
_MEASURED = "measured|judged|gauged|assessed|evaluated|counted|calculated|ranked|going"
# In any question.
ANYWHERE = f"""
^ {_LED} ,M T? by|per|across|for_each N ,which|what #? N L = which # N have the L M T
^ {_LED} ,M T? ,which|what #? N L = which # N have the L M T
^ {_LED} ,P T? by|per|across|for_each N ,which|what #? N L = which # N have the L number of P T
^ {_LED} ,P T? ,which|what #? N L = which # N have the L number of P T
which|what #? N L T by|in|for|regarding|in_terms_of M = which # N have the L M T
which|what #? N L in|by|for|regarding|in_terms_of M = which # N have the L M
which|what #? N L in|by|for|regarding|in_terms_of P = which # N have the L number of P
N that|which|who L in|by|for|regarding|in_terms_of P = N with the L number of P
N that|which|who L in|by|for|on|regarding|in_terms_of M = N with the L M
N L in|by|on|regarding|in_terms_of M = N with the L M
N whose|where M T? {_IS} the? {_HIGH} = N with the highest M T
N whose|where M T? {_IS} the? {_LOW} = N with the lowest M T
A:with|had|have|has|having the largest|biggest|greatest|strongest M = A the highest M
A:with|had|have|has|having the smallest|weakest|poorest M = A the lowest M
A:which|what|the weekday B:{_HAS} = A day of the week B
which|what #? N sells|sell|sold best|the_best in|per|for|by A:each|every = the # best selling N A
which|what #? N sells|sell|sold worst|the_worst in|per|for|by A:each|every = the # worst selling N A
which|what #? N sells|sell|sold best|the_best !by|in|measured|regarding = the # best selling N
which|what #? N sells|sell|sold worst|the_worst !by|in|measured|regarding = the # worst selling N
,and? {_BEGIN} with|from|at the? {_HIGH}|best|top|leader|winner G? $ = ,highest first
,and? {_BEGIN} with|from|at the? {_LOW}|worst|bottom G? $ = ,lowest first
,{_LET} the {_HIGH}|best|top G? {_FIRST} $ = ,highest first
,{_LET} the {_LOW}|worst G? {_FIRST} $ = ,lowest first
,{_ORDER}? G? descending|in_descending_order by|on G $ = ,highest first
,{_ORDER}? G? ascending|in_ascending_order by|on G $ = ,lowest first
N leaders by|in|for M = top N by M !! leaders lead
# M leaders among|of N = top # N by M !! leaders lead
leaders in|by|for M among|of N = top N by M !! leaders lead
^ compared_with|compared_to|in_comparison_with|in_comparison_to|against|measured_against|relative_to the? \
A:average|mean X ,X2 B:more|less|higher|lower|above|below $ = X2 B than the A X
A:days|hours|weeks|months|minutes|years pass|passes|passed|elapse|elapses|elapsed|go_by|went_by \
B:on_average|from|between|until|before = A B
A:days|hours|weeks|months|minutes|years B:on_average pass|elapse|go_by C:from|between|until|before = A B C
which|what? the? # N with|have|has|had the? {_HIGH} share|percentage|proportion of M = top # N by share of M
which|what? the? # N with|have|has|had the? {_LOW} share|percentage|proportion of M = bottom # N by share of M
A:how has|have|did M B:moved|move|fared|fare|behaved|behave|trended|trend \
C:through|over|across|month_by_month|in|by|during = A has M developed C
A:by|per|across the N N2 are|is|live|lives|sit|belong in|at|to = A N2 N
A:a|an|one|each|the typical N B:has|have|contain|contains|cost|costs|take|takes|bring|brings on_average = \
A N B on average
than our|the|all|other R do|does|did|are|is|cost|costs on_average = than average
which|what of our|the|all N {_IS} been? D the? longest = which one of our N Did first
{_IS} been? D the? longest = Did first
what|how_much does|do a|an|the|one N cost|costs us? per|a unit|piece|item = what is the unit cost of N
D before all|any|anybody|everybody|everyone|every {_OTHERS} R? = Did first
D after all|any|anybody|everybody|everyone|every {_OTHERS} R? = Did last
^ when did|was|is the|our? very? first|earliest|oldest N D ,and {_WHICH} R? is|was it|that|this = \
which N Did first ,and when
^ when did|was|is the|our? very? last|latest|newest N D ,and {_WHICH} R? is|was it|that|this = \
which N Did last ,and when
^ what|how_much|how_high is|was|are|were the A:{_HIGH}|{_LOW} M ,and which|what N has|had|have|is|was it|that|this = \
which N has the A M
from what|which M to|up_to what|which M {_DO}? N {_GO} = minimum and maximum M of N
between what|which M and what|which M {_DO}? N {_GO} = minimum and maximum M of N
between what|which M and what|which M {_DO}? N of|in A:each|every N2 {_GO} = minimum and maximum M of N A N2
from what|which M to|up_to what|which M {_DO}? N of|in A:each|every N2 {_GO} = minimum and maximum M of N A N2
{_CHEAP} and|to|plus|as_well_as? the? ,{_DEAR} M = minimum and maximum M
{_DEAR} and|to|plus|as_well_as? the? ,{_CHEAP} M = maximum and minimum M
first|earliest|oldest and|plus|as_well_as? the? ,last|latest|most_recent|newest D date|day? = \
minimum and maximum D date?
date|day of the|their|its? first|earliest D and|plus the? date|day of the|their|its? last|latest|most_recent D \
date|day? = minimum and maximum D date?
when was|is|were the first|earliest D? and when was|is|were? the last|latest|most_recent D2 date|day? = \
minimum and maximum D2 date?
how_much|what does|do|is|are? the cheapest|least_expensive N cost|costs? and how_much|what? does|do|is|are? the \
most_expensive|dearest|priciest N cost|costs? = minimum and maximum price of N
M range|span A:by|per|for_each|in_each|for_every|in_every = minimum and maximum M A !! range span
range|span of M A:by|per|for_each|in_each|for_every|in_every = minimum and maximum M A !! range span
whose|where M T? has|have|had? already? {_PASSED} the? # {_MARK}? = whose M T exceeds #
M T? that|which? {_UP} up? to A:{_OVER} # = M T A #
{_IS} already? gone? past|beyond # of|in M = have over # of M
that|which|who? {_IS}? already? {_PASSED} the? # {_MARK}? in|of|on|for M = with over # in M
that|which|who? {_IS} already? reached|hit the? # {_MARK}? in|of|on|for M = with at least # in M
A:more_than|over|at_least|less_than|fewer_than|under # P X? ,and how_many they|each|each_of_them \
have|has|had|got|have_got|has_got|made? $ = A # P X
sold|selling for|goods_for|goods_worth|worth A:{_OVER} # = earned A #
"""
# Where something is ranked, by a word of `RANKED`.
BESIDE_A_RANK = f"""
which|what # of our|the|all N = which # N
,{_LINED_UP} from? the? first|1|best|number_1 to|through the? last|second|third|fourth|fifth|tenth|2|3|4|5|10 =
from the? first|1 to the? last|second|third|fourth|fifth|tenth|2|3|4|5|10 $ =
# most_popular N A:per|in_each|for_each|in_every N2 by|going_by number_of? P = top # N A N2 by P
most_popular N A:per|in_each|for_each|in_every N2 by|going_by number_of? P = top N A N2 by P
# most_popular N by|going_by number_of? P = top # N by P
most_popular N by|going_by number_of? P = top N by P
which|what # N do|did most of? P come|live|work|stay from|in|at = which # N have the most P
,and how_many P is|are|was|were that|it|this each? $ = ,with the number of P
,with|and the numbers|counts|figures|number|count $ =
,and since? what|which date|day|year $ = ,and when
,and since when $ = ,and when
,and what|which|when was|is R date|day $ = ,and when
,and what|how_much|how_many|how_high is|was|were|are it|that|they $ =
"""
# Where the best are asked for, which does not say by what.
BESIDE_THE_BEST = f"""
,{_MEASURED} in|by|on|at|in_terms_of M = by M !! measured assessed
M leaders = M !! leaders lead
"""
BEST = word_set("top best leading strongest worst weakest bottom poorest bestselling selling sellers")
PAYING = ("profitable", "lucrative")
MONEY = ("amount", "amounts", "sum", "money")
LEADS = (("first",), ("on", "top"), ("at", "the", "top"))
STEPPED = ("per", "each", "every")
NEWEST, OLDEST = ("newest", "latest"), ("oldest", "earliest")
BETWEEN = word_set("that which we they you was were is are has have had been be ever actually")
MOST = ("most", "highest", "maximum", "largest", "biggest", "greatest", "least", "lowest", "smallest", "minimum")
SOMEBODY = word_set("we they you anyone anybody someone somebody has have had was were is are been that ever")


def superlatives(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, such turns put plainly."""
    said = _of_one(_of_all(_most_ever(_amount_of(_are_there(list(tokens)), known), known), known), known)
    where = Where(_profitable(_steps_in_order(said), known), known, RANKS)
    for text, beside in ((ANYWHERE, None), (BESIDE_A_RANK, RANKED), (BESIDE_THE_BEST, BEST)):
        if beside is not None and not where.words & beside:
            continue
        for pattern in table(text):
            if (new := pattern.put(where)) is not None:
                where = Where(new, known, RANKS)
    return list(where.tokens)


def _profitable(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`the 10 most profitable tours`: the top 10 tours by profit, where the prompt says what profit is."""
    at = next((k for k in range(1, len(tokens)) if tokens[k].word in PAYING), 0)
    order = {"most": "top", "least": "bottom"}.get(tokens[at - 1].word) if at else None
    profit = next((w for w in ("profit", "margin") if known.knows(stem(w), "term", "column")), "") if order else ""
    if not order or not profit:
        return tokens
    where, end = Where(tokens, known, RANKS), len(tokens)
    sizes = range(min(LONGEST["N"], end - at - 1), 0, -1)
    last = next((at + n + 1 for n in sizes if where.is_("N", at + 1, at + n + 1)), 0)
    if not last or any(t.breaks for t in tokens[at:last]):
        return tokens
    number = tokens[at - 2 : at - 1] if at > 1 and tokens[at - 2].number is not None else []
    said = [*reworded(tokens[at - 1], order), *(replace(t, breaks=False) for t in number), *tokens[at + 1 : last]]
    return [*tokens[: at - 1 - len(number)], *said, *reworded(tokens[at], f"by {profit}"), *tokens[last:]]


def _are_there(tokens: list[Token]) -> list[Token]:
    """`are there shops that …, and which are they?` asks which."""
    words = [t.word for t in tokens]
    end = next((k for k in range(len(words) - 1, max(len(words) - 7, 2), -1) if words[k] in ("which", "who")), None)
    if words[:2] != ["are", "there"] or end is None:
        return tokens
    tail = {*words[end + 1 :]}
    start = end
    while start and words[start - 1] in ("and", "if", "so", "yes"):
        start -= 1
    first = 3 if words[2] in ("any", "some") else 2
    if start == end or not tail <= {"are", "they", "those", "ones", "is", "it", "of", "them", "these"}:
        return tokens
    return [*reworded(tokens[0], "which"), *tokens[first:start]]


def _steps_in_order(tokens: list[Token]) -> list[Token]:
    """`fines by month, newest month first`, `…, latest on top`: in the order of the months."""
    words = [t.word for t in tokens]
    end = len(words) - next((n for n in (1, 2, 3) if tuple(words[-n:]) in LEADS), 0)
    step = GRAINS.get(words[end - 1]) if 2 < end < len(words) else None
    first = end - 2 if step else end - 1
    newest = words[first - 1 : first + 1] == ["most", "recent"]
    first -= newest
    said = [GRAINS[w] for b, w in pairwise(words[:first]) if w in GRAINS and (b in STEPPED or b == "by")]
    if end == len(words) or first < 2 or not (newest or words[first] in (*NEWEST, *OLDEST)) or not said:
        return tokens
    if step not in (None, said[-1]) or len({*said}) > 1:
        return tokens
    way = "ascending" if words[first] in OLDEST else "descending"
    return [*tokens[:first], *reworded(tokens[first], f"sorted by {said[-1]} {way}")]


def _called_after(verb: Token, known: Vocabulary) -> list[str]:
    """What the prompt calls an amount after a verb: `amount refunded`, `refund amount`. Empty where it does not."""
    for told in dict.fromkeys((verb.stem, *one_event(verb.stem))):
        for said in (("amount", told), (told, "amount")):
            named = known.phrases.get(said, ())
            if any(r.score >= 0.9 and (r.term or (r.column and r.column.kind == "number")) for r in named):
                return [verb.word if w == verb.stem else w for w in said]
    return []


def _happened(token: Token) -> bool:
    return token.word.endswith("ed") or token.word in IRREGULAR


def _amount_of(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`the amount that we have refunded`, `the amount which was refunded`: the amount refunded."""
    for i, token in enumerate(tokens):
        end = i + 1
        while end < len(tokens) and tokens[end].word in BETWEEN and not tokens[end].breaks:
            end += 1
        behind = tokens[end : end + 1]
        if end == i + 1 or not behind or behind[0].breaks or not _happened(behind[0]):
            continue
        whole = known.phrases.get((token.stem, behind[0].stem), ())  # `of all seats that we have booked`
        said_apart = tokens[i + 1].word in ("that", "which", "we", "they")
        if said_apart and any(r.score >= 0.9 and (r.term or r.column) for r in whole):
            return [*tokens[: i + 1], *tokens[end:]]
        if token.word not in MONEY:
            continue
        if name := _called_after(behind[0], known):
            return [*tokens[:i], *reworded(token, " ".join(name)), *tokens[end + 1 :]]
    return tokens


def _most_ever(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`the most that we ever refunded`, `the most we refunded for one return`: the maximum amount refunded."""
    for i in range(1, len(tokens)):
        if tokens[i].word not in ("most", "least") or tokens[i - 1].word != "the":
            continue
        end = i + 1
        while end < len(tokens) and tokens[end].word in SOMEBODY and not tokens[end].breaks:
            end += 1
        verb = tokens[end : end + 1]
        once = "ever" in [t.word for t in tokens[i:end]] or (verb and _single(tokens, end + 1))
        name = _called_after(verb[0], known) if verb and end > i + 1 and once and _happened(verb[0]) else []
        if name:
            word = "maximum" if tokens[i].word == "most" else "minimum"
            return [*tokens[:i], *reworded(tokens[i], " ".join([word, *name])), *tokens[end + 1 :]]
    return tokens


def _single(tokens: Sequence[Token], i: int) -> int:
    """Where the noun stands in `for one return`, `in a single order`; 0 where it is not said so."""
    words = [t.word for t in tokens[i : i + 3]]
    if words[:1] not in (["for"], ["on"], ["in"], ["at"], ["with"], ["of"]):
        return 0
    if words[1:] in (["a", "single"], ["one", "single"], ["any", "one"], ["any", "single"], ["just", "one"]):
        return i + 3 if i + 3 < len(tokens) else 0
    return i + 2 if words[1:2] in (["one"], ["any"], ["a"], ["an"]) and i + 2 < len(tokens) else 0


def _tables_of(readings: Sequence[Reading]) -> set[str]:
    """The tables whose rows hold an amount."""
    found = {r.table for r in readings if r.column and r.column.kind == "number" and r.score >= 0.75}
    sums = [r.term.sql.this for r in readings if r.term and r.score >= 0.8 and isinstance(r.term.sql, exp.Sum)]
    return found | {c.table for c in sums if isinstance(c, exp.Column)}


def _of_one(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`the highest amount refunded for a single return`: of one row, as each of these amounts is."""
    for i in range(2, len(tokens)):
        noun = _single(tokens, i)
        if not noun or not {t.word for t in tokens[:i]} & {*MOST}:
            continue
        size = next((n for n in (3, 2, 1) if known.phrases.get(tuple(t.stem for t in tokens[i - n : i]))), 0)
        before = [t.word for t in tokens[max(0, i - size - 2) : i - size]]
        owners = _tables_of(known.phrases.get(tuple(t.stem for t in tokens[i - size : i]), ())) if size else set()
        rows = {r.table for r in known.phrases.get((tokens[noun].stem,), ()) if r.kind == "table" and r.score >= 0.85}
        if {*before} & {*MOST} and len(rows) == 1 and rows <= owners:
            return [*tokens[:i], *tokens[noun + 1 :]]
    return tokens


def _of_all(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`of all the fines, how much was the highest?`, `the highest single refund`: the biggest single refund."""
    words = [t.word for t in tokens]
    sizes = {"highest": "biggest", "largest": "biggest", "biggest": "biggest", "greatest": "biggest",
             "lowest": "smallest", "smallest": "smallest"}  # fmt: skip
    for i in range(1, len(words) - 1):
        if words[i] == "single" and words[i - 1] in sizes and _tables_of(known.phrases.get((tokens[i + 1].stem,), ())):
            return [*tokens[: i - 1], *reworded(tokens[i - 1], sizes[words[i - 1]]), *tokens[i:]]
    led = next((k for k in range(1, 4) if words[:1] and words[0] in ("of", "among", "from") and words[k : k + 1] not in
                (["all"], ["the"], ["our"], ["these"])), 0)  # fmt: skip
    rest = words[led + 1 :]
    while rest[:1] and rest[0] in ("how", "much", "what", "which", "high", "large", "big", "was", "is", "the"):
        rest = rest[1:]
    if led < 2 or rest[:1] == words[led + 1 :][:1] or not rest or rest[0] not in sizes or rest[1:] not in ([], ["one"]):
        return tokens
    if not words[led].endswith("s") or not _tables_of(known.phrases.get((tokens[led].stem,), ())):
        return tokens
    return reworded(tokens[0], f"what is the {sizes[rest[0]]} single {words[led][:-1]}")
