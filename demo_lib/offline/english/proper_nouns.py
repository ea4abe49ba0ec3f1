"""Proper names that everybody knows: countries, states, what people are called by them, and names of neither.

Data, and the few look-ups into it; nothing here belongs to one database.
"""

from __future__ import annotations

from functools import lru_cache

from ..usage import encode

# Country: its other names, then `|` and what hails from there.
_COUNTRIES = """
Afghanistan|Afghan; Albania|Albanian; Algeria|Algerian; Andorra|Andorran; Angola|Angolan; Argentina|Argentinian,
Argentine; Armenia|Armenian; Australia|Australian; Austria|Austrian; Azerbaijan|Azerbaijani; Bahamas,The Bahamas|
Bahamian; Bahrain|Bahraini; Bangladesh|Bangladeshi; Barbados|Barbadian; Belarus|Belarusian; Belgium|Belgian; Belize|
Belizean; Benin|Beninese; Bhutan|Bhutanese; Bolivia|Bolivian; Bosnia and Herzegovina,Bosnia|Bosnian; Botswana|; Brazil|
Brazilian; Brunei|Bruneian; Bulgaria|Bulgarian; Burkina Faso|; Burundi|Burundian; Cambodia|Cambodian; Cameroon|
Cameroonian; Canada|Canadian; Cape Verde|; Chad|Chadian; Chile|Chilean; China|Chinese; Colombia|Colombian; Congo|
Congolese; Costa Rica|Costa Rican; Croatia|Croatian; Cuba|Cuban; Cyprus|Cypriot; Czech Republic,Czechia|Czech; Denmark|
Danish; Djibouti|; Dominican Republic|Dominican; Ecuador|Ecuadorian; Egypt|Egyptian; El Salvador|Salvadoran; England|;
Eritrea|Eritrean; Estonia|Estonian; Eswatini|; Ethiopia|Ethiopian; Fiji|Fijian; Finland|Finnish; France|French; Gabon|
Gabonese; Gambia|Gambian; Georgia|Georgian; Germany|German; Ghana|Ghanaian; Greece|Greek; Greenland|; Grenada|;
Guatemala|Guatemalan; Guinea|Guinean; Guyana|Guyanese; Haiti|Haitian; Honduras|Honduran; Hong Kong|; Hungary|Hungarian;
Iceland|Icelandic; India|Indian; Indonesia|Indonesian; Iran|Iranian; Iraq|Iraqi; Ireland|Irish; Israel|Israeli; Italy|
Italian; Ivory Coast,Côte d'Ivoire|Ivorian; Jamaica|Jamaican; Japan|Japanese; Jordan|Jordanian; Kazakhstan|Kazakh;
Kenya|Kenyan; Kosovo|Kosovar; Kuwait|Kuwaiti; Kyrgyzstan|Kyrgyz; Laos|Laotian; Latvia|Latvian; Lebanon|Lebanese;
Lesotho|; Liberia|Liberian; Libya|Libyan; Liechtenstein|; Lithuania|Lithuanian; Luxembourg|; Macau|; Madagascar|
Malagasy; Malawi|Malawian; Malaysia|Malaysian; Maldives|Maldivian; Mali|Malian; Malta|Maltese; Mauritania|Mauritanian;
Mauritius|Mauritian; Mexico|Mexican; Moldova|Moldovan; Monaco|; Mongolia|Mongolian; Montenegro|Montenegrin; Morocco|
Moroccan; Mozambique|Mozambican; Myanmar,Burma|Burmese; Namibia|Namibian; Nepal|Nepalese,Nepali; Netherlands,The
Netherlands,Holland|Dutch; New Zealand|; Nicaragua|Nicaraguan; Niger|; Nigeria|Nigerian; North Korea|North Korean; North
Macedonia,Macedonia|Macedonian; Norway|Norwegian; Oman|Omani; Pakistan|Pakistani; Palestine|Palestinian; Panama|
Panamanian; Papua New Guinea|; Paraguay|Paraguayan; Peru|Peruvian; Philippines,The Philippines|Filipino,Philippine;
Poland|Polish; Portugal|Portuguese; Puerto Rico|Puerto Rican; Qatar|Qatari; Romania|Romanian; Russia,Russian Federation|
Russian; Rwanda|Rwandan; Samoa|Samoan; San Marino|; Saudi Arabia|Saudi,Saudi Arabian; Scotland|Scottish; Senegal|
Senegalese; Serbia|Serbian; Seychelles|; Sierra Leone|; Singapore|Singaporean; Slovakia|Slovak; Slovenia|Slovenian;
Somalia|Somali; South Africa|South African; South Korea,Korea,Republic of Korea|South Korean,Korean; South Sudan|;
Spain| Spanish; Sri Lanka|Sri Lankan; Sudan|Sudanese; Suriname|Surinamese; Sweden|Swedish; Switzerland|Swiss;
Syria|Syrian; Taiwan|Taiwanese; Tajikistan|Tajik; Tanzania|Tanzanian; Thailand|Thai; Togo|Togolese; Tonga|Tongan;
Trinidad and Tobago|; Tunisia|Tunisian; Turkey,Türkiye|Turkish; Turkmenistan|Turkmen; Uganda|Ugandan; Ukraine|Ukrainian;
United Arab Emirates,UAE,U.A.E.|Emirati; United Kingdom,UK,U.K.,Great Britain,Britain|British; United
States,USA,US,U.S.,U.S.A., United States of America|American; Uruguay|Uruguayan; Uzbekistan|Uzbek; Vanuatu|; Vatican
City|; Venezuela|Venezuelan; Vietnam|Vietnamese; Wales|Welsh; Yemen|Yemeni; Zambia|Zambian; Zimbabwe|Zimbabwean
"""
# States and provinces that no city is called after, with what is short for them. `Georgia` is a country too.
_STATES = """
Alabama,AL; Alaska,AK; Arizona,AZ; Arkansas,AR; California,CA; Colorado,CO; Connecticut,CT; Delaware,DE; Florida,FL;
Georgia,GA; Hawaii,HI; Idaho,ID; Illinois,IL; Indiana,IN; Iowa,IA; Kansas,KS; Kentucky,KY; Louisiana,LA; Maine,ME;
Maryland,MD; Massachusetts,MA; Michigan,MI; Minnesota,MN; Mississippi,MS; Missouri,MO; Montana,MT; Nebraska,NE;
Nevada,NV; New Hampshire,NH; New Jersey,NJ; New Mexico,NM; North Carolina,NC; North Dakota,ND; Ohio,OH; Oklahoma,OK;
Oregon,OR; Pennsylvania,PA; Rhode Island,RI; South Carolina,SC; South Dakota,SD; Tennessee,TN; Texas,TX; Utah,UT;
Vermont,VT; Virginia,VA; West Virginia,WV; Wisconsin,WI; Wyoming,WY; Alberta,AB; British Columbia,BC; Manitoba,MB;
New Brunswick,NB; Newfoundland; Nova Scotia,NS; Ontario,ON; Saskatchewan,SK; Yukon,YT; New South Wales,NSW;
Queensland,QLD; Tasmania,TAS; Bavaria,Bayern; Saxony,Sachsen; Hesse,Hessen; Catalonia,Cataluña; Andalusia,Andalucía;
Lombardy,Lombardia; Tuscany,Toscana; Normandy,Normandie; Brittany,Bretagne
"""
# What a capital is written for though it names no place, no person, no product: `in English`, `at Christmas`.
_NEITHER = """
english christian muslim jewish catholic hindu buddhist european asian african western latin arabic hebrew hindi
christmas easter halloween thanksgiving ramadan hanukkah diwali eid lent passover valentine advent whitsun pentecost
friday fridays monday mondays january february march april may june july august september october november december
google facebook twitter instagram linkedin youtube tiktok whatsapp pinterest reddit snapchat amazon ebay etsy shopify
paypal stripe visa mastercard klarna venmo microsoft excel powerpoint outlook sharepoint teams slack zoom salesforce
hubspot tableau looker oracle sap python java javascript sql linux windows android iphone ipad apple internet web
wikipedia netflix spotify uber airbnb yelp bitcoin ethereum euro euros dollar dollars pound pounds sterling yen
greenwich utc gmt covid corona brexit bible senate congress academy institute corporation university college ltd gmbh
europe asia africa america oceania antarctica scandinavia
"""
COMMON_TOKENS = 50_000  # a word among the first of the tokenizer's vocabulary is everyday English as it stands
CLEARLY = 1.5  # how much later in the vocabulary a name comes in lower case


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[str, ...]]:
    return {name: names for names, _ in _entries() for name in names}


@lru_cache(maxsize=1)
def _by_adjective() -> dict[str, tuple[str, ...]]:
    return {adjective: names for names, adjectives in _entries() for adjective in adjectives}


@lru_cache(maxsize=1)
def _entries() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    halves = (entry.split("|") for entry in " ".join(_COUNTRIES.split()).split(";"))
    return tuple((_listed(names), _listed(adjectives)) for names, adjectives in halves)


@lru_cache(maxsize=1)
def _states() -> dict[str, tuple[str, ...]]:
    entries = [_listed(entry) for entry in " ".join(_STATES.split()).split(";")]
    return {names[0]: names for names in entries}


@lru_cache(maxsize=1)
def _neither() -> frozenset[str]:
    return frozenset(_NEITHER.split())


def _listed(text: str) -> tuple[str, ...]:
    return tuple(t.strip().lower() for t in text.split(",") if t.strip())


def country(text: str) -> tuple[str, ...]:
    """All the names of the country that is called so, in lower case; empty where none is."""
    return _by_name().get(text.lower(), ())


def state(text: str) -> tuple[str, ...]:
    """The name of the state or province that is called so, and what is short for it, in lower case; else empty."""
    return _states().get(text.lower(), ())


def homeland(adjective: str) -> tuple[str, ...]:
    """All the names of the country that an adjective speaks of: `Canadian`; empty where it speaks of none."""
    return _by_adjective().get(adjective.lower(), ())


def names_neither(word: str) -> bool:
    """Whether a word has a capital though it is the name of no place, person or product."""
    return word.lower() in _neither() or bool(homeland(word))


def has_capital(word: str) -> bool:
    """Whether a word is more often written with a capital, going by where the tokenizer's vocabulary has both."""
    small, capital = _spelt(word)
    return len(capital) < len(small) or (len(capital) == len(small) == 1 and capital[0] < small[0])


def is_name(word: str) -> bool:
    """Whether a word is a proper name: far more often with a capital, and no everyday word without."""
    small, capital = _spelt(word)
    return has_capital(word) and (len(small) > 1 or small[0] >= max(COMMON_TOKENS, CLEARLY * capital[0]))


def is_everyday(word: str) -> bool:
    """Whether a word may well be no name though it has a capital: `Marketing`, `Premium`, `Platinum`."""
    small, capital = _spelt(word)
    return len(small) < len(capital) or (len(small) == 1 and not is_name(word))


def _spelt(word: str) -> tuple[list[int], list[int]]:
    return encode(" " + word.lower()), encode(" " + word)
