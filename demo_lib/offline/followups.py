"""Follow-up turns: `and by region?` after `What were total sales in 2024?` becomes one whole question.

Only the user's own words are used, no schema: whoever chooses the tools sees none. A fragment is known by its form,
and changes the part of the earlier question that is of its kind (its period, its grouping, a value …) or adds to it.
Where two ways are as good, nothing is changed: the SQL writer then says that it cannot tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .cues import cues, is_empty, stem
from .dates import find_dates
from .lexicon import GRAINS, NUMBERS, OPERATORS, PREPOSITIONS, REVENUE_WORDS

LONGEST_FRAGMENT_CHARACTERS = 160
LONGEST_QUESTION_CHARACTERS = 2_000
MOST_TURNS = 50  # of a long conversation the end counts

_DATE = "\0"  # stands for each character of a phrase about time
_PRONOUN = r"(?:it|that|this|them|those|these|(?:the )?(?:same|results?|answer|ones))"
_MEASURES = {*REVENUE_WORDS, "profit", "margin", "cost", "costs", "price", "refunds", "spend", "spending", "discount"}
_STOPS = {w for said in OPERATORS.values() for w in said.split("|") if " " not in w} | PREPOSITIONS | {"about", "same"}
_GRAIN = rf"(?:{'|'.join(w for w in GRAINS if w.endswith('ly') or w == 'annual')})"
_COUNT = rf"(?:\d{{1,4}}|{'|'.join(NUMBERS)})"
_RANKING = re.compile(r"\b(?:top|bottom|best|worst|most|least|highest|lowest|largest|smallest|biggest|fewest)\b", re.I)
_TOP = rf"(?:top|bottom|best|worst) {_COUNT}\b"
_CHART = r"(?:charts?|graph|plot|diagram|histogram|picture|pie|bars|table)"
_PICTURE = (
    rf"(?:as|in|into|on|with) (?:an? )?(?:[\w-]+ ){{0,2}}{_CHART}\b"
    rf"|(?:plot|draw|graph|chart|visuali[sz]e|sketch) {_PRONOUN}(?: (?:as|in|into|on) an? (?:[\w-]+ ){{0,2}}{_CHART}\b)?"
    rf"|(?:an? )?(?:[\w-]+ )?{_CHART}(?: of {_PRONOUN})?(?= please|[.!?]|$)"
)
_DIRECTION = (
    r"(?:in )?(?:(?:a|de)scending(?: order)?|alphabetical(?:ly| order)|(?:highest|lowest|largest|smallest) first"
    r"|from (?:highest to lowest|lowest to highest))"
)
_SORT = rf"(?:(?:sort|order|rank|arrange)(?:ed)?(?: {_PRONOUN})? by (?P<key>[\w ]{{1,40}}?)(?: {_DIRECTION})?(?=[,.?!]|$)"
# What else may be asked of a question's rows, after its body ends.
_NEXT = re.compile(
    r"[?!;]|\.(?=\s|$)|,? and (?:then |also )?(?:check|plot|draw|show|chart|graph|visuali[sz]e|e?mail|send|export"
    r"|validate|list|tell|give)\b",
    re.I,
)
_UNFINISHED = re.compile(r"\W*(?:and |but |so |ok(?:ay)? )*(?:(?:what|how) about|(?:and )?(?:the )?same)\b", re.I)
