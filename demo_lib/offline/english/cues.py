"""Words as signs of what is wanted: stems, everyday synonyms, and the words that carry no subject."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

# Different words for one wish. The first word of a line names it.
_SYNONYMS = (
    "chart plot draw graph visual visualise visualisation diagram picture histogram pie scatterplot sketch",
    "quality anomaly anomalous outlier suspicious trust trustworthy plausible null nulls duplicate sanity",
    "forecast predict prediction projection extrapolate",
    "export download csv excel spreadsheet",
    "table dataset schema",
    "mail email e-mail",
    "summarise summary summarize",
    "translate translation",
)

# What the parts of a company are about, where a description only names them.
_FIELDS = (
    "hr employee staff salary payroll wage hire headcount absence vacation training",
    "finance invoice budget ledger expense tax",
    "procurement supplier vendor",
    "logistics shipment shipping delivery carrier freight inventory stock",
    "support ticket complaint helpdesk",
    "marketing campaign newsletter advertising",
    "web session visit page click traffic",
    "legal contract lawsuit patent",
    "facilities building office lease",
    "crm opportunity pipeline",
)

# Words that say nothing about the subject of a question.
_EMPTY = """a an the this that these those it its them they we our us i me my you your he she his her
    is are was were be been being am do does did done have has had having can could will would shall should may
    might must of in on at by for from to into with without as and or but if then than so not no nor per about
    over under between within during there here what which who whom whose where when why how many much some any
    all each every both other also too very just only please show give list tell get let see want need like
    make made put take find return compute calculate display present now out up whether
    hi hello hey thanks thank ok okay yes bye welcome"""

# Words that tool descriptions share, whatever the tool is for.
_TOOL_JARGON = """query queries result results data database databases sql run execute check create build
    generate use used using user ask asked question answer natural language tool call called return
    returns give given first last id result_id name named row rows column columns value values kind type
    always after before one latest earlier agent step statement read write text validate string number object
    array list optional true false null none select available clear hold holds automatically auto new whole"""


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """The Snowball stem of one word (`anomalies` → `anomali`)."""
    return str(_stemmer().stemWord(word.lower()))


def words(text: str) -> list[str]:
    """The words of a text in lower case; `snake_case` and `camelCase` names come apart."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)?", apart.lower())


@lru_cache(maxsize=1)
def _wishes() -> dict[str, str]:
    return {stem(w): line.split()[0] for line in _SYNONYMS for w in line.split()}


@lru_cache(maxsize=1)
def _empty_stems() -> frozenset[str]:
    return frozenset(stem(w) for w in _EMPTY.split()) | frozenset(_EMPTY.split())


@lru_cache(maxsize=1)
def _jargon_stems() -> frozenset[str]:
    return frozenset(stem(w) for w in _TOOL_JARGON.split())


def is_empty(word: str) -> bool:
    """Whether a word (in lower case) carries no subject: an article, a pronoun, `show`, `hello` …"""
    bare = re.split(r"['’]", word)[0]
    return bare in _empty_stems() or stem(bare) in _empty_stems()


def wish(word: str) -> str | None:
    """The everyday wish behind a word or its stem (`plot` → `chart`), or None."""
    return _wishes().get(stem(word))


@lru_cache(maxsize=1)
def _fields() -> dict[str, str]:
    return {stem(w): stem(line.split()[0]) for line in _FIELDS for w in line.split()[1:]}


def field_of(stemmed: str) -> str | None:
    """The stem of the part of a company that a stem belongs to (`employe` → `hr`), or None."""
    return _fields().get(stemmed)


def cue(word: str) -> str:
    """What a word is compared by: the wish behind it, else its stem."""
    return wish(word) or stem(word)


def cues(text: str) -> list[str]:
    """The cues of the words that carry a subject, in order and with repeats."""
    return [cue(w) for w in words(text) if not is_empty(w)]


def is_jargon(cue_: str) -> bool:
    """Whether tool descriptions share a cue, whatever the tool is for (`result`, `query`)."""
    return cue_ in _jargon_stems()


def subject_cues(text: str) -> set[str]:
    """The cues of a tool's name or description, without the words that all tools share."""
    return {c for c in cues(text) if not is_jargon(c)}


@dataclass(frozen=True)
class Token:
    """One word or mark of a question, with its place in it."""

    text: str
    """In lower case."""
    start: int
    end: int
    ruled_out: bool
    """The question does not want it (`without a chart`, `don't plot`)."""

    @property
    def is_mark(self) -> bool:
        """Whether it is punctuation."""
        return not self.text[0].isalnum()

    @property
    def has_subject(self) -> bool:
        """Whether it is a word that says what the question is about."""
        return not self.is_mark and not self.ruled_out and not is_empty(self.text)


def tokens(question: str) -> list[Token]:
    """The words and marks of a question, in order."""
    found, barred = [], 0
    for match in re.finditer(r"[^\W_]+(?:['’][^\W_]+)?|[,.;:!?]", question):
        text = match[0].lower()
        ruled_out = bool(barred) and text[0].isalnum()
        barred = max(0, barred - 1) if text[0].isalnum() else 0
        if text in {"no", "not", "without", "never"} or re.fullmatch(r"(do|does|did|need)n['’]?t", text):
            barred = 3  # an article, an adjective, the noun
        found.append(Token(text, match.start(), match.end(), ruled_out))
    return found


def wanted_words(question: str) -> list[str]:
    """The words of a question that it does not rule out."""
    return [t.text for t in tokens(question) if not t.is_mark and not t.ruled_out]


def phrases(question: str) -> list[str]:
    """The runs of words that carry a subject, as a search would want them: `total sales last quarter`.

    Words that only ask for a picture are left out.
    """
    found: list[list[str]] = [[]]
    for token in re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]", question):
        if not token[0].isalnum() or is_empty(token.lower()) or wish(token) == "chart":
            found.append([])
        else:
            found[-1].append(token)
    return [" ".join(run) for run in dict.fromkeys(map(tuple, found)) if run]
