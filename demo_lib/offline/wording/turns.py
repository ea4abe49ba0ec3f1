"""Turns of phrase put plainly: ways to ask, fillers, bounds around numbers, leads of periods. What is said, no nouns.

A turn is not taken where the prompt itself has one of its words: `on our books` may be about books. `#` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ..english.lexicon import MONTHS, word_set
from ..english.words import Token, reworded
from ..prompt.vocabulary import Vocabulary

LONGEST = 8


ENDING = ("by", "per", "in", "during", "since", "for", "last", "this")
USUALLY = ("typically", "usually", "normally", "generally", "as a rule", "in general", "by and large")
ASKING = frozenset(("how", "what", "which", "who", "whose", "when", "where"))
GOING_ON = ("can", "could", "please", "i", "we", "show", "give")
# Said in front of a question, which may stand behind it as one, or as what is to be shown.
OPENERS = """
    any idea|any idea of|any clue|do you have any idea|do you have any idea of|have you any idea|have we any idea
    do we have any idea|have you got any idea|give me an idea of|give us an idea of|give me some idea of
    give me a feel for|give me a feeling for|give me a sense of|get a sense of|get an idea of
    can you give me an idea of
    could you give me an idea of|help me understand|help me to understand|help me see|help me find|help me work out
    help me figure out|i was wondering|i am wondering|i m wondering|i wonder|we wonder|we were wondering
    i was just wondering|can you say|could you say|can you say for sure|can we say|i love to know|i d love to know
    i would love to know|i would love to see|i d love to see|i m curious|i am curious|i m curious to know
    i d be curious to know|i would be curious to know|i am curious to know|just curious|out of curiosity|curious
    remind me|remind me again|can you remind me|could you remind me|please remind me|can you check|could you check
    can you please check|could you please check|please check|check|check for me|i m trying to find out
    i am trying to find out|i m trying to work out|i am trying to work out|i m trying to understand
    i am trying to understand|i m trying to see|we are trying to find out|we re trying to find out
    i am interested in
    i m interested in|we are interested in|we re interested in|i d be interested in|i would be interested in
    i d be interested to know|i would be interested to know|i d be interested to see|i would be interested to see
    we d like to know|we d like to see|we d like to have|we d like to get|we d like|we would like to get
    we would like
    it would be good to know|it d be good to know|it would be nice to know|it would be useful to know
    it would be helpful to know|it would help to know|it would be interesting to know|it would be great to know
    it would be good to see|it would be nice to see|good to know would be|my boss wants to know|my boss asks
    my boss is asking|my boss would like to know|the boss wants to know|the boss asks|the boss is asking
    my manager wants to know|my manager asks|management wants to know|management asks|management would like to know
    my team wants to know|someone asked me|somebody asked me|someone asks|i was asked|i have been asked
    i ve been asked
    i am being asked|i m being asked|people ask me|they asked me|everyone asks|everybody asks
    is it possible to say|is it possible to see|is it possible to know|is it possible to tell|is it possible to get
    is there a way to see|is there a way to know|is there a way to find out|would it be possible to see
    would it be possible to know|would it be possible to get|say|tell me please|i must know|i have to know
    i should know
    i need to find out|we need to find out|i need to figure out|i need to work out|i need to understand
    i want to understand|i want to find out|we want to find out|i have a question|i ve got a question
    a quick question
    run me the numbers on|run me the numbers for|run the numbers on|run the numbers for|run me the figures for
    run me
    give me the numbers on|give me the numbers for|give me numbers on|give me the figures for|get me the numbers on
    get me the numbers for|get me the figures for|what are the numbers for|what are the numbers on
    what are the figures for|what do the numbers say about|what do the numbers say on|what does the data say about
    what do the figures say about|what does the data tell us about|give me a rundown of|give us a rundown of
    give me a run down of|a rundown of|give me the lowdown on|give me the rundown on|would you mind showing me
    would you mind giving me|would you mind telling me|would you mind listing|do you mind showing me|mind telling me
    mind showing me|prepare|prepare me|put together|please prepare|put together for me|hand me|hand over|dig out
    dig up
    grab|grab me|spit out|compile|compile me|please compile|i m after|i am after|we re after|we are after
    talk me through|walk me through|take me through|talk us through|walk us through|run me through|run through
    set out|spell out|lay out for me|jot down|write down|write down for me|note down|pull together|pull me
    pull me up
    bring up|i would need|i d need|i could do with|we could do with|i could use|we could use|let me get|let us get
    i require|we require|kindly share|share with me|share with us|please share|could you share|can you share
    whip up|draw up|throw together|knock up|rustle up|churn out|throw me|shoot me|hit me with|toss me|can i get
    may i get
    for my report|for a report|for the report|for the board|for the meeting|for my boss|for management
    for my presentation|for planning|for planning purposes|for my records|for my information|for our information
    for the record|fyi|for context|for reference|as a start|to start with|to begin with|first of all|firstly
    quick check|a quick check|sanity check|quickly|real quick|simply put|in short|in brief|in a nutshell|briefly
    speaking of which|next up|another one|one more|one more thing|one more question|last question
    hey can you tell me
    i am looking to find out|i m looking to find out|looking to find out|need to find out|want to find out
    trying to find out|trying to work out|wondering|just wondering|wanted to know|i wanted to know|i wanted to see
    i wanted to ask|i want to ask|may i ask|can i ask|could i ask|i d like to ask|i would like to ask|let me ask
    have a look and tell me|take a look and tell me|look into|look into it and tell me|go and find|go find
    go through the data and tell me|can somebody tell me|can someone tell me|could someone tell me
    could somebody tell me
    does anyone know|does anybody know|do you happen to know|would you happen to know|any chance you know
    any chance of seeing|any chance to see|is it known|do we happen to know|can it be said|what i need is
    what we need is
    what i want is|what we want is|what i want to know is|what i need to know is|what i d like to know is
    what i would like to know is|what i d like is|all i need is|all i want to know is|the question is|my question is
    our question is|question is|question
"""
# Said of nothing: at the end, or with a comma on both sides.
FILLERS = """
    make up|makes up|made up|account for|accounts for
    all told|all in all|all things considered|when all is said and done
    at the end of the day|in the end
    in the first place|as it stands|as things stand|as matters stand|as it is now|as it is
    as far as we know|as far as you know|that we know of|that you know of|that are known to us|known to us
    that exist
    in existence|in our care|in our files|in the files|on file|on our files|we have on file|on our records
    on the records
    on our books|on the books|in our books|in the books|in our range|in our system|in our systems|in the systems
    on our system|on the system|in our portfolio|in the portfolio|in our catalogue|in our catalog|in our possession
    at our disposal|to our name|to its name|to their name|under our roof|would you say|would you reckon|do you think
    do you reckon|roughly speaking|broadly speaking|generally speaking|more or less|give or take|or so|so to speak
    by the way|if i may ask|if you know|if we know|if known|if you please|if you would|if you will|if you could
    if you do not mind me asking|for that matter|for what it is worth|just so i know|just so i know it
    as a matter of fact
    in actual fact|as a matter of interest|out of interest|out of curiosity|just out of interest
    just out of curiosity
    across the board|company wide|companywide|business wide|across the company|across the whole company
    across the entire company|across our company|across the business|across the whole business
    across our whole company
    across the organisation|across the organization|across our business|in the whole company|in the entire company
    at our company|within the company|in the company as a whole|as a whole|on the whole|by and large
    when you add it all up|if you add it all up|everything included|everything taken together|taken all together
    all put together|all taken together|all added up|all added together|taken as a whole|in the grand total
    do we count|do we number|do we actually have|once again|again|for me|for us
    exactly|precisely|to date|whatsoever|rounded|in round numbers|in round figures|ballpark|as a ballpark
    in numbers|in figures|as a number|numerically
"""
# Put for others, wherever they stand.
PLAINLY = """
    at this point in time=currently|at this point=currently|at this moment=currently|at this time=currently
    these days=currently|nowadays=currently|as of now=currently|as of right now=currently|by now=currently
    at the present time=currently|for the time being=currently|as we speak=currently
    the count of=number of|tally of=number of|a tally of=number of|the tally of=number of|tally up the=number of
    tally the=number of|tally up=number of|head count of=number of|a head count of=number of
    the sheer number of=number of
    sheer number of=number of|how big is the number of=what is the number of|how high is the number of=number of
    how large is the number of=number of|how great is the number of=number of|add up the number of=number of
    count up the=count the|count up all=count all|tot up the number of=number of|what is the tally of=number of
    how many can we count=how many|in terms of number of=by number of
    as far as # is concerned=by #|measured by=by|as measured by=by
    without duplicates=distinct|without any duplicates=distinct|without repeats=distinct|without any repeats=distinct
    without repetitions=distinct|without repetition=distinct|with no duplicates=distinct|with no repeats=distinct
    no duplicates=distinct|no repeats=distinct|without repeating any=distinct|without double entries=distinct
    no doubles=distinct|without doubles=distinct|each one once=distinct|each one only once=distinct
    each only once=distinct|each of them once=distinct|each of them only once=distinct
    rated by=by|alphabetical by=sorted by|alphabetically by=sorted by|in alphabetical order by=sorted by
    in alphabetical order of=sorted by|in alphabetic order by=sorted by|sorted alphabetically by=sorted by
    ordered alphabetically by=sorted by
    if we go by=by|if you go by=by|if you look at=by|if we look at=by|if one looks at=by|when you look at=by
    when we look at=by|on the basis of=by|based on their=by|in accordance with=by|with regard to=regarding
    as regards=regarding|with regards to=regarding|in regard to=regarding|in regards to=regarding
    in respect of=regarding
    when it comes to=regarding|as to=regarding|considering=regarding
    per head=per person|per single=per|for every single=for every|for each single=for each
    for each and every=for each
    each and every=each|every single=every|for any given=for each|per individual=per|per each=per|by each=by
    for each of the=for each of the|for every one of the=for each of the|for every one of our=for each of our
    from the start of=since the start of|from the beginning of=since the start of
    with the exception of=except|with exception of=except|barring=except|save for=except
    but for=except|exclusive of=excluding|omitting=excluding|disregarding=excluding|skipping=excluding
    setting aside=excluding|putting aside=excluding|leaving aside=excluding|not considering=excluding
    not taking into account=excluding|without taking into account=excluding|without including=excluding
    if we leave out=excluding|if you leave out=excluding|if we exclude=excluding|if you exclude=excluding
    if we ignore=excluding|if you ignore=excluding|when we leave out=excluding|when we exclude=excluding
    but exclude=excluding|but leave out=excluding|but ignore=excluding|but without=excluding|but excluding=excluding
    but not counting=excluding|but not including=excluding|do not include=excluding|do not consider=excluding
    not even one=no|not one=no|not a single=no|not a single one of=no|no single=no|without a single=without
    without even one=without|with not a single=without|with not one=without|with nothing in the way of=without
    in the way of=of|by way of=of
    what do we have of=list our|what do we have in the way of=list our|what do we have by way of=list our
    what have we got in the way of=list our|what have we got=what do we have|what all=what|what sort of=what
    in percentage terms=in percent|percentage wise=in percent|percentagewise=in percent|in per cent=in percent
    per cent=percent|as percentages=in percent|as a percent=in percent|expressed as a percentage=in percent
    expressed in percent=in percent|how big a share of=what share of|how large a share of=what share of
    how big a part of=what share of|how large a part of=what share of|how big a proportion of=what share of
    how large a proportion of=what share of|how high a share of=what share of|how high a percentage of=what share of
    how big a percentage of=what share of|how large a percentage of=what share of
    how large a fraction of=what share of
    how big a fraction of=what share of|how big a portion of=what share of|how large a portion of=what share of
    how big a slice of=what share of|how large a slice of=what share of|what slice of=what share of
    what ratio of=what share of|which part of=what share of|which portion of=what share of
    which slice of=what share of
    which percentage of=what percentage of|which share of=what share of|which proportion of=what share of
    which fraction of=what share of|in what percentage of=what share of|in what share of=what share of
    in what proportion of=what share of|for what percentage of=what share of|for what share of=what share of
    how big is the share of=what is the share of|how high is the share of=what is the share of
    how large is the share of=what is the share of|how high is the percentage of=what is the share of
    how large is the percentage of=what is the share of|how big is the percentage of=what is the share of
    how large is the proportion of=what is the share of|how big is the proportion of=what is the share of
    how high is the proportion of=what is the share of|how big is the part of=what is the share of
    not only=both|arithmetic mean=mean|aggregate total=total|gross total=total|sum total=total|sum total of=total
    the going=the average|on the average=on average|on an average basis=on average|in the mean=on average
    taken on average=on average|averaged out=averaged|typical average=average|average size of=average
    average level of=average|average amount of=average|average out=average
    north of #=over #|surpassing=exceeding|surpasses=exceeds|surpassed=exceeded|tops #=exceeds #
    topping #=over #|better than #=over #|goes beyond #=exceeds #|going beyond #=over #
    passing #=over #|south of #=under #|short of #=under #|not even #=under #
    that is more than #=over #|that is over #=over #|that is above #=over #|that is higher than #=over #
    that is greater than #=over #|that exceeds #=over #|that surpasses #=over #|that passes #=over #
    that tops #=over #
    that goes beyond #=over #|that is less than #=under #|that is under #=under #|that is below #=under #
    that is lower than #=under #|that is at least #=at least #|that is at most #=at most #
    that is between # and #=between # and #|that lies between # and #=between # and #|that equals #=of exactly #
    no lower than #=at least #|not lower than #=at least #|not below #=at least #|not under #=at least #
    no smaller than #=at least #|nothing less than #=at least #|nothing below #=at least #
    nothing under #=at least #
    no greater than #=at most #|no higher than #=at most #|no larger than #=at most #|not over #=at most #
    not above #=at most #|not exceeding #=at most #|not higher than #=at most #|nothing over #=at most #
    nothing above #=at most #|up to and including #=at most #|anything up to #=at most #|no bigger than #=at most #
    not beyond #=at most #|equal to or more than #=at least #|more than or equal to #=at least #
    greater than or equal to #=at least #|equal to or greater than #=at least #|equal to or above #=at least #
    less than or equal to #=at most #|fewer than or equal to #=at most #|equal to or less than #=at most #
    equal to or below #=at most #|from # upwards=at least #|from # up=at least #|from # on up=at least #
    # and more=# or more|# and upwards=# or more|# or upwards=# or more|# and upward=# or more|# upwards=# or more
    # or better=# or more|# plus=# or more|# at least=at least #|# at a minimum=at least #|# at the least=at least #
    # at the very least=at least #|at the very least #=at least #|# as a minimum=at least #|# minimum=at least #
    # and less=# or less|# and fewer=# or less|# and down=# or less|# downwards=# or less|# at most=at most #
    # at the most=at most #|# at the very most=at most #|at the very most #=at most #|# tops=at most #
    # max=at most #
    # maximum=at most #|# as a maximum=at most #|# and lower=# or less|# and smaller=# or less
    # exactly=exactly #|# precisely=exactly #|an even #=exactly #|no more and no less than #=exactly #
    neither more nor less than #=exactly #|# on the dot=exactly #|of exactly #=of exactly #
    ranging from # to #=between # and #|in the range of # to #=between # and #|in the range # to #=between # and #
    in the range from # to #=between # and #|in the range between # and #=between # and #
    anywhere from # to #=between # and #|anywhere between # and #=between # and #
    somewhere between # and #=between # and #|within # and #=between # and #|in between # and #=between # and #
    between # to #=between # and #|from # up to #=between # and #|from # through #=between # and #
    lying between # and #=between # and #|ranging between # and #=between # and #|from # to #=between # and #
    somewhere from # to #=between # and #|at least # and at most #=between # and #
    at least # but at most #=between # and #|at least # but no more than #=between # and #
    at least # and no more than #=between # and #|no less than # and no more than #=between # and #
    at least # but not more than #=between # and #|no less than # but no more than #=between # and #
    the no 1=the top|no 1=top|the number 1=the top|number 1=top|# leading=top #|# top=top #|# best=best #
    top # of the=top #|top # of our=top #|top # among the=top #|top # among our=top #|best # of the=best #
    best # of our=best #|best # among the=best #|best # among our=best #
    limited to the first #=top #|limited to the top #=top #|limit to the top #=top #|limit it to the top #=top #
    sort descending=descending|sort it descending=descending|sort them descending=descending
    sorted descending=descending|ordered descending=descending|order descending=descending|sort ascending=ascending
    sort it ascending=ascending|sort them ascending=ascending|ordered ascending=ascending|order ascending=ascending
    in decreasing order=descending|in falling order=descending|in order of decreasing size=descending
    in increasing order=ascending|in rising order=ascending|in growing order=ascending
    from top to bottom=descending|top to bottom=descending|from bottom to top=ascending|bottom to top=ascending
    most to least=descending|from most to fewest=descending|most to fewest=descending|from fewest to most=ascending
    fewest to most=ascending|from least to most=ascending|least to most=ascending
    top ones first=highest first|top one first=highest first|the largest come first=highest first
    the highest come first=highest first|the biggest come first=highest first
    putting the largest first=highest first
    putting the highest first=highest first|putting the biggest first=highest first
    with the largest coming first=highest first|leading with the largest=highest first
    leading with the highest=highest first
    the smallest come first=lowest first|the lowest come first=lowest first|in order highest first=highest first
    in order lowest first=lowest first
"""
EXTREMES = (("highest", "lowest"), ("largest", "smallest"), ("biggest", "smallest"), ("best", "worst"), ("high", "low"),
            ("top", "bottom"), ("greatest", "smallest"), ("big", "small"), ("large", "small"))  # fmt: skip
ORDERING = ("", "ordered ", "sorted ", "arranged ", "ranked ", "listed ", "in order ", "sort them ", "order them ",
            "rank them ", "rank ", "sort ", "order ", "sort it ", "arrange them ")  # fmt: skip
# In front of a period: how it leads on to it.
BEFORE_DATES = """
    in the course of=in|over the course of=in|across=in|over the whole of=in|over all of=in|in the whole of=in
    for the whole of=in|during the whole of=in|through the whole of=in|throughout the whole of=in
    all through=in|right through=in|all the way through=in|for the full year=in|in the full year=in|for full year=in
    in full year=in|the full year=in|for the entire year of=in|in the entire year of=in|for the entire year=in
    for the whole year=in|in the whole year=in|through the year=in|over the year=in|throughout the year=in
    at any time in=in|at any time during=in|at any point in=in|any time in=in|some time in=in|at some point in=in
    in the twelve months of=in|over the twelve months of=in|in all of=in|for all of=in|all of=in|the whole of=in
    the entire=in the|dating from=in|dated=in|over these=over the|over the span of=in|over the space of=in
    in and during=in
    over the period of=in|in the period of=in|for the period of=in|within the space of=in|within the span of=in
    as late as=until|up till=until|up until=until|up till the end of=until the end of
    up until the end of=until the end of
    to the end of=until the end of|through to the end of=until the end of|through the end of=until the end of
    up to and including=until the end of|until and including=until the end of|till and including=until the end of
    up through=through|no earlier than=since|not before=since|not earlier than=since
    ever since=since|with effect from=since|in or after=since|as from=since|starting from=since|starting with=since
    starting at=since|from the start of=since|from the beginning of=since|since the start of=since
    since the beginning of=since|before the start of=before|before the beginning of=before|ahead of=before
    right up to the end of=until the end of|up to end of=until the end of
"""
# Whole periods that are named by themselves.
UNITS = ("day", "week", "month", "quarter", "year")
PERIODS = """
    in the {} just ended=last {}|the {} just ended=last {}|in the {} that just ended=last {}
    the {} that just ended=last {}
    in the {} just gone=last {}|the {} just gone=last {}|in the {} just past=last {}|the {} just past=last {}
    in the {} that has just ended=last {}|in the {} just finished=last {}|the {} just finished=last {}
    in the {} just passed=last {}|the {} before this one=last {}|in the {} before this one=last {}
    the {} before this=last {}|in the past calendar {}=last {}|the past calendar {}=last {}
    over the past calendar {}=last {}|in the last complete {}=last {}|the last complete {}=last {}
    in the last completed {}=last {}|the last completed {}=last {}|in the latest full {}=last {}
    in the latest complete {}=last {}|in the course of last {}=last {}|in the running {}=this {}
    the running {}=this {}
    in the ongoing {}=this {}|in the present {}=this {}|in the {} so far=this {} so far|the {} so far=this {} so far
    for the {} so far=this {} so far|this {} up to now=this {} so far|this {} until now=this {} so far
    this {} till now=this {} so far|this {} to now=this {} so far|this {} to date=this {} so far
    to date this {}=this {} so far|up to now this {}=this {} so far|up until now this {}=this {} so far
    since the beginning of this {}=this {} so far|since the start of this {}=this {} so far
    from the start of the {}=since the start of the {}|from the beginning of the {}=since the start of the {}
    from the start of this {}=this {} so far|from the beginning of this {}=this {} so far
    as of this {}=since the start of the {}|the {} before last=2 {}s ago|in the {} before last=2 {}s ago
    during the {} before last=2 {}s ago|two {}s back=2 {}s ago
    in the # {}s to date=in the last # {}s|in the # {}s up to today=in the last # {}s
    over the # {}s up to today=in the last # {}s|in the # {}s up to now=in the last # {}s
    over the latest # {}s=in the last # {}s|in the latest # {}s=in the last # {}s|the latest # {}s=the last # {}s
    in the # most recent {}s=in the last # {}s|over the # most recent {}s=in the last # {}s
    across the last # {}s=in the last # {}s|across the past # {}s=in the last # {}s
    in the preceding # {}s=in the last # {}s|over the preceding # {}s=in the last # {}s
    in the course of the last # {}s=in the last # {}s|in the course of the past # {}s=in the last # {}s
    over the course of the last # {}s=in the last # {}s|over the course of the past # {}s=in the last # {}s
    over these past # {}s=in the last # {}s|over these last # {}s=in the last # {}s
    in these past # {}s=in the last # {}s
    these past # {}s=the last # {}s|these last # {}s=the last # {}s
"""
WITHIN_A_YEAR = """
    since new year=since the start of the year|since new year's=since the start of the year
    from january until now=this year so far|from january to now=this year so far
    from january to date=this year so far
    from january till now=this year so far|since the 1st of january=since january 1
    since the first of january=since january 1|since the first of the month=since the start of the month
    since the 1st of the month=since the start of the month|since the first of the year=since the start of the year
    since the 1st of the year=since the start of the year
    the first half year of=the first half of|the second half year of=the second half of
    the opening half of=the first half of
    the earlier half of=the first half of|the latter half of=the second half of
    the closing half of=the second half of
    the first two quarters of=the first half of|the last two quarters of=the second half of
    the first six months of=the first half of|the last six months of=the second half of
    the first three months of=the first quarter of|the last three months of=the fourth quarter of
    the first calendar quarter=the first quarter|the second calendar quarter=the second quarter
    the third calendar quarter=the third quarter|the fourth calendar quarter=the fourth quarter
    the last calendar quarter of=the fourth quarter of|quarter one=q1|quarter two=q2|quarter three=q3
    quarter four=q4
    quarter one of=q1|quarter two of=q2|quarter three of=q3|quarter four of=q4|q one=q1|q two=q2|q three=q3
    q four=q4
"""
# No turn is left to the prompt because it has one of these.
SMALL = word_set(
    """
    a an the our we us i you your my me it its they them their this that these those is are was were be been do does did
    have has had can could would should will of in on at for from to with by as if when what which how who where and or
    not no so up out all any one m d ve re s per each every over than more less least most number numbers total average
    first last single year month week day quarter years months weeks days quarters today now question share percent
    half new far order
    """
) | {*MONTHS}


_CUT = re.compile(r"(?<=[a-z]) (?:m|d|ve|re|s) ")
_EVER = re.compile(r"\b(?:so far|until now|up to now|till now)\b")


def turned(tokens: Sequence[Token], known: Vocabulary) -> list[Token]:
    """The tokens, turns of phrase put plainly."""
    said = list(tokens)
    for _ in range(3):  # `for my report, I was wondering …`
        if (after := _opened(said, known)) is said:
            break
        said = after
    return _put(_usually(said, known), known)


def _usually(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """`as a rule, what is the rent`: on average."""
    size = next((n for n in (3, 2, 1) if _literal(tokens[:n]) in USUALLY), 0)
    asked = size and len(tokens) > size and tokens[size].breaks and tokens[size].word in ("what", "how")
    if not asked or _has(tokens[:size], known):
        return tokens
    return [*reworded(tokens[0], "on average"), *tokens[size:]]


def _opened(tokens: list[Token], known: Vocabulary) -> list[Token]:
    """Without what leads on to the question; `show` in its place where none follows."""
    size = next((n for n in range(min(LONGEST, len(tokens) - 1), 0, -1) if _key(tokens[:n]) in _openers()), 0)
    if not size or _has(tokens[:size], known):
        return tokens
    rest = tokens[size:]
    if rest[0].word in ("if", "whether", "of") or rest[0].number is not None:
        return tokens
    if rest[0].word in ASKING or rest[0].breaks or rest[0].word in GOING_ON:
        return [replace(rest[0], breaks=False), *rest[1:]]
    return [*reworded(tokens[0], "show"), *rest] if rest[0].word not in ("is", "are", "was", "on", "in") else tokens


def _put(tokens: list[Token], known: Vocabulary) -> list[Token]:
    found: list[Token] = []
    broken = False
    i = 0
    while i < len(tokens):
        here = tokens[i]
        longest = max(_begin().get(_first(here), 0), _begin().get(here.word, 0))
        sizes = range(min(longest, len(tokens) - i), 0, -1)
        size, plain = next(((n, p) for n in sizes if (p := _plain(tokens, i, n, known)) is not None), (0, ""))
        numbers = [t for t in tokens[i : i + size] if t.number is not None and not t.quoted]
        for word in plain.split() if size else ():
            number = numbers.pop(0) if word == "#" and numbers else None
            told = replace(number, breaks=False, gap=" ") if number else reworded(here, word)[0]
            found.append(replace(told, breaks=broken or (here.breaks if word is plain.split()[0] else False)))
            broken = False
            here = replace(here, breaks=False, gap=" ")
        broken |= bool(size) and not plain and here.breaks
        if not size:
            found.append(replace(here, breaks=here.breaks or broken) if broken else here)
            broken = False
        i += size or 1
    return found


def _plain(tokens: list[Token], i: int, size: int, known: Vocabulary) -> str | None:
    """What tokens `i` to `i + size` plainly say, if they are such a turn. Empty for a filler."""
    part, after = tokens[i : i + size], tokens[i + size] if i + size < len(tokens) else None
    key = _key(part)
    if key is None:
        return None
    counted = any(t.number is not None and not _is_year(t.word) for t in part)
    plain = _turns().get(_literal(part)) or (_turns().get(key) if counted or "#" not in key else None)
    if key == "from # to #" and not (i and _amount(tokens[i - 1], known)):
        return None  # `went from 3 to 5`
    if plain is not None and key.endswith("#") and after is not None and after.word in MONTHS:
        return None  # `from 1 to 31 March`
    if plain is None and after is not None and not after.breaks and _dated(tokens, i + size):
        plain = _leads().get(key)
    ends = after is None or after.breaks or after.word in ENDING
    if key == "to date" and i and tokens[i - 1].word in UNITS:
        return None
    if plain is None and i and ends and key in _fillers():
        plain = ""
    return None if plain is None or _has(part, known) else plain


def _key(tokens: Sequence[Token]) -> str | None:
    """The words of a turn, numbers as `#`. None where a comma or a quotation stands among them."""
    if any(t.quoted for t in tokens) or any(t.breaks and t.gap.strip() not in ("-", "'") for t in tokens[1:]):
        return None
    return " ".join(_first(t) for t in tokens)


def _amount(token: Token, known: Vocabulary) -> bool:
    found = (r.column for n in known.phrases if n[-1] == token.stem for r in known.phrases[n])
    return any(c is not None and c.kind == "number" for c in found)


def _literal(tokens: Sequence[Token]) -> str:
    return " ".join(t.word for t in tokens)


def _is_year(word: str) -> bool:
    return word.isdigit() and len(word) == 4 and word[:2] in ("19", "20")


def _first(token: Token) -> str:
    return token.word if token.number is None or token.quoted else "#"


def _has(tokens: Sequence[Token], known: Vocabulary) -> bool:
    """Whether the prompt has one of the words itself."""
    words = [t for t in tokens if t.word not in SMALL and t.number is None]
    return any(known.knows(t.stem) for t in words)


def _dated(tokens: list[Token], i: int) -> bool:
    """Whether a period is named there."""
    words = [t.word for t in tokens[i : i + 3]]
    words = words[1:] if words[:1] == ["the"] else words
    first = words[0] if words else ""
    if first in ("last", "this", "past", "previous", "current", "prior"):
        return bool(words[1:]) and (words[1].removesuffix("s") in (*UNITS, "calendar") or words[1] in MONTHS)
    quarter = len(first) == 2 and first[0] in "qh" and first[1].isdigit()
    month = first in MONTHS or first.removesuffix("t") in [m[:3] for m in MONTHS]
    half = first in ("first", "second", "third", "fourth", "1st", "2nd", "3rd", "4th") and words[1:2] in (
        ["half"], ["quarter"],
    )  # fmt: skip
    day = first.isdigit() and (len(words) > 1 and words[1] in MONTHS)
    return _is_year(first) or quarter or month or half or day or first in ("year", "month") and words[1:2] != []


def _phrases(text: str) -> list[str]:
    """The phrases of a table as they are tokenized: `i'm` is `i`, `so far` is `ever`."""
    found = [p.strip() for line in text.strip().splitlines() for p in line.split("|") if p.strip()]
    found = [_CUT.sub(" ", p) for p in found]
    return found + [f"{_EVER.sub('ever', k)}{e}{v}" for k, e, v in (p.partition("=") for p in found) if _EVER.search(k)]


@lru_cache(maxsize=1)
def _openers() -> frozenset[str]:
    return frozenset(_phrases(OPENERS))


@lru_cache(maxsize=1)
def _fillers() -> frozenset[str]:
    return frozenset(_phrases(FILLERS))


@lru_cache(maxsize=1)
def _leads() -> dict[str, str]:
    return dict(p.split("=") for p in _phrases(BEFORE_DATES))


@lru_cache(maxsize=1)
def _turns() -> dict[str, str]:
    said = {k: v for k, _, v in (p.partition("=") for p in _phrases(PLAINLY + WITHIN_A_YEAR)) if k != v}
    for unit in UNITS:
        said |= dict(p.format(unit, unit).replace("{}", unit).split("=") for p in _phrases(PERIODS))
    for large, small in EXTREMES:
        for order in ORDERING:
            for a, b, plain in ((large, small, "descending"), (small, large, "ascending")):
                said |= {f"{order}{way}": plain for way in (f"from {a} to {b}", f"from the {a} to the {b}")}
                if order or a not in ("top", "bottom"):
                    said[f"{order}{a} to {b}"] = plain
    return said


@lru_cache(maxsize=1)
def _begin() -> dict[str, int]:
    """How many words the longest turn has that begins with a word."""
    longest: dict[str, int] = {}
    for words in (p.split() for phrases in (_turns(), _leads(), _fillers()) for p in phrases):
        longest[words[0]] = max(longest.get(words[0], 0), min(len(words), LONGEST))
    return longest
