"""The everyday English that the SQL writer knows. Data only; nothing here belongs to one database."""

from __future__ import annotations


def word_set(words: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(words.split())


_FIRST = ("{} first", "{} one first", "{} ones first", "{} on top", "{} at the top", "put the {} on top",
          "put the {} first", "starting with the {}", "starting from the {}", "beginning with the {}",
          "beginning with the very {}", "starting with the very {}")  # fmt: skip


def _coming_first(words: str) -> str:
    """Every way to say that what is so comes first."""
    return "|".join(way.format(word) for word in words.split() for way in _FIRST)


_BESIDE = ("against", "compared to", "compared with", "over", "versus", "vs", "relative to")
_EARLIER = ("the {} before", "the {} before it", "the previous {}", "previous {}", "the prior {}", "the preceding {}")
_ONWARDS = ("from one {0} to the next", "from one {0} to another", "from each {0} to the next",
            "from {0} to the next {0}", "from every {0} to the next",
            "from {0} to {0}", "{0} over {0}", "{0} on {0}", "{0} to {0}", "each {0} compared to the previous {0}",
            "against the {0} just before")  # fmt: skip


def _step_by_step(unit: str) -> str:
    """Every way to set a month, or what else the unit is, against the one before it."""
    before = [f"{beside} {way.format(unit)}" for beside in _BESIDE for way in _EARLIER]
    return "|".join([*(way.format(unit) for way in _ONWARDS), *before])


# Operators: the words that ask for something to be done. Longest phrase first wins.
OPERATORS: dict[str, str] = {
    "count": "headcount|how many|number of|total number of|count of|total count of|a count of|numbers of|count|no of"
    "|number|numbers|distribution of|breakdown of|headcount of",
    "how much": "how much money|how much|what are they worth|what is it worth|how much are they worth"
    "|how much is it worth",
    "sum": "add up|adds up to|add up to|summed up|total|totals|total amount of|amount of|total value of|sum of"
    "|sum|overall|altogether|in total"
    "|combined|in all|all together|grand total|total sum of|entire|whole",
    "avg": "average|averages|avg|mean|on average|typical|average value of|averaged",
    "median": "median",
    "distinct": "distinct|different|unique|various|separate",
    "by": "by|per|across|under each|under every|among each|"
    "grouped by|group by|broken down by|split by|broken out by|for every|for each"
    "|in each|in every|at each|at every|from each|from every|within each|each|every|wise"
    "|depending on|breakdown by|through each|via each|for all the different|of each|of every|to each|on each"
    "|differ between|differ by|differ across|vary between|vary by|vary across"
    "|with each|among the different|over each|spread over|spread across|distributed over|divided over"
    "|divided between|divided among|distributed across"
    "|distributed by|distributed among|split between|split over|split across|separately for|counted per|counted by"
    "|sliced by|segmented by|itemised by|itemized by|shown by|shown per|displayed by|displayed per|presented by"
    "|presented per|aggregated by|aggregated per|summarised by|summarized by|summarised per|summarized per"
    "|rolled up by|rolled up per|totalled by|totaled by|totalled per|tallied by|tallied per|grouped per|grouped on"
    "|grouped according to|grouped into|classified by|categorised by|categorized by|partitioned by|analysed by"
    "|analyzed by|detailed by|differentiated by|allocated by|apportioned by|split up by|split out by|split per"
    "|split into|split up into|broken up by|broken up into|broken into|broken down into|broken down per"
    "|broken down for each|separated by|separated into|divided up by|divided into|separately by|separately per"
    "|separately for each|separately for every|individually by|individually for each|individually per|one line per"
    "|one line for each|a line per|a line for each|one row per|one row for each|a row per|a row for each"
    "|with one row per|with one line per|with one line for each|with one row for each|one number per|one figure per"
    "|a number per|a figure per|a number for each|one number for each|with a breakdown by|with a split by"
    "|a breakdown by|a split by|on the level of|at the level of|subdivided by|subdivided into|sorted into"
    "|for the different|for the various|for the individual|in the different|in the various|in the individual"
    "|for each separate|for each individual|by individual|itemised per|itemized per|across all the|across the different"
    "|across the various|over all the|as a function of|in function of",
    "top": "top|best|leading|highest ranking|biggest|strongest|best performing|top performing|number one",
    "bottom": "bottom|worst|lowest ranking|poorest|weakest|worst performing",
    "most": "most|highest|largest|greatest|maximum|max|highest number of|most number of|largest number of"
    "|greatest number of|highest count of|maximum number of|highest total",
    "least": "least|lowest|smallest|fewest|minimum|min|least number of|lowest number of|fewest number of"
    "|smallest number of|minimum number of",
    "frequent": "most common|most frequent|most often|commonest|main|most commonly|most frequently|most usual",
    "infrequent": "least common|least frequent|rarest",
    "popular": "most popular|most used|most favored|favorite|favourite|favorites|favourites|best loved|most loved",
    "unpopular": "least popular|least used",
    "best selling": "best selling|top selling|bestselling|most sold|most purchased|most bought|hottest selling"
    "|best sold|most ordered",
    "worst selling": "worst selling|least sold|slowest selling|least purchased|least bought",
    ">": ">|more than|over|above|greater than|exceeding|exceeds|exceed|exceeded|higher than|bigger than"
    "|beyond|larger than|longer than|older than|in excess of|upwards of",
    "<": "<|less than|fewer than|under|below|lower than|smaller than|shorter than|younger than",
    ">=": ">=|at least|no less than|no fewer than|minimum of|a minimum of|not less than|not fewer than",
    "<=": "<=|at most|no more than|up to|maximum of|a maximum of|not more than",
    "=": "=|exactly|equal to|equals|precisely",
    "or more": "or more|or above|or higher|or over|or greater|and above|and over|and up",
    "or less": "or less|or fewer|or below|or lower|or under|and below|and under",
    "between": "between",
    "not": "neither|yet to|have yet to|has yet to|not|never|no|without|except|excluding|except for|other than"
    "|apart from|non|exclude|lack|lacks|lacking|but not|rather than|aside from|zero|not any"
    "|none of|outside of|outside|besides|excluded",
    "share": "what percentage of|what percent of|what share of|what proportion of|what fraction of"
    "|what portion of|portion of|percentage of|percent of|share of|proportion of|fraction of"
    "|percentage share of|percentage|percent|proportion|share|fraction|pct of|percentages of"
    "|shares of|contribution of|contribution to|how many percent",
    "growth": "relative change|gain or lose|gained or lost|rise or fall|rose or fell|risen or fallen|grow or shrink"
    "|grew or shrank|increase or decrease|increased or decreased|against the previous one"
    "|against the one before|against the one before it|compared to the previous one"
    "|compared with the previous one|compared to the one before|over the one before|growth rate"
    "|growth|grow|grown|grew|growing|increase|changed|changing|percentage change"
    "|percent change|change|changes|rate of change|evolution rate|go up|went up|gone up|go down|went down|gone down"
    "|up or down",
    "difference": "difference in|difference of|difference between|difference|how much more|how many more"
    "|how much less|how many fewer|how much higher|how much lower",
    "mom": _step_by_step("month") + "|vs last month|mom|monthly growth in|monthly growth|month by month change",
    "yoy": _step_by_step("year") + "|yoy|annual growth in|annual growth|yearly growth",
    "qoq": _step_by_step("quarter") + "|qoq|quarterly growth",
    "running": "accumulate|accumulates|accumulating|build up|builds up|built up|cumul|as we go along|as we go"
    "|as the year goes on|as time goes on|as the months go by|running total of|running total|cumulative"
    "|cumulative total of|cumulative total|cumulative sum of|cumulative sum|running sum of|running sum"
    "|running|accumulated|cumulated|cumulate|cumulates|cumulating|pile up|piles up|piled up|piling up|progressively"
    "|as it piles up",
    "compare": "side by side|next to each other|next to one another|stand against|stands against|stack up against"
    "|compare|comparison of|comparison between|comparison|versus|compared to|compared with|vs"
    "|against|comparing|relative to|contrast|as opposed to|in comparison to",
    "sort": "sorted by|ordered by|order by|sort by|ranked by|in order of|rank by|sorted from|ranked"
    "|sorted|ordered from|order the results by|sort the results by|order the result by|sort the result by"
    "|order results by"
    "|sort results by|order them by|sort them by|sort|arranged by|order the rows by|arrange by|sort it by",
    "ratio": "ratio of|ratio|ratios of",
    "divide": "divided by",
    "desc": "sort from the highest to the lowest"
    "|from the highest to the lowest|from the most to the least"
    "|best to worst|top first|descending|in descending order|from highest to lowest|highest to lowest|descending order"
    "|high to low|from most to least|largest to smallest|from high to low|from the top down"
    "|" + _coming_first("highest largest biggest most best strongest"),
    "asc": "from the lowest to the highest|from the smallest to the largest|ascending|in ascending order"
    "|from lowest to highest|lowest to highest|ascending order"
    "|worst to best|from the bottom up"
    "|low to high|alphabetically|alphabetical order|smallest to largest"
    "|in alphabetical order|from low to high|ordered alphabetically|sorted alphabetically"
    "|" + _coming_first("lowest smallest fewest least worst weakest"),
    "latest": "latest|last",
    "earliest": "earliest|first|least recent",
    "list": "list|break down|break out|show|give|display|return|get|find|identify|which|what|who|whom"
    "|whose|examine|print|what kind of|what kinds of|what type of|what types of|which kind of"
    "|which types of|plot|graph|visualize|visualise|chart|draw|see|view|present|tell|provide"
    "|report|fetch|retrieve|select|enumerate|pull|select all|determine|calculate|compute|list all"
    "|show all|show me all|give me all|display all|get all|find all|see all|view all|return all|list every"
    "|show me every|list out|plot out|graph out|names of|show me|look up|map out|lay out",
    "when": "when",
    "where": "where",
    "times": "times|how often",
    "both": "both",
    "trend": "trend of|trend|trends|over the years|over the months|through the years|over time|evolution of"
    "|development of|develop|evolve|developed|evolved",
    "and": "and also|and|but|as well as|along with|plus|together with|&|alongside",
    "or": "or|either|nor",
    "more": "more|higher|greater|bigger|less|fewer",
    "busiest": "busiest",
    "quietest": "quietest|least busy",
}  # fmt: skip

OPERATOR_OF: dict[str, str] = {phrase: name for name, phrases in OPERATORS.items() for phrase in phrases.split("|")}

# Words that carry no meaning of their own in a question, once operators have had their turn.
GLUE = word_set(
    """
    a an the our we us i you your my me it its they them their he she this that these those there here is
    are was were be been being am do does did done doing has have had having can could would should shall
    may might must will please kindly of in on at for from to with into onto within during as than then so
    also too just only now ever yet all any some each such respectively if how make made makes making place
    placed places placing get got gets getting go went gone take taken took come comes came coming happen
    happened occur occurred occurring record recorded records perform performing performed performance
    generate generated generates generating achieve achieved contribute contributed contributes contributing
    account accounts accounted accounting bring brought brings see saw seen exist exists existing want 
    need know let help look looking produce produced receive received company companys business organisation
    organization firm database dataset data figure figures info information details detail result results
    value values list lists respect terms term regarding overview summary ours one ones currently current
    today date dates about while far still entire total actual actually really exactly basically thing things way using
    use used based per according up out down off over given give across between among amongst amount amounts
    who what which when belong belongs belonging located situated consist fall falls hello hi hey thanks
    thank anything anyone something write writes wrote written own owns owned offer offers offered contain
    contains contained include includes included carry carries carried stock stocks live lives living vary
    varies anybody somebody someone everybody everyone everything system itself themselves year's each's etc
    respective level wise show
    """
)
# Of these the ones that never say what kind of rows are meant, though a value be called so.
FUNCTION_WORDS = word_set(
    """
    there these those their could would should shall might please within during among amongst between across given
    based using used according anything something anybody somebody everybody everyone everything itself themselves
    someone anyone still which where having taken makes about while
    """
)
# How amounts move, where the prompt itself has no such word: a state `Declined`, a season `Fall`.
MOVES = word_set(
    """
    fall fell fallen falls falling drop dropped drops dropping decline declined declining declines decrease decreased
    decreases decreasing rise rose risen rises rising shrink shrank shrunk shrinking increased increases increasing
    improved improve improves improving climb climbed climbs climbing soar soared jump jumped surge surged slump slumped
    grows expand expanded differ differed differs
    """
)
# Nouns among the glue that are meant where they are asked for: `for which company`.
GLUE_NOUNS = word_set(
    "company companies business businesses organisation organization firm account accounts stock stocks record"
)
# Glue where the prompt knows nothing of the name: `papers published in 2020`, `the corresponding number`.
NEUTRAL = word_set(
    """
    manage manages managed lived handle handles handled
    published presented posted associated corresponding relevant reported issued involving involved involves related
    linked attached containing featuring showing following provided conducted counts named called including operate
    operates operating served serve serves reside resides residing whole answer final considered lies lie single
    individual public direct books assortment range mix charged counted work table tables column columns via through
    together differ differs well conducts approximately roughly specific particular certain overall
    grant grants granted reach reaches reached listed gave given gives give assigned asked awarded contacted
    listened handed dealt entries
    """
)
# These are glue too, but clauses look at them first.
PREPOSITIONS = word_set("of in on at for from to with by than who that whose which among within")
# What kinds of items only join others together.
JOINING_KINDS = PREPOSITIONS | {"glue"}

# And these are glue even where a table or column is called so.
NEVER_LINKED = word_set(
    """
    a an the our we us i you your my me it its they them is are was were be been being am do does did have has
    had having database show
    """
)

PASSIVE = word_set("was were been being are is be get got")

IRREGULAR: dict[str, str] = {
    "sold": "sell", "bought": "buy", "spent": "spend", "paid": "pay", "made": "make", "people": "person",
    "lent": "lend", "men": "man", "women": "woman", "children": "child", "written": "write", "wrote": "write",
    "taught": "teach", "ran": "run", "sent": "send", "held": "hold", "born": "birth", "flew": "fly",
    "flown": "fly", "staffs": "staff", "criteria": "criterion", "left": "leave", "drove": "drive",
    "driven": "drive", "rode": "ride", "ridden": "ride",
    "worn": "wear", "wore": "wear", "broken": "break", "broke": "break", "stolen": "steal", "stole": "steal",
    "chosen": "choose", "caught": "catch", "fed": "feed", "bred": "breed", "eaten": "eat",
    "fewest": "few", "won": "win", "lost": "lose", "given": "give", "sung": "sing", "built": "build",
    "good": "nice", "diagnoses": "diagnosis", "analyses": "analysis", "shipped": "ship", "brought": "bring",
    "earned": "earn",
    "met": "meet", "kept": "keep", "chose": "choose", "rented": "rent", "taken": "take", "took": "take",
    "found": "find", "quit": "quit", "began": "begin", "begun": "begin",
}  # fmt: skip

# Short for a word, in the names of columns above all.
ABBREVIATIONS: dict[str, str] = {
    "acct": "account", "addr": "address", "amt": "amount", "avg": "average", "bal": "balance", "cd": "code",
    "cnt": "count", "cust": "customer", "dept": "department", "desc": "description", "dist": "district",
    "dob": "birth", "dt": "date", "dur": "duration", "emp": "employee", "freq": "frequency", "grp": "group",
    "hrs": "hours", "ht": "height", "ins": "insurance", "lang": "language", "loc": "location", "lvl": "level",
    "mgr": "manager", "msg": "message", "mth": "month", "nbr": "number", "nm": "name", "num": "number",
    "org": "organization", "pct": "percent",
    "prod": "product", "qtr": "quarter", "qty": "quantity", "reg": "registration", "spec": "specialty",
    "svc": "service", "tel": "telephone", "tot": "total", "ts": "time", "tx": "transaction", "txn": "transaction",
    "usr": "user", "val": "value", "vol": "volume", "wk": "week", "wt": "weight", "yr": "year",
    "adr": "address", "appt": "appointment", "bldg": "building", "ccy": "currency", "cntry": "country", "crs": "course",
    "ctry": "country", "descr": "description", "equip": "equipment", "flg": "flag", "hgt": "height", "len": "length",
    "maint": "maintenance", "mbr": "member", "ord": "order", "pmt": "payment", "prc": "price", "pts": "points",
    "pymt": "payment", "qnty": "quantity", "rgn": "region", "sal": "salary", "sched": "schedule", "strt": "start",
    "sts": "status", "stu": "student", "supp": "supplier", "tm": "time", "typ": "type", "veh": "vehicle",
    "wgt": "weight", "whse": "warehouse",
}  # fmt: skip

# Short for a word in a question that is typed in haste, where the prompt knows the word and not the short form.
TYPED_SHORT: dict[str, str] = {
    "rev": "revenue", "sub": "subscriber|subscription", "hr": "hour", "min": "minute", "sec": "second",
    "mgmt": "management", "trx": "transaction", "tran": "transaction", "txn": "transaction", "inv": "invoice",
    "cat": "category", "temp": "temperature", "pop": "population", "appt": "appointment", "ppl": "people",
    "uni": "university", "prof": "professor", "mkt": "market", "mktg": "marketing", "acq": "acquisition",
    "promo": "promotion", "app": "application", "doc": "doctor", "vet": "veterinarian", "lic": "license|licence",
    "approx": "approximately", "exp": "expense", "proj": "project", "dev": "developer", "rep": "representative",
    "util": "utilization|utilisation", "avail": "available", "req": "request", "resp": "response",
    "del": "delivery", "deliv": "delivery", "pkg": "package", "prop": "property", "rd": "road", "st": "street",
    "tix": "ticket", "med": "medicine|medication", "meds": "medicine|medication", "cty": "city|county", "yr": "year",
    "mfr": "manufacturer", "mat": "material", "comm": "commission", "disc": "discount", "ret": "return",
    "ship": "shipment",
}  # fmt: skip

# What people say for one plain word.
_BIG, _BE = ("big", "large", "great", "high", "small"), ("is", "was")
_PARTS = ("share", "percentage", "proportion", "fraction", "part", "portion")
IDIOMS: dict[str, str] = {
    "runs out": "expires", "run out": "expire", "ran out": "expired", "came back": "returned",
    "come back": "returned", "brought back": "returned", "bring back": "returned",
    "comes back": "returned", "coming back": "returned", "brings back": "returned", "because of": "for",
    "because": "for", "due to": "for", "sent back": "returned", "given back": "returned", "gave back": "returned",
    "would like": "want", "d like": "want", "i like": "want", "look like": "look", "looks like": "look",
    "most cheap": "cheapest", "most old": "oldest", "most new": "newest", "dont": "not", "doesnt": "not",
    "didnt": "not", "e mail": "email", "e mails": "emails", "adress": "address",
    "havent": "not", "hasnt": "not", "hadnt": "not", "wasnt": "not", "werent": "not",
    "isnt": "not", "arent": "not", "w o": "without", "twice": "two times", "more than one": "more than 1",
    "at least one": "at least 1", "exactly one": "exactly 1", "only one": "exactly 1", "just one": "exactly 1",
    "more than once": "more than 1 times", "exactly once": "exactly 1 times", "only once": "exactly 1 times",
    "just once": "exactly 1 times", "at least once": "at least 1 times",
    "at present": "currently", "at the moment": "currently", "right now": "currently", "presently": "currently",
    "still here": "currently", "still with us": "currently", "still employed": "currently",
    "still working": "currently", "still works": "currently", "still work": "currently",
    "no longer": "formerly", "not any longer": "formerly", "not any more": "formerly", "not anymore": "formerly",
    "until now": "ever", "up to now": "ever", "till now": "ever", "so far": "ever",
    "do not count": "excluding", "without counting": "excluding",
    "the eighties": "1980s", "the nineties": "1990s", "the seventies": "1970s", "the sixties": "1960s",
    "left out": "excluded", "not counted": "excluded", "not included": "excluded", "set aside": "excluded",
    "look after": "have", "take care of": "have",
    "pls": "please", "plz": "please", "lst": "last", "yr": "year", "yrs": "years", "qtr": "quarter", "qtrs": "quarters",
    "mth": "month", "mths": "months", "wk": "week", "wks": "weeks", "nr of": "number of", "no of": "number of",
    "nobody": "never", "no one": "never", "noone": "never", "nothing": "not", "none": "not", "not counting": "not",
    "not including": "not", "leaving out": "not",
    "leave out": "not", "ignoring": "not", "what part of": "what share of", "what part": "what share",
    "excl": "excluding", "incl": "including", "nr": "number", "nrs": "numbers", "# of": "number of", "#": "number of",
    "yesterdays": "yesterday", "todays": "today", "last years": "last year", "this years": "this year",
    "last months": "last month", "this months": "this month", "last quarters": "last quarter", "hrs": "hours",
    "mins": "minutes", "secs": "seconds",
    "what number of": "how many", "price reductions": "discounts", "price reduction": "discount",
    "price cuts": "discounts", "price cut": "discount",
    "opened its doors": "opened", "opened their doors": "opened", "whose doors opened": "opened",
    "turn over": "earn", "turned over": "earned", "turns over": "earns",
    "anything but": "not", "everything but": "except", "all but": "except", "anything other than": "other than",
    "anything except": "except", "everything except": "except", "nothing but": "only", "and no other": "only",
    "name them": "list them", "name these": "list these", "name those": "list those",
    "which ones": "list them", "thinnest": "lowest", "slimmest": "lowest",
    "lowest priced": "cheapest", "highest priced": "dearest",
    "on top": "first", "at the top": "first", "at top": "first", "to the top": "first", "up top": "first",
    "1st": "first", "up until now": "so far",
    "way of paying": "payment method", "ways of paying": "payment methods", "way of payment": "payment method",
    "ways of payment": "payment methods",
    "which part of": "what share of",
    "called off": "cancelled", "call off": "cancel", "calls off": "cancels", "calling off": "cancelling",
    "bought nothing": "never bought anything", "purchased nothing": "never bought anything",
    "ordered nothing": "never ordered anything", "buy nothing": "never buy anything",
    "never shopped with": "never bought from", "never shopped here": "never bought anything",
    "went wrong": "failed", "go wrong": "failed", "goes wrong": "failed", "gone wrong": "failed",
    "thru": "through", "nbr": "number", "approx": "approximately", "whats": "what", "hows": "how", "wheres": "where",
    "fell on": "were on", "fall on": "are on", "fell in": "were in", "fall in": "are in",
    **{f"how {big} a {part}": f"what {part}" for big in _BIG for part in _PARTS},
    **{f"how {big} {be} the {part}": f"what {part}" for big in _BIG for be in _BE for part in _PARTS},
}  # fmt: skip

# Words of one meaning. Used for a word that the prompt itself does not know.
SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("customer", "client", "buyer", "shopper", "patron", "consumer"),
    ("product", "item", "article", "merchandise", "goods"),
    ("store", "shop", "outlet", "branch"),
    ("order", "purchase", "sale", "transaction", "basket"),
    ("revenue", "sales", "turnover", "income", "earnings", "takings", "proceeds"),
    ("employee", "staff", "worker", "workforce", "personnel", "staffer", "colleague"),
    ("vendor", "supplier"),
    ("city", "town"),
    ("country", "nation"),
    ("region", "area", "territory"),
    ("doctor", "physician"),
    ("film", "movie"),
    ("quantity", "qty", "units", "pieces"),
    ("reason", "cause"),
    ("segment", "kind", "type"),
    ("category", "type", "kind"),
    ("teacher", "instructor", "lecturer"),
    ("course", "class"),
    ("invoice", "bill"),
    ("vehicle", "car"),
    ("salary", "wage", "pay"),
    ("price", "cost"),
    ("refund", "reimbursement", "payback"),
    ("department", "division"),
    ("manager", "boss", "supervisor"),
    ("member", "subscriber"),
    ("user", "account holder"),
    ("genre", "category"),
    ("appointment", "visit", "consultation"),
    ("loan", "checkout", "borrowing"),
    ("ticket", "case", "issue"),
    ("priority", "urgency", "severity"),
    ("rating", "score", "stars"),
    ("score", "points", "mark"),
    ("opening", "vacancy"),
    ("applicant", "candidate"),
    ("accident", "crash"),
    ("contract", "agreement"),
    ("photo", "picture"),
    ("title", "name"),
    ("duration", "length"),
    ("fee", "charge"),
    ("method", "mode", "means"),
    ("signup", "registration", "enrolment"),
    ("flight", "trip"),
    ("balance", "funds"),
    ("role", "position", "job"),
    ("gender", "sex"),
    ("brand", "label"),
    ("discount", "rebate", "markdown"),
    ("channel", "medium"),
    ("project", "initiative"),
    ("specialty", "speciality", "specialization"),
    ("population", "inhabitants", "residents", "people"),
    ("altitude", "elevation", "height"),
    ("advertising", "ad", "advertisement", "advert"),
    ("km", "kilometer", "kilometre"),
    ("kg", "kilo", "kilogram"),
    ("miles", "mi", "mile"),
    ("liter", "litre", "l"),
    ("ms", "millisecond"),
    ("successful", "succeeded"),
)

# Verbs and the nouns of the events that they make: whoever "buys" has a row in a table of sales or orders.
EVENTS: tuple[tuple[str, ...], ...] = (
    ("sell", "buy", "purchase", "order", "sale", "spend", "transaction"),
    ("return", "refund"),
    ("borrow", "loan", "lend", "checkout"),
    ("rent", "rental", "lease"),
    ("book", "booking", "reserve", "reservation"),
    ("enrol", "enroll", "enrolment", "enrollment"),
    ("pay", "payment"),
    ("visit", "appointment"),
    ("subscribe", "subscription"),
    ("prescribe", "prescription"),
    ("treat", "treatment"),
    ("admit", "admission"),
    ("attend", "attendance"),
    ("ship", "shipment"),
    ("deliver", "delivery"),
    ("complain", "complaint"),
    ("cancel", "cancellation"),
    ("apply", "application"),
    ("deploy", "deployment"),
    ("donate", "donation", "give", "gift"),
    ("review", "rate", "rating"),
    ("diagnose", "diagnosis"),
    ("assign", "assignment"),
    ("bill", "invoice"),
    ("fly", "flight"),
    ("play", "game", "match"),
    ("watch", "view"),
    ("login", "session"),
    ("raise", "file", "ticket"),
)
# What people do to what they have: whoever gave the most lessons has the most of them.
DOING = word_set(
    """
    gave give gives given held hold holds ran run runs taught teach teaches led lead leads hosted host hosts
    conducted conduct conducts organised organise organized organize did do does moved move moves
    """
)
REVENUE_WORDS = ("revenue", "sales", "turnover", "income", "earnings")
SPENDING_VERBS = word_set("spend earn make pay gain")
MONEY_VERBS = word_set("sell make earn bring take spend pay gain generate")

# "new customers", "joined", "signed up": the day somebody or something began.
BEGINNINGS = word_set(
    """
    new newly join joined signup sign register registered registration arrive arrived start started begin began
    acquire acquired acquiring win won gained hire hired open opened create created found founded launch
    launched add added onboard onboarded since enrol
    enroll enrolled enrolment enrollment established birth
    """
)

# What a date column may say happened then, each line the words for one thing: what begins something, what ends it,
# what does either, and what is only planned.
MOMENTS: dict[str, tuple[str, ...]] = {
    "begin": (
        "order place purchase buy sale sell", "create creation add", "open opening", "launch",
        "start begin beginning commence from",
        "hire join", "signup sign_up register registration enrol enroll enrolment enrollment", "borrow loan lend",
        "rent rental lease", "book booking reserve reservation", "report raise file log",
        "submit submission request apply application", "admit admission", "issue", "invoice bill", "list post publish",
        "check_in clock_in", "pick_up pickup",
    ),
    "either": (
        "ship shipment dispatch send", "approve approval", "assign assignment", "arrive arrival", "depart departure",
        "receive receipt",
    ),
    "end": (
        "deliver delivery", "close closing closure", "resolve resolution solve", "return",
        "end finish complete completion until to stop", "pay payment", "discharge", "fix repair", "cancel cancellation",
        "expire expiry expiration", "leave terminate termination exit", "settle settlement",
        "answer respond response reply", "graduate graduation", "decide decision", "check_out checkout clock_out",
        "drop_off dropoff",
    ),
    "plan": ("due", "expect estimate schedule plan promise target"),
}  # fmt: skip
SPANS = ("check_in check_out", "start end", "begin end", "from to", "open close", "hire leave",
         "admit discharge", "pick_up drop_off", "clock_in clock_out")  # fmt: skip
# And what is near enough where no date is called so: the resolution of what has a day of closing.
NEAR_ENDS = word_set("close closing closure resolve resolution solve fix complete completion finish")
STAYS = "admit check_in"
# How a question speaks of the time between two dates.
UNITS: dict[str, str] = {
    "second": "second", "seconds": "second", "minute": "minute", "minutes": "minute", "hour": "hour", "hours": "hour",
    "secs": "second", "min": "minute", "mins": "minute", "hr": "hour", "hrs": "hour",
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month",
    "year": "year", "years": "year",
}  # fmt: skip
TIME_WORDS = word_set("time duration delay lag")
WHOLES = word_set("turnaround lead cycle throughput processing handling")
# `closing time` is one of the day.
POINTS_IN_TIME = word_set("arrival departure opening closing end start check begin finish order")
TAKING = word_set("take takes took taken taking")
KEEPING = word_set(
    """
    last lasts lasted lasting stay stays stayed keep keeps kept wait waits waited waiting remain remains remained
    """
)
ARTICLES = word_set(
    "the a an its their his her our being it they he she was were is are been be get gets got getting having"
)
TIME_FILLERS = ARTICLES | word_set(
    """
    do does did has have had there usually typically normally generally pass passes passed elapse elapses elapsed in
    that needed required spent
    """
)
# How a question speaks of rates: ratios of two columns that have a name; columns that say what became of a row, and
# flags that do; things that happen to some of many; what leads to them.
RATIOS: dict[str, tuple[str, str]] = {
    "click through rate": ("clicks", "impressions"), "click rate": ("clicks", "impressions"),
    "ctr": ("clicks", "impressions"),
}  # fmt: skip
RATED_COLUMNS = word_set("status state outcome result stage disposition resolution progress approval decision")
RATED = word_set("late overdue active inactive default churn success successful fraud on time")
FAILURES = word_set("return refund cancellation cancel complaint claim dispute defect rejection")
LEADING_TO = word_set("led leads lead leading resulted results resulting result ended turned")
BEING_THERE = word_set("with us here the company our employed working a customer customers member members been for")
STAYING = word_set("here employed working work works worked around company aboard")
BIRTH = word_set("birth birthday birthdate born dob")
MADE = word_set("build built manufacture found establish install purchase acquire commission create open launch")

# Superlatives of a row: which columns they speak of, and whether the largest comes first.
ADJECTIVES: dict[str, tuple[str, bool]] = {
    "most expensive": ("price cost fee rate rent premium fare tariff amount", True),
    "priciest": ("price cost fee rate rent premium fare tariff amount", True),
    "costliest": ("price cost fee rate rent premium fare tariff amount", True),
    "dearest": ("price cost fee rate rent premium fare tariff amount", True),
    "cheapest": ("price cost fee rate rent premium fare tariff amount", False),
    "least expensive": ("price cost fee rate rent premium fare tariff amount", False),
    "oldest": ("birth born dob opened founded hire built build made bought purchase start signup joined created "
               "established launched date", False),
    "youngest": ("birth born dob opened founded built build", True),
    "newest": ("date opened founded hire built build made bought purchase start signup joined created launched", True),
    "latest": ("date at on", True),
    "most recent": ("date at on", True),
    "most recently": ("date at on", True),
    "earliest": ("date at on", False),
    "longest": ("duration length minutes hours days pages", True),
    "shortest": ("duration length minutes hours days pages", False),
    "heaviest": ("weight", True),
    "lightest": ("weight", False),
    "tallest": ("height", True),
    "largest": ("size capacity area population total amount beds seats employees headcount", True),
    "biggest": ("size capacity area population total amount beds seats employees headcount", True),
    "smallest": ("size capacity area population total amount beds seats employees headcount", False),
    "most valuable": ("value worth price amount", True),
    "least valuable": ("value worth price amount", False),
    "highest paid": ("salary wage pay", True),
    "best paid": ("salary wage pay", True),
    "lowest paid": ("salary wage pay", False),
    "highest rated": ("rating score stars", True),
    "best rated": ("rating score stars", True),
    "top rated": ("rating score stars", True),
    "lowest rated": ("rating score stars", False),
    "worst rated": ("rating score stars", False),
    "fastest": ("time duration", False),
    "slowest": ("time duration", True),
    "thickest": ("thickness pages", True), "fattest": ("thickness pages", True),
    "widest": ("width", True), "narrowest": ("width", False),
    "deepest": ("depth", True), "shallowest": ("depth", False),
    "worst paid": ("salary wage pay", False), "poorest paid": ("salary wage pay", False),
    "most costly": ("price cost fee rate rent premium fare tariff amount", True),
}  # fmt: skip
# And these where a table follows whose rows have such a column.
HEIGHTS = {"highest": "altitude elevation height", "lowest": "altitude elevation height",
           "largest": "area population size", "smallest": "area population size"}  # fmt: skip
WORTH = "worth value price amount total"
# Comparisons that name what they compare.
COMPARATIVES: dict[str, tuple[str, str]] = {
    "more expensive than": (">", "price cost fee rate rent premium fare tariff amount"),
    "pricier than": (">", "price cost fee rate rent premium fare tariff amount"),
    "costlier than": (">", "price cost fee rate rent premium fare tariff amount"),
    "cheaper than": ("<", "price cost fee rate rent premium fare tariff amount"),
    "less expensive than": ("<", "price cost fee rate rent premium fare tariff amount"),
    "heavier than": (">", "weight"),
    "lighter than": ("<", "weight"),
    "taller than": (">", "height"),
    "worth more than": (">", WORTH), "worth over": (">", WORTH), "worth at least": (">=", WORTH),
    "worth less than": ("<", WORTH), "worth under": ("<", WORTH), "worth at most": ("<=", WORTH),
    "longer than": (">", "length distance duration"),
    "shorter than": ("<", "length distance duration"),
    "more spacious than": (">", "area size"), "roomier than": (">", "area size"),
    "less spacious than": ("<", "area size"), "more compact than": ("<", "area size"),
    "faster than": ("<", "duration minutes"), "slower than": (">", "duration minutes"),
    "more valuable than": (">", WORTH), "less valuable than": ("<", WORTH),
    "thicker than": (">", "thickness pages"), "thinner than": ("<", "thickness pages"),
    "wider than": (">", "width"), "narrower than": ("<", "width"), "deeper than": (">", "depth"),
    "shallower than": ("<", "depth"), "higher rated than": (">", "rating score stars"),
    "better rated than": (">", "rating score stars"), "worse rated than": ("<", "rating score stars"),
    "lower rated than": ("<", "rating score stars"),
}
PRICES = "price fee rate amount"
PAID = "cost amount total fee price"
ADDITIVE = ("amount", "total", "revenue", "sales", "value", "total_amount", "total_price", "line_total", "sale_amount",
            "net_amount", "gross_amount", "order_total", "price_total")  # fmt: skip
# What the name of a column may end with: `depth_mm` is a depth.
MEASURED_IN = word_set(
    """
    kg g mg lb lbs t km m cm mm mi miles m2 sqm sqft ms secs seconds min mins minutes h hrs hours days weeks months
    usd eur gbp cad chf kb mb gb tb kwh pct percent celsius litres liters mph kmh meters metres kilometers kilometres
    inches feet pounds kilos dollar dollars euro euros
    """
)
KIND_NOUNS = word_set("kind kinds type types sort sorts level levels degree degrees")
QUANTITIES = ("quantity", "qty", "units", "pieces")
LINES = word_set("item line detail entry position")
PEOPLE = word_set(
    """
    customer client employee patient member user student author doctor subscriber passenger guest tenant
    supplier vendor teacher driver agent borrower reader donor player staff person borrow
    holder policyholder cardholder shareholder owner sponsor guide patron visitor attendee participant volunteer
    trainer instructor lecturer professor pupil nurse dentist therapist inspector adjuster technician mechanic engineer
    motorist cyclist tourist pharmacist journalist stylist
    trainee apprentice freelancer
    worker manager officer consultant contractor cleaner recruiter lawyer resident citizen farmer grower
    """
)
# What those are called whose sex or gender is written so.
SEXES = {"f": "female woman", "m": "male man", "female": "woman", "male": "man", "w": "female woman"}
NAMES = ("name", "full_name", "title", "label", "display_name", "username", "description", "code", "address")

NUMBERS: dict[str, int] = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100,
    "dozen": 12, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "zero": 0,
}  # fmt: skip
# Of a superlative: `the second highest`. Elsewhere a second is a unit of time, or a word like any other.
ORDINALS: dict[str, int] = {
    "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
}  # fmt: skip
SCALES = word_set("hundred thousand million billion")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
GRAINS: dict[str, str] = {
    "day": "day", "days": "day", "daily": "day", "week": "week", "weeks": "week", "weekly": "week",
    "month": "month", "months": "month", "monthly": "month", "quarter": "quarter", "quarters": "quarter",
    "quarterly": "quarter", "year": "year", "years": "year", "yearly": "year", "annual": "year",
    "annually": "year",
}  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Days of the week, where no column or value is called so.
WEEKDAYS: dict[str, tuple[str, ...]] = {
    **{day: (day,) for day in DAYS}, **{day + "s": (day,) for day in DAYS},
    "weekend": DAYS[5:], "weekends": DAYS[5:], "weekday": DAYS[:5], "weekdays": DAYS[:5], "workdays": DAYS[:5],
}  # fmt: skip
DAY_NAMES = ("day of the week", "days of the week", "day of week", "weekday name", "name of the day")
OPPOSITES: dict[str, str] = {"failed": "succeeded", "unsuccessful": "succeeded", "failing": "succeeded",
    "denied": "allowed",
    "refused": "allowed", "closed": "open", "shut": "open", "exclusive": "inclusive", "weekday": "weekend",
"weekdays": "weekend", "workdays": "weekend", "working days": "weekend",
    "working day": "weekend", "business days": "weekend"}
OPPOSITE_PREFIXES = ("un", "in", "non", "dis", "im")

# What no query over past data answers, and what no read-only agent does.
FORECASTS = word_set(
    """
    forecast forecasts predict predicted prediction predictions expect expected expecting anticipate anticipated
    upcoming tomorrow projected projection projections future anticipating predicting forecasting
    """
)
WRITES = word_set(
    """
    delete drop insert update truncate alter create grant revoke remove erase wipe modify rename overwrite
    destroy purge replace merge change set add edit fix cancel refund send email
    """
)
# What is commonly withheld from whoever asks.
WITHHELD = word_set(
    """
    email emails phone mobile telephone salary wage pay card password passport ssn iban birth birthday birthdate
    address credential token nationality religion
    """
)
# Words that a question begins with, where small talk came before.
OPENINGS = word_set(
    """
    how what which who whose whom when where list show give tell count find can could would do did does is are was were
    i'd please name compare
    """
)
# Said before anything is: alone, and in front of a question.
GREETINGS = word_set(
    """
    hi hello hey hiya howdy good morning afternoon evening day there all team everyone everybody folks quick one
    question hopefully sorry again please oh ah hmm hm um uh ok okay well so right thanks
    """
)
SIGHS = word_set("oh ah hmm hm um uh erm hiya hey hi")
# Who points back to something said before.
THEY = word_set("them they it its their those these he she him her this that")
# Around what is to be shown of each row, and of no meaning there.
MODEST = THEY | ARTICLES | word_set(
    """
    our me i we you please each of all also with to would like want need see show give list along and plus including
    include as well together one
    """
)
# Said at the end, and of no meaning for the query.
COURTESIES = frozenset(
    """
    please
    thanks
    thank you
    thanks a lot
    many thanks
    thanks in advance
    thank you very much
    cheers
    if possible
    if that is possible
    is that possible
    if you can
    if you do not mind
    that is all
    that would be great
    that is enough
    two decimals is enough
    two decimals are enough
    rounded to two decimals
    a rough number is fine
    """.strip().replace("    ", "").split("\n")
)
# Small words of other languages.
FOREIGN = word_set(
    """
    le la les des du est sont quel quelle quels quelles combien pour dans avec der das und ist sind wie viele welche
    wieviel el los las del cuantos cuántos cuántas cuál qué quién por para il gli quanti quante quale di che sono nel
    quantos quanto uma dos het een zijn hoeveel
    """
)

# How rows come by what a column of theirs says: they left a good impression, they were rated Excellent.
GETTING = word_set("left leave leaves made make makes gave give gives got get gets had have has received")
JUDGED = word_set("rated marked judged classified classed labelled labeled considered deemed graded flagged")
# What comes back, said with words between: who pays or gives back, and what is brought or sent back.
PAY_BACK = word_set("pay pays paid paying")
GIVE_BACK = PAY_BACK | word_set("give gives gave given giving hand hands handed")
BRING_BACK = word_set(
    "bring brings brought bringing send sends sending sent giving taking give gave given take took taken come came"
)
BROUGHT = word_set("something anything it them us the our their goods items money cash to any")
# How high, how big: said of an amount, unless it is the size of something.
SIZES = word_set("high big large great huge low small")
BEING = word_set("is are was were did do does")
PARTING = word_set("break split separate divide")
# A sentence of these only says how numbers are to be shown.
PRESENTING = word_set(
    """
    i we please show see give put want would like need me us both two the them these those figures numbers amounts
    values next to each other side by side beside together list compare them and in a table one row
    """
)
# Between an amount and what is taken from it; in front of what is taken off.
MINUS = word_set("minus less")
TAKING_OFF = word_set("deducting subtracting taking removing deducted subtracted")
