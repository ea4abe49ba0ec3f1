"""Other words for what the prompt calls by its own: `clientele` are its customers, `took on` is when it hired.

Only where the prompt has no such word itself, and has the plain one. Data first, then how it is looked up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from ..english.lexicon import BEGINNINGS, PEOPLE, PREPOSITIONS
from ..english.words import Token, phrase, reworded, stem, stems
from ..prompt.vocabulary import Reading, Vocabulary

Said = tuple[str, ...]

# Nouns in the singular: what the prompt may call it, and the other ways to say it.
NOUNS: tuple[tuple[str, str], ...] = (
    ("customer|client|buyer|guest", "account holder|customer account|client account|punter|purchaser|paying customer"),
    ("client|customer", "client company|customer company|client firm"),
    ("guest|visitor", "visitor|lodger|holidaymaker|traveller|traveler|hotel guest"),
    ("member|reader|user", "card holder|library user|library member|cardholder|club member|enrolled person"),
    ("sale|order|purchase", "receipt|deal|till receipt|sales deal|checkout|sales order|sales transaction|sale deal"
     "|sales ticket|till transaction"),
    ("product|item|article", "sku|ware|commodity|stock keeping unit|stock item|merchandise item|piece of merchandise"
     "|article of merchandise|line of goods|product line|stock line"),
    ("store|shop|branch|outlet", "retail outlet|retail store|retail shop|retail location|store location|shop location"
     "|point of sale|boutique|physical store|physical shop|bricks and mortar store|brick and mortar store"
     "|bricks and mortar shop|brick and mortar shop|high street shop|high street store|retail site|retail branch"
     "|location|site|sales outlet"),
    ("employee|staff|worker", "staff member|member of staff|team member|co worker|coworker|workmate|fte"
     "|member of the staff|member of the workforce|member of the team|company employee|salaried employee"),
    ("supplier|vendor", "provider|purveyor|supply firm|supplier company|supplying company|supplying firm"
     "|source of supply"),
    ("department|division|team", "business unit|section|team|organisational unit|organizational unit|company department"
     "|part of the company|company division"),
    ("doctor|physician", "medic|clinician|gp|practitioner|medical doctor|medical practitioner"),
    ("appointment|visit|consultation", "consult|booking|session|medical appointment|medical visit"),
    ("booking|reservation", "reservation|booking"),
    ("loan|borrowing|checkout", "lending|borrowing|book loan"),
    ("ticket|case|request|issue", "enquiry|inquiry|query|support request|service request|help request|helpdesk ticket"
     "|help desk ticket|support query|helpdesk case|help desk case|support enquiry|support inquiry|request"
     "|service ticket|service case"),
    ("incident|outage", "outage|disruption|breakdown|disturbance|malfunction|glitch|service disruption"),
    ("book|title", "volume|library book"),
    ("invoice|bill", "sales invoice|customer invoice|customer bill"),
    ("payment", "instalment paid|sum paid"),
    ("campaign", "marketing campaign|advertising campaign|ad campaign|promotional campaign"),
    ("region|area|territory", "geography|zone|geographic area"
     "|geographical area|geographic region|geographical region|market area|part of the country"),
    ("category|type|kind", "product group|product line|product family|product class|class of product|product kind"
     "|article group|merchandise group|kind of merchandise|goods category|product segment|goods group|item category"
     "|class of goods|family of products|group of products|group of goods|type of merchandise|item group|item type"
     "|kind of article|type of article|category of goods|category of article|merchandise category|item class"
     "|department of goods|sort of product|sort of goods|sort of article"),
    ("segment|type|kind", "customer group|customer class|class of customer|customer category|sort of customer"
     "|group of customer|category of customer|client group|client category|client segment|class of client"
     "|kind of client|sort of client|group of client|buyer group|kind of buyer|type of buyer"),
    ("genre|category|subject", "kind of book|type of book|sort of book|book type|category of book|book kind"
     "|literary genre"),
    ("payment method|way of payment", "means of payment|payment type|payment option|form of payment|type of payment"
     "|mode of payment|kind of payment|pay method|payment mode|payment form|manner of payment|way to pay"
     "|payment kind|method of paying|means of paying"),
    ("channel", "route to market|distribution channel|purchase channel"
     "|purchasing channel|channel of distribution|ordering channel"),
    ("brand|make|maker", "marque|manufacturer|product brand"),
    ("price", "retail price|sticker price|tag price|asking price|shelf price|catalogue price|catalog price|price tag"),
    ("reason|cause", "ground|motive|explanation|rationale|why and wherefore|stated reason|given reason"),
    ("city|town", "municipality|home town|hometown|home city"),
    ("salary|wage|pay", "remuneration|paycheck|pay packet|pay cheque|pay check|wage packet|pay rate"),
    ("budget", "budgeted amount|spending limit|money set aside"),
    ("spend|spending|cost|expense", "expenditure|outlay|spendings"),
    ("order value", "order size|ticket size|transaction size|purchase size|ticket value|cart value|cart size"
     "|checkout value|sale size"),
)  # fmt: skip

# Verbs in their plain form, likewise.
VERBS: tuple[tuple[str, str], ...] = (
    ("hire", "recruit|take on|bring on board|onboard|start"),
    ("join", "come on board|come aboard|subscribe|enlist|become a customer|become customers|become a member"
     "|become members|become a client|become clients|become a patient|become patients|take out a membership"
     "|open an account|create an account|set up an account|begin working here|start working here|begin work"
     "|start work|join the team|join the company|join the firm|begin here|start here"),
    ("acquire", "attract|take on|win over|reel in"),
    ("leave", "quit|resign|depart|hand in their notice|give notice|give their notice|walk out|stop working here"
     "|move on|leave us|leave the company|leave the firm|part ways with us|say goodbye|leave the team|bow out"),
    ("open", "inaugurate|set up|establish|open their doors|open its doors|start trading|begin trading|open for business"
     "|start business|begin business"),
    ("close", "shut|shut down|close down|shut their doors|close their doors|shut its doors|close its doors"
     "|cease trading|close for good|shut for good|stop trading|go out of business|shut up shop|finish|resolve"
     "|solve|settle|clear|deal with|sort out|wrap up|clear up|wind up"),
    ("resolve", "solve|settle|clear up|sort out|deal with|close|fix|put right"),
    ("end", "finish|conclude|stop|come to an end|wind up|draw to a close|wrap up|cease|come to a close|terminate"
     "|run its course|run their course"),
    ("finish", "complete|conclude|end|wrap up|come to an end"),
    ("complete", "finish|conclude|wrap up|carry out|see through"),
    ("start", "begin|commence|kick off|get started|get under way|get underway|set in motion|initiate|roll out|go live"
     "|start off|begin|get going"),
    ("begin", "start|commence|kick off|get started|get under way|get underway|set in motion|initiate|roll out|go live"),
    ("launch", "roll out|go live|kick off|bring out|bring to market|put on the market"),
    ("happen", "break out|crop up|arise|come about"),
    ("return", "hand back|take back to us|bring it back|bring them back|send it back|send them back|hand it back"
     "|hand them back|give it back|give them back"),
    ("borrow", "check out|take out"),
    ("rent", "hire out|lease|let out"),
    ("ship", "send|send out|dispatch|despatch|mail|send off|forward|leave the warehouse|post|send on its way"),
    ("dispatch", "send|send out|ship|mail|send off|despatch"),
    ("send", "dispatch|ship|mail|post|send out|send off"),
    ("deliver", "drop off|hand over|arrive|reach customers|reach the customer|reach their customer|reach us|bring"
     "|arrive at the customer|get to the customer"),
    ("arrive", "reach us|turn up"),
    ("issue", "send|send out|raise|draw up|make out|write|write out|bill"),
    ("pay", "settle|clear|pay off|pay up|pay in full"),
    ("settle", "pay|clear|pay off|pay up"),
    ("approve", "sign off|sign off on|okay|green light|give the go ahead|get the go ahead|give approval|get approval"
     "|wave through|give the green light|get the green light|rubber stamp"),
    ("reject", "turn down|decline|refuse|throw out|knock back|vote down"),
    ("sell", "shift|offload|get rid of"),
    ("earn", "rake in|pull in"),
    ("report", "notify us of|flag up|alert us to"),
    ("open", "raise|lodge|submit|log|file|hand in|create"),
    ("submit", "hand in|lodge|file|put in|send in"),
    ("assign", "allocate|allot|hand over|give to"),
)  # fmt: skip

# Fixed phrases, likewise.
PHRASES: tuple[tuple[str, str], ...] = (
    ("customers|clients", "clientele|customer base|customers on file|client base"),
    ("region|area|territory", "sales area|sales territory|sales region|sales district"),
    ("regions|areas|territories", "sales areas|sales territories|sales regions|sales districts"),
    ("brand", "brand name"),
    ("brands", "brand names"),
    ("channel", "sales channel|selling channel|buying channel"),
    ("channels", "sales channels|selling channels|buying channels"),
    ("new customers", "new sign ups|new registrations|customer registrations|customer sign ups"
     "|newly registered customers|newly signed up customers|newly acquired customers"
     "|newly won customers"),
    ("made the most revenue", "earned the most|took in the most|grossed the most|raked in the most|turned over the most"
     "|brought in the most|made the most"),
    ("products|items", "product range|goods on offer|items on offer"),
    ("stores|shops|branches", "premises"),
    ("employees|staff|workers", "people on staff|people on the payroll|people working here|people employed here"
     "|people who work here|people who work for us|people working for us|people employed|payroll|people on our payroll"
     "|people in our employ|people we employ|members of the workforce"),
    ("revenue|turnover|sales", "takings|proceeds|sales proceeds|money earned|cash taken|dollars taken|dollars earned"
     "|dollars made|sales dollars|dollar sales|takings at the till|till takings|sales income|money coming in|income"
     "|earnings|sales value in dollars|dollar value of sales|money made|money taken|money taken in|money brought in"
     "|cash earned|sales receipts|money from sales|income from sales"),
    ("salary|wage", "earnings|compensation|income|pay|wages"),
    ("profit|gross profit", "net gain|surplus|gross gain|profit earned|profit made|profits earned|earnings after cost"
     "|earnings after costs|money made after costs|money made after cost|money left after costs"
     "|what is left after costs"),
    ("refunds|refund amount|refund", "repayments|amount paid back|sums refunded|dollars refunded|refund payments"
     "|cash refunded|cash back|money refunded|money back|repayment|amount given back|amounts refunded|refunded money"
     "|money reimbursed|amount reimbursed|reimbursed money|sums paid back"),
    ("discount amount|total discount|discounts given|discount", "money off|money knocked off|money taken off"
     "|amount discounted|discount money|discounts handed out|price reductions given|amount knocked off|amount taken off"
     "|dollars off|dollars knocked off|money given off|reductions in price|reduction in price"),
    ("returns", "takebacks|product returns|returns of goods|returned shipments"),
    ("units sold", "units shifted|sales in units|unit sales|pieces shifted|units that changed hands|units purchased"),
    ("stock|inventory", "inventory|stock on hand|units on hand|goods on hand|inventory level|stock level"
     "|remaining stock|stock left|units left|inventory on hand|stock remaining"),
    ("out of stock", "sold out|run out of stock"),
    ("by brand", "by make|by make of product"),
    ("per brand", "per make"),
    ("unpaid|open|unreturned", "outstanding|unsettled"),
    ("unpaid", "awaiting payment|still to be paid|yet to be paid|still owed|owing"),
    ("open", "unresolved|unsolved|still unresolved|not resolved|not yet resolved|not been resolved"),
    ("with a weight of", "weighing|that weigh|which weigh"),
    ("with a salary of", "who earn|who make|who are paid|who get paid|who take home|who get|earning|making|paid"),
    ("best paid", "highest earning|best earning|top earning|most highly paid|top paid|best remunerated"),
    ("lowest paid", "worst paid|least well paid|lowest earning|poorest paid"),
)  # fmt: skip

# What is said so whatever the prompt knows.
ALWAYS: tuple[tuple[str, str], ...] = (
    ("dearest", "most pricey|most high priced|top priced|most dear|highest price"),
    ("cheapest", "most affordable|most inexpensive|most economical|least costly|least pricey|least dear|most low priced"
     "|most reasonably priced|most budget friendly"),
    ("more expensive than", "dearer than|more costly than|more pricey than|more dear than|steeper than"),
    ("cheaper than", "less costly than|less pricey than|less dear than|more affordable than|more inexpensive than"
     "|more economical than"),
    ("that cost", "costing|that sell for|selling for|that go for|going for|that retail for|retailing for|that retail at"
     "|retailing at|which cost|which sell for|that sell at|selling at|which go for|that are priced at"
     "|which are priced at"),
    ("that cost more than", "listed at more than|retailing above|retailing over|listed above|listed over"
     "|that are priced above|that are priced over|that cost upwards of|that cost north of|that cost in excess of"),
    ("that cost less than", "listed at less than|retailing below|retailing under|listed below|listed under"
     "|that are priced below|that are priced under"),
    ("heaviest", "weightiest|most heavy"),
    ("lightest", "least heavy|most lightweight"),
    ("heavier than", "weightier than|more heavy than"),
    ("lighter than", "less heavy than"),
    ("longest", "lengthiest|most drawn out|most time consuming|most prolonged"),
    ("shortest", "briefest|least time consuming|most brief"),
    ("fastest", "quickest|speediest|swiftest|most rapid"),
    ("slowest", "least fast"),
    ("longer than", "lengthier than"),
    ("shorter than", "briefer than|quicker than"),
    ("that took", "that went on for|that ran for|which went on for|which ran for"),
    ("largest", "most spacious|roomiest|hugest|most sizeable|most sizable|most massive"),
    ("smallest", "tiniest|littlest|least spacious|most cramped|most compact|pokiest|teeniest"),
    ("larger than", "more sizeable than"),
    ("smaller than", "tinier than|littler than"),
    ("oldest", "eldest|most elderly|most aged|longest established|longest standing"),
    ("best performing", "most successful|highest performing"),
    ("worst performing", "least successful|lowest performing|least performing|poorest performing"),
    ("most profitable", "most lucrative|profit making most"),
    ("least profitable", "least lucrative"),
    ("most popular", "most in demand|most sought after|most wanted|most asked for"),
    ("worth more than", "worth upwards of|worth in excess of|valued at more than|valued above|valued over"
     "|to the value of more than|to the value of over|worth north of"),
    ("worth less than", "valued at less than|valued below|valued under|to the value of less than"),
    ("bought something", "shopped with us|shopped here|did business with us|spent money with us|spent any money with us"
     "|did their shopping with us|spent something with us|bought from us|bought with us"),
    ("how much did we earn", "how much money did we earn|how much money did we gross"),
    ("sqm", "square metres|square meters|square metre|square meter"),
    ("sqft", "square feet|square foot"),
)  # fmt: skip

# What the prompt must know for a phrase that is no name itself.
PAID, MOST = "with a salary of", "made the most revenue"
NEEDED: dict[str, str] = {
    PAID: "salary|wage", "best paid": "salary|wage", "lowest paid": "salary|wage", "with a weight of": "weight",
    "by brand": "brand", "per brand": "brand", MOST: "revenue",
}  # fmt: skip
COMPARING = ("more", "over", "less", "under", "above", "below", "at", "between", "exceeding", "upwards", "exactly")
PLAIN = 2  # forms of a verb that may be a noun as well
DOING = ("did", "do", "does", "to", "not", "we", "they", "who", "that")
SURE, UNBOUND = 2, 1  # what the prompt has, and what every prompt understands

# Forms of verbs that are not built by rule: the past, and the participle where it is another.
PAST: dict[str, str] = {
    "take": "took taken", "bring": "brought", "come": "came come", "become": "became become", "begin": "began begun",
    "leave": "left", "quit": "quit", "give": "gave given", "shut": "shut", "set": "set", "get": "got",
    "go": "went gone", "deal": "dealt", "wind": "wound", "draw": "drew drawn", "run": "ran run",
    "break": "broke broken", "arise": "arose arisen", "send": "sent", "write": "wrote written", "pay": "paid",
    "throw": "threw thrown", "sell": "sold", "put": "put", "make": "made", "let": "let", "see": "saw seen",
    "win": "won",
}  # fmt: skip
DOUBLED = frozenset(
    ("drop", "stop", "ship", "crop", "submit", "log", "wrap", "let", "shut", "set", "get", "put", "run", "quit",
     "begin", "win")
)  # fmt: skip
EITHER = ("on", "in", "off", "over", "out", "up", "down", "with", "through")
BEHIND = frozenset(
    ("in", "during", "since", "this", "last", "before", "after", "between", "by", "per", "each", "and", "or", "the",
     "from", "throughout", "as")
)  # fmt: skip
COUNTED = (("how", "many"), ("number", "of"), ("count", "of"), ("numbers", "of"))


def in_plain_words(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, what the prompt does not know as the words by which it calls it."""
    ways, sizes = _ways(), _sizes()
    tokens = _compounds(list(tokens), known)
    tables = _tables(tokens, known)
    said: list[Token] = []
    i = 0
    while i < len(tokens):
        size, plain = 0, ""
        for n in sizes.get(tokens[i].word, ()):
            run = tokens[i : i + n]
            if len(run) < n or (found := ways.get(tuple(t.word for t in run))) is None:
                continue
            if any(t.quoted for t in run) or any(t.breaks for t in run[1:]) or _part_of_name(tokens, i, n, known):
                continue
            meant = [m for kind, plains in found if (m := _meant(run, kind, plains, tokens, i, tables, known))[0]]
            best = max((sure for sure, _ in meant), default=0)
            plainest = list(dict.fromkeys(p for sure, p in meant if sure == best))
            if len(plainest) == 1 or (plainest and best == UNBOUND):
                size, plain = n, plainest[0]
                break
        said += reworded(tokens[i], plain) if size else [tokens[i]]
        i += size or 1
    return said


def _meant(
    run: Sequence[Token], kind: str, plains: Said, tokens: Sequence[Token], i: int, tables: set[str], known: Vocabulary
) -> tuple[int, str]:
    """What the prompt calls it, if it has a word for it and none for the way it was said; and how sure that is."""
    behind = tokens[i + len(run) : i + len(run) + 1]
    if kind == "always":
        return (0, "") if _is_named(tuple(t.stem for t in run), known) else (SURE, plains[0])
    if kind == "plain verb":  # `did we post`, and not `the post`
        if not any(t.word in DOING for t in tokens[max(0, i - 3) : i]):
            return 0, ""
        kind = "verb"
    if kind == "verb" and not _ends(run, behind):
        return 0, ""
    if plains[0] == PAID and not _of_pay(run, tokens[i - 1 : i] if i else [], behind):
        return 0, ""
    if plains[0] == MOST and behind and not behind[0].breaks and behind[0].word not in BEHIND:
        return 0, ""
    if _said_here(run, kind, tables, known):
        return 0, ""
    own = [(sure, p) for p in plains if (sure := _there(p, kind, tables, known))]
    return max(own, key=lambda o: o[0], default=(0, ""))


def _of_pay(run: Sequence[Token], before: Sequence[Token], behind: Sequence[Token]) -> bool:
    """`earning more than` is about pay where people do."""
    people = run[0].word == "who" or any(t.stem in _PEOPLE for t in before)
    return people and any(t.word in COMPARING for t in behind)


def _part_of_name(tokens: Sequence[Token], i: int, n: int, known: Vocabulary) -> bool:
    """Whether the prompt has a longer name of which the words are a part: `tuition income`."""
    spans = ((a, b) for a in range(max(0, i - 2), i + 1) for b in range(i + n, i + n + 3) if b - a > n)
    return any(_is_named(tuple(t.stem for t in tokens[a:b]), known) for a, b in spans)


def _ends(run: Sequence[Token], after: Sequence[Token]) -> bool:
    """`take on` with nothing behind that `on` belongs to: not `take on Mondays`."""
    open_end = len(run) > 1 and run[-1].word in ("on", "in", "over", "through", "with", "to", "of")
    return not open_end or not after or after[0].breaks or after[0].word in BEHIND


def _is_named(stems: Said, known: Vocabulary) -> bool:
    return any(r.score >= 0.8 for r in known.phrases.get(stems, ()))


def _said_here(run: Sequence[Token], kind: str, tables: set[str], known: Vocabulary) -> bool:
    """Whether the prompt itself says it so."""
    stems = tuple(t.stem for t in run)
    if len(run) > 1:
        telling = [t for t in run if t.word not in PREPOSITIONS and t.word not in EITHER]
        return _is_named(stems, known) or (kind != "phrase" and all(_word_known(t, known) for t in telling))
    token = run[0]
    readings = known.phrases.get(stems, ())
    if kind == "verb":
        events = known.events.get(token.stem, ())
        there = {r.table for r in (*readings, *events) if not r.table.lower().rstrip("s").endswith("ment")}
        return bool(there & tables if tables else there)
    if token.word.removesuffix("s").endswith("er") and token.word not in known.spellings:
        return any(token.word.removesuffix("s") in str(r) for r in readings)  # a `purchaser` is no `purchase`
    return any(r.score >= 0.5 for r in readings)


def _word_known(token: Token, known: Vocabulary) -> bool:
    return (token.stem,) in known.phrases or token.stem in known.events


def _there(plain: str, kind: str, tables: set[str], known: Vocabulary) -> int:
    """How surely the prompt has the plain word: of a verb or a state, for the rows that the question is about."""
    stems = phrase(plain)
    readings: Sequence[Reading] = known.phrases.get(stems, ())
    if kind == "verb":
        there = {r.table for r in (*readings, *known.events.get(stems[-1], ()))}
        bound = bool(there & tables) if tables else bool(there)
        return SURE if bound else UNBOUND if not there and (plain in _BEGINNINGS or plain in _HAPPENING) else 0
    if plain in NEEDED:
        return SURE if any((stem(w),) in known.phrases for w in NEEDED[plain].split("|")) else 0
    if states := {r.table for r in readings if r.kind == "flag"}:
        return SURE if not tables or states & tables else 0
    readings = [r for r in readings if r.kind != "value"]
    return SURE if any(r.score >= (0 if len(stems) > 1 else 0.8) for r in readings) else 0


def _tables(tokens: Sequence[Token], known: Vocabulary) -> set[str]:
    """The tables whose rows the question names."""
    nouns = (t for t in tokens if not t.word.endswith("ed"))
    return {r.table for t in nouns for r in known.phrases.get((t.stem,), ()) if r.kind == "table" and r.score >= 0.6}


def _compounds(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`how many customer orders` counts orders: what each of them belongs to anyway is said in front."""
    for i in range(2, len(tokens) - 1):
        one, rows = tokens[i], tokens[i + 1]
        if (tokens[i - 2].word, tokens[i - 1].word) not in COUNTED or rows.breaks or one.quoted or rows.quoted:
            continue
        if one.word.endswith("s") or not rows.word.endswith("s") or (one.stem, rows.stem) in known.phrases:
            continue
        said = known.phrases.get((one.stem,), ())
        owners = {r.table for r in said if r.kind == "table" and r.score >= 0.85}
        events = known.events.get(rows.stem, ())
        named = {r.table for r in (*known.phrases.get((rows.stem,), ()), *events) if r.kind in ("table", "event")}
        keys = known.prompt.schema.outward
        parents = {k.to_table for t in named for k in keys.get(t, ())}
        own = {r.table for r in said if r.kind == "column" and r.column and r.column.kind == "text" and r.score == 1}
        belongs = (owners and owners <= parents and not owners & named) or (not owners and own and own <= named)
        if named and belongs and not any(len(words) > 1 for words in _values(known, one.stem)):
            return [*tokens[:i], *tokens[i + 1 :]]
    return tokens


def _values(known: Vocabulary, word: str) -> list[Said]:
    """Values of which the word is a part: `In-store`."""
    return [p for p in known.phrases if word in p and any(r.kind == "value" for r in known.phrases[p])]


def _forms(verb: str) -> tuple[str, str, str, str, str]:
    """A verb, with `s`, its past, its participle, with `ing`; what follows it stays."""
    first, *rest = verb.split()
    tail = " ".join(["", *rest])
    stop = first + first[-1] if first in DOUBLED else first
    soft = first[-1] == "y" and first[-2] not in "aeiou"
    past = stop + "d" if first[-1] == "e" else first[:-1] + "ied" if soft else stop + "ed"
    told = PAST.get(first, past).split()
    third = first[:-1] + "ies" if soft else first + ("es" if first.endswith(("s", "sh", "ch", "x", "o")) else "s")
    going = (first[:-1] if first[-1] == "e" and first[-2:] != "ee" else stop) + "ing"
    return first + tail, third + tail, told[0] + tail, told[-1] + tail, going + tail


def _many(noun: str) -> str:
    """The plural, of what stands in front of `of`."""
    words = noun.split()
    head = words.index("of") - 1 if "of" in words else len(words) - 1
    word = words[head]
    ending = "es" if word.endswith(("s", "sh", "ch", "x")) else "s"
    words[head] = word[:-1] + "ies" if word[-1] == "y" and word[-2] not in "aeiou" else word + ending
    return " ".join(words)


def _entries() -> Iterator[tuple[str, str, Said]]:
    for plain, ways in NOUNS:
        plains = plain.split("|")
        for way in ways.split("|"):
            yield "noun", way, tuple(p for p in plains if p != way)
            yield "noun", _many(way), tuple(_many(p) for p in plains if p != way)
    for plain, ways in VERBS:
        for way in ways.split("|"):
            forms = list(zip(_forms(way), _forms(plain), strict=True))
            for k, (said, meant) in enumerate(forms):
                if said in (later for later, _ in forms[k + 1 :]):
                    continue  # `shut` is what was shut
                if k < PLAIN or k < len(forms) - 1 or " " in way:  # no `starting with the newest`
                    yield "verb" if k >= PLAIN or " " in way else "plain verb", said, (meant,)
    for kind, table in (("phrase", PHRASES), ("always", ALWAYS)):
        for plain, ways in table:
            for way in ways.split("|"):
                yield kind, way, tuple(p for p in plain.split("|") if p != way)


@lru_cache(maxsize=1)
def _ways() -> dict[Said, list[tuple[str, Said]]]:
    found: dict[Said, list[tuple[str, Said]]] = {}
    for kind, way, plains in _entries():
        found.setdefault(tuple(way.split()), []).append((kind, plains))
    return found


@lru_cache(maxsize=1)
def _sizes() -> dict[str, tuple[int, ...]]:
    """By their first word, how many words such ways have, the longest first."""
    sizes: dict[str, set[int]] = {}
    for way in _ways():
        sizes.setdefault(way[0], set()).add(len(way))
    return {first: tuple(sorted(ns, reverse=True)) for first, ns in sizes.items()}


_PEOPLE = stems(" ".join(PEOPLE))
_BEGINNINGS = BEGINNINGS | {"acquires", "joins", "joining", "hires", "hiring"}
_HAPPENING = frozenset(("happen", "happens", "happened", "happening", "earn", "earns", "earned", "earning"))
