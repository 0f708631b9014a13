"""Read questions that compare numbers: which is bigger, sort, the second smallest, the closest.

Strict: each question has a form of its own that must fill the whole message; anything else is
someone else's.
"""

from __future__ import annotations

import re

from tasks.math.compare_problem import MAX_DIGITS, ComparePayload, checked
from tasks.math.numbers_words import RANK, rank_of
from tasks.math.plain_text import plain_math, point_decimals

_LONGEST_MESSAGE = 3000
_LONGEST_REMARK = 200
_KEYWORD = re.compile(
    r"\b(?:big|small|great|larg|less|more|high|low|most|least|equal|same|differ|clos|near|sort"
    r"|order|arrang|rank|max|min|ascend|descend|below|under|above|exceed)|[<>=≤≥≠]",
    re.I,
)
_DIGIT = re.compile("[0-9½⅓⅔¼¾⅕⅙⅛]")
_ASK = re.compile(
    r"(?:(?:i need to|help me(?: to)?|let's|now|ok|so|just)[ ,]+)*"
    r"(?:what(?:'s|s)?|which(?: one)?(?:'s)?|find|determine|give(?: me)?|tell me(?: which| what)?"
    r"|pick|name|choose|select|compute|calculate|return|)"
    r"(?: (?:of|from|among|out|is|are|the|these|those|following|options?|numbers?|values?|both"
    r"|two|three|four|five|[2-9](?= (?:numbers|values|fractions))|fractions?|one)\b)*:? ?"
)
_FRACTION = re.compile(r"\(\((-?\d+)\)/\((\d+)\)\)")
_REMARK = re.compile(r"\((?:[^()]|\([^()]*\))*[a-z]{3}(?:[^()]|\([^()]*\))*\)$")
_FORMAT = re.compile(
    r",? (?:(?:with )?commas?[- ]separated|separated by commas|with commas|in a list)$"
)
_OPENING = re.compile(
    r"^(?:(?:i have|i've got|i got|we have|we've got|there are|here are|given|compare|look at"
    r"|consider|take)(?= ))(?: (?:the|these|a list of|my|following|(?:two|three|four|five"
    r"|six|[2-9])"
    r"(?= (?:numbers|values|fractions|decimals))))*(?: (?:numbers|values|fractions"
    r"|decimals)[,:.]?)?"
)
_DASH = re.compile(r"(?<=\S) [—–] (?=\S)")
_POWER = re.compile(r"(?<![\d.,/^)])(\d{1,9})\^(\d{1,3})(?![\d./^])")
_VERSUS = re.compile(r",? (?:vs\.?|versus) ")
_SAYS = re.compile(
    r"^(?:(?:my [a-z]+|someone|somebody|he|she|they|i) (?:says?|said|thinks?|claims?"
    r"|told me|believes?"
    r"|guess|bet)(?: that)? |(?:(?:would you )?say|(?:do you )?(?:think|agree)"
    r"|is it (?:true|correct|right|so)"
    r"|can (?:we|you|i) say|(?:tell me|check|decide|say) (?:if|whether)|verify)(?: that)? )"
)
_RIGHT = re.compile(
    r"[.,;?!]* ?(?:(?:is|am|are|was) (?:my [a-z]+|he|she|they|i|that|this|it) (?:right"
    r"|correct|true|so)"
    r"|right|correct|true or false|yes or no|true|or not)$"
)
_LOOSE = "less|more|fewer|below|under|above"  # 5 less than 3 is a subtraction
_IN_ORDER = re.compile(
    r" in order[,:]?(?= (?:from )?(?:the )?(?:small|larg|low|high|big|great|least|most))"
)
_IS_WHICH = re.compile(r" (?:is|are|would be) (?:which|what)(?: one| number)?$")
_V = r"(-?[\d.][\d.,/]*%?|-?sqrt\([\d./]+\))"
_L = r" ?[:(\[{]* ?(?P<list>-?(?:[\d.]|sqrt)[-\d,./% ()and;&orsqt]*?)[)\]}]*"
_LETTERED = r"[:]? ?(?P<list>(?:\(?[a-z][).:] ?-?[\d.][\d./]*%?[ ,;]*)+)"
_ONE = r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:/\d+)?%?|-?sqrt\(\d+(?:\.\d+)?\)"
_BIG = r"(?:biggest|largest|greatest|highest|maximum|max|most)"
_SMALL = r"(?:smallest|least|lowest|minimum|min|littlest)"
_BIGGER = r"(?:bigger|larger|greater|higher|more)"
_SMALLER = r"(?:smaller|less|lower|littler|fewer)"
_NOUN = r"(?: (?:numbers?|values?|ones?|elements?|items?|entry|fractions?|decimals?|options?))?"
_THESE = (
    r"(?: (?:the|these|this|following|numbers?|values?|lists?|sets?|options?|fractions?|decimals?"
    r"|integers?|array|of)\b)*"
)
_OF = rf"(?: (?:in|of|among|amongst|from|out of|between){_THESE})?"
_NEAR = r"(?:closest|nearest|closer|nearer)"
_UP = r"(?:ascending|increasing|rising)"
_DOWN = r"(?:descending|decreasing|falling)"
_AS_BIG = "(?: as (?:big|large|great|high|small) as)?"
_OR_EQUAL = "than or (?:equal to|the same as)"
_RELATIONS = (
    (rf">=|at least{_AS_BIG}|{_BIGGER} {_OR_EQUAL}", ">="),
    (rf"<=|at most{_AS_BIG}|{_SMALLER} {_OR_EQUAL}", "<="),
    (r"!=|(?:not equal|unequal) to|different (?:from|to|than)|not the same as", "!="),
    (r"==?|equal to|the same as|equals?", "="),
    (rf">|(?:strictly )?{_BIGGER} than|above|exceeds?", ">"),
    (rf"<|(?:strictly )?{_SMALLER} than|below|under", "<"),
)
_RELATION = re.compile("|".join(f"({form})" for form, _ in _RELATIONS))
_IS = re.compile(
    rf"(?P<asks>is (?:it true that )?|does |do |true or false: ?)?{_V} ?(?P<is>is )?"
    rf"(?P<sign>(?:[a-z]|[<>=!]).*?) ?{_V}"
)
_BOTH = rf"(?:do|are|is) {_V} and {_V} "
_PAIRS = (
    (re.compile(_BOTH + "(?:have (?:the same|equal) values?|(?:equal|the same)(?: number)?)"), "="),
    (
        re.compile(
            rf"(?:compare |given )?{_V},? (?:and|or|&) {_V}[,:.;?]*(?: -)? ?are (?:they"
            rf"|these|those|both)"
            " (?:equal|the same|equivalent)(?: numbers?| values?)?"
        ),
        "=",
    ),
    (re.compile(_BOTH + "(?:have different values|(?:non-|not |un)equal|different)"), "!="),
)


def read_prompt(text: str) -> ComparePayload | None:
    """Return the comparison that a message asks for; None if it asks for none.

    Raises:
        InvalidTaskError: if it is one, but a part of it is out of range or unclear.
    """
    if len(text) > _LONGEST_MESSAGE or not _DIGIT.search(text) or not _KEYWORD.search(text):
        return None
    plain = plain_math(_DASH.sub(": ", text)).lower()
    plain = _FRACTION.sub(r"\1/\2", plain)
    if plain.endswith(")") and (remark := _REMARK.search(plain, len(plain) - _LONGEST_REMARK)):
        plain = plain[: remark.start()].strip(" ?.!")
    plain = _POWER.sub(_powered, _VERSUS.sub(" or ", plain))
    plain = _IN_ORDER.sub("", _IS_WHICH.sub("", plain))
    plain = _FORMAT.sub("", _OPENING.sub("", plain)).strip()
    for reader in (_relation, _sorting, _choice):
        found = reader(plain)
        if found is not None:
            return checked(found)
    return None


def _powered(match: re.Match[str]) -> str:
    """Write a power of whole numbers out, if it is short."""
    base, exponent = match[1], int(match[2])
    return str(int(base) ** exponent) if len(base) * exponent <= MAX_DIGITS else match[0]


def _relation(plain: str) -> ComparePayload | None:
    for form, sign in _PAIRS:
        match = form.fullmatch(plain)
        if match:
            return ComparePayload(sign, (_value(match[1]), _value(match[2])))
    said = _SAYS.match(plain)
    claim = _RIGHT.sub("", plain[said.end() :] if said else plain)
    claimed = claim != plain
    match = _IS.fullmatch(claim)
    sign_match = _RELATION.fullmatch(match["sign"]) if match else None
    if match is None or sign_match is None:
        return None
    if not (match["asks"] or match["is"] or claimed) and re.match(_LOOSE, match["sign"]):
        return None
    sign = _RELATIONS[int(sign_match.lastindex or 1) - 1][1]
    return ComparePayload(sign, (_value(match[2]), _value(match[5])))


_SORT = rf"(?:(?:sort|order|arrange|rank|put|list|write|place|give|organi[sz]e){_THESE})"
_WAY = (
    r"(?:(?:,? ?(?:in|into|by) (?:order )?|,? ?)(?:from |of )?(?:the )?(?P<{0}>[a-z]+)"
    r"(?: order| values?| numbers?)?(?: first)?(?: (?:of|by|in) (?:size|value))?"
    r"(?: (?:to|down to|up to)(?: the)? [a-z]+)?)"
)
_SORTING = tuple(
    re.compile(form)
    for form in (
        rf"{_SORT}:?{_L}{_WAY.format('after')}?",
        rf"{_SORT} ?{_WAY.format('before')}{_THESE}:?{_L}",
        rf"{_L},? {_SORT}{_WAY.format('after')}?",
        rf"(?:from )?(?P<before>[a-z]+) to [a-z]+{_THESE}:?{_L}",
        rf"(?:in )?(?P<before>{_UP}|{_DOWN}) order(?: of)?{_THESE}:?{_L}",
    )
)
_RISING = re.compile(rf"{_UP}|{_SMALL}|low|small|order|numerical|size|normal")
_FALLING = re.compile(rf"{_DOWN}|{_BIG}|high|large|big|reverse")


def _sorting(plain: str) -> ComparePayload | None:
    for form in _SORTING:
        match = form.fullmatch(plain)
        if match is None:
            continue
        groups = match.groupdict()
        word = groups.get("after") or groups.get("before") or "ascending"
        values = _values(match["list"])
        if values is None:
            continue
        if _RISING.fullmatch(word):
            return ComparePayload("ascending", values)
        if _FALLING.fullmatch(word):
            return ComparePayload("descending", values)
    return None


_RANKED = (
    rf"(?P<rank>{RANK})?[- ]?(?:(?P<big>{_BIG}|{_BIGGER})|(?P<small>{_SMALL}|{_SMALLER})){_NOUN}"
)
_CLOSEST = rf"{_NEAR}{_NOUN}(?: to)? (?P<target>-?[\d.][\d.,/]*%?)"
_WHICH = (
    r"(?:(?:which|what)(?:'s|s)? ?)?(?:one |number |value |fraction )?(?:is |comes |lies )?"
    "(?:the )?"
)
_SAID = r"(?: is)?[?:,]? ?"
_CHOICES = tuple(
    re.compile(form)
    for form in (
        rf"{_CLOSEST}{_SAID}{_LETTERED}",
        rf"{_CLOSEST}{_SAID}{_OF}[?:,]? ?{_L}",
        rf"(?:(?:out )?of|between|from|among)?{_THESE} ?{_L}[,:?.]?(?: ?-)? (?:tell me )?{_WHICH}"
        rf"{_CLOSEST}",
        rf"{_RANKED}{_SAID}{_LETTERED}",
        rf"{_RANKED}{_SAID}{_OF}[?:,]? ?{_L}",
        rf"(?:(?:out )?of|between|from|among)?{_THESE} ?{_L}[,:?.]?"
        rf"(?: ?-)? (?:tell me )?{_WHICH}{_RANKED}",
    )
)


def _choice(plain: str) -> ComparePayload | None:
    asked = _ASK.match(plain)
    body = (plain[asked.end() :] if asked else plain).removeprefix("the ")
    for form in _CHOICES:
        match = form.fullmatch(body)
        if match is None:
            continue
        named = match.groupdict()
        listed = match["list"]
        letters: tuple[str, ...] = ()
        values = _values(listed)
        if values is None:
            pairs = re.findall(r"\(?([a-z])[).:] ?(-?[\d.][\d./]*%?)", listed)
            letters = tuple(letter for letter, _ in pairs)
            values = tuple(_value(value) for _, value in pairs)
        if not values:
            continue
        if named.get("target"):
            return ComparePayload("closest", values, letters, target=_value(match["target"]))
        operation = "biggest" if match["big"] else "smallest"
        rank = rank_of(match["rank"]) if match["rank"] else 1
        return ComparePayload(operation, values, letters, rank)
    return None


def _value(text: str) -> str:
    return point_decimals(text.rstrip(",."))


def _values(text: str) -> tuple[str, ...] | None:
    """Return the numbers of a list; commas stand between them, or blanks."""
    text = text.strip(" ,;()[]{}")
    text += ")" * (text.count("(") - text.count(")"))
    parts = [p.strip() for p in re.split(r",? (?:and|or|&) |, |;", text)]
    if len(parts) == 1:
        parts = text.split(",") if "," in text else text.split()
    else:
        parts = [point_decimals(part) for part in parts]  # 2,5; 3,25
    values = tuple(part.strip() for part in parts)
    sound = all(re.fullmatch(_ONE, value) for value in values)
    return values if sound and len(values) > 1 else None
