"""Read questions that compare numbers: which is bigger, sort, the second smallest, the closest.

Strict: each question has a form of its own that must fill the whole message; anything else is
someone else's.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tasks.math.compare_problem import ComparePayload, checked
from tasks.math.numbers_words import RANK, rank_of
from tasks.math.plain_text import plain_math, point_decimals

_LONGEST_MESSAGE = 5000
_KEYWORD = re.compile(
    r"big|small|great|larg|less|more|high|low|most|least|equal|same|differ|clos|near|sort|order"
    r"|arrang|rank|maxim|minim|\bmax|\bmin|ascend|descend|compar|[<>=≤≥≠]",
    re.I,
)
_ASK = re.compile(
    r"(?:(?:please|can you|could you|would you|i need to|help me(?: to)?|let's|now|ok|so|just)"
    r"[ ,]+)*"
    r"(?:(?:what(?:'s|s| is| are)|which(?: one)?(?: of (?:these|the following)(?: numbers)?)?"
    r"(?: number| value| fraction| of)?(?: is| are)?|find|determine|give(?: me)?"
    r"|tell me(?: which| what)?(?: number)?(?: is)?|pick|name|choose|select) |)(?:the )?"
)
_V = r"(-?[\d.][\d.,/]*%?)"
_L = r"[:(\[{]* ?(-?[\d.][-\d,./% ()and;&or]*?)[)\]}]*"
_LETTERED = r"[:]? ?((?:\(?[a-z][).:] ?-?[\d.][\d./]*%?[ ,;]*)+)"
_BIG = r"(?:biggest|largest|greatest|highest|maximum|max|most)"
_SMALL = r"(?:smallest|least|lowest|minimum|min|littlest)"
_BIGGER = r"(?:bigger|larger|greater|higher|more)"
_SMALLER = r"(?:smaller|less|lower|littler|fewer)"
_NOUN = r"(?: (?:number|value|one|element|item|entry|fraction|decimal))?s?"
_THESE = r"(?: the| these)?(?: (?:numbers|list|set|values|following|options))*"
_OF = rf"(?: (?:in|of|among|amongst|from|out of|between){_THESE})?"
_NEAR = r"(?:closest|nearest)"
_UP = r"(?:ascending|increasing|rising)"
_DOWN = r"(?:descending|decreasing|falling)"
_AS_BIG = "(?: as (?:big|large|great|high|small) as)?"
_OR_EQUAL = "than or (?:equal to|the same as)"
_RELATIONS = (
    (rf">=|at least{_AS_BIG}|{_BIGGER} {_OR_EQUAL}", ">="),
    (rf"<=|at most{_AS_BIG}|{_SMALLER} {_OR_EQUAL}", "<="),
    (r"!=|(?:not equal|unequal) to|different (?:from|to|than)|not the same as", "!="),
    (r"==?|equal to|the same as|equals?", "="),
    (rf">|(?:strictly )?{_BIGGER} than", ">"),
    (rf"<|(?:strictly )?{_SMALLER} than", "<"),
)
_RELATION = re.compile("|".join(f"({form})" for form, _ in _RELATIONS))
_IS = re.compile(rf"(?:is|does|do) {_V} ?(?:is )?((?:[a-z]|[<>=!]).*?) ?{_V}")
_BOTH = rf"(?:do|are|is) {_V} and {_V} "
_PAIRS = (
    (re.compile(_BOTH + "(?:have (?:the same|equal) values?|(?:equal|the same)(?: number)?)"), "="),
    (re.compile(_BOTH + "(?:have different values|(?:non-|not |un)equal|different)"), "!="),
)
_TO = rf"(?: in| among| from| of| out of|:|,|\?){_THESE}:? ?"


def read_prompt(text: str) -> ComparePayload | None:
    """Return the comparison that a message asks for; None if it asks for none.

    Raises:
        InvalidTaskError: if it is one, but a part of it is out of range or unclear.
    """
    if len(text) > _LONGEST_MESSAGE or not _KEYWORD.search(text):
        return None
    plain = plain_math(text).lower()
    if not any(map(str.isdigit, plain)):
        return None
    for reader in (_relation, _sorting, _choice):
        found = reader(plain)
        if found is not None:
            return checked(found)
    return None


def _relation(plain: str) -> ComparePayload | None:
    for form, sign in _PAIRS:
        match = form.fullmatch(plain)
        if match:
            return ComparePayload(sign, (_value(match[1]), _value(match[2])))
    match = _IS.fullmatch(plain)
    sign_match = _RELATION.fullmatch(match[2]) if match else None
    if match is None or sign_match is None:
        return None
    sign = _RELATIONS[int(sign_match.lastindex or 1) - 1][1]
    return ComparePayload(sign, (_value(match[1]), _value(match[3])))


_SORTING = tuple(
    re.compile(form)
    for form in (
        r"(?:sort|order|arrange|rank|put|list|write|place)(?: these| the)?(?: following)?"
        rf"(?: numbers?| values?| list| fractions?| decimals?)?{_L}"
        r"(?:,? ?(?:in|into|by) (?P<way>[a-z]+)(?: order)?(?: of (?:size|value))?"
        r"|,? ?from (?P<first>[a-z]+) to [a-z]+| ?(?P<alone>ascending|descending))?",
        r"(?:sort|order|arrange|rank|put|list|write|place)(?: these| the)?(?: following)?"
        r"(?: numbers?| values?| list| fractions?| decimals?)?"
        r"(?: (?:in|into) (?P<way>[a-z]+) order(?: of (?:size|value))?"
        rf"| from (?P<first>[a-z]+) to [a-z]+| (?P<alone>ascending|descending)) ?{_L}",
    )
)


def _sorting(plain: str) -> ComparePayload | None:
    body = re.sub(r"^(?:please|can you|could you|would you)[ ,]+", "", plain)
    for form in _SORTING:
        match = form.fullmatch(body)
        if match is None:
            continue
        numbers = next(g for g in match.groups() if g and g[0] in "-.0123456789")
        values = _values(numbers)
        word = match["way"] or match["first"] or match["alone"] or "ascending"
        if values is None:
            return None
        if re.fullmatch(f"{_UP}|{_SMALL}|smallest|least|lowest|low|small|order|numerical", word):
            return ComparePayload("ascending", values)
        if re.fullmatch(f"{_DOWN}|{_BIG}|high|large|big|reverse", word):
            return ComparePayload("descending", values)
    return None


_CHOICES = tuple(
    (re.compile(form), kind)
    for form, kind in (
        (rf"{_NEAR}{_NOUN} to {_V}(?: is)?[?:,]? ?{_LETTERED}", "closest lettered"),
        (rf"{_NEAR}{_NOUN} to {_V}{_TO}{_L}", "closest"),
        (rf"{_V}? ?is {_NEAR} to {_V}(?:{_TO}|[?:,] ?){_L}", "closest after"),
        (rf"(?P<rank>{RANK})?[- ]?(?P<big>{_BIG}|{_BIGGER})?(?P<small>{_SMALL}|{_SMALLER})?{_NOUN}"
         rf"[?:,]? ?{_LETTERED}", "ranked lettered"),
        (rf"(?P<rank>{RANK})?[- ]?(?P<big>{_BIG}|{_BIGGER})?(?P<small>{_SMALL}|{_SMALLER})?{_NOUN}"
         rf"{_OF}[?:,]? ?{_L}", "ranked"),
    )
)  # fmt: skip


def _choice(plain: str) -> ComparePayload | None:
    asked = _ASK.match(plain)
    body = plain[asked.end() :] if asked else plain
    for form, kind in _CHOICES:
        match = form.fullmatch(body)
        if match is None:
            continue
        letters: tuple[str, ...] = ()
        listed = match.groups()[-1]
        if kind.endswith("lettered"):
            pairs = re.findall(r"\(?([a-z])[).:] ?(-?[\d.][\d./]*%?)", listed)
            letters = tuple(letter for letter, _ in pairs)
            values: tuple[str, ...] | None = tuple(_value(value) for _, value in pairs)
        else:
            values = _values(listed)
        if values is None:
            continue
        payload = ComparePayload("closest", values, letters)
        if kind.startswith("closest"):
            return replace(payload, target=_value(match[1]))
        if (match["big"] is None) == (match["small"] is None):
            continue
        operation = "biggest" if match["big"] else "smallest"
        rank = rank_of(match["rank"]) if match["rank"] else 1
        return replace(payload, operation=operation, rank=rank)
    return None


def _value(text: str) -> str:
    return point_decimals(text.rstrip(",."))


def _values(text: str) -> tuple[str, ...] | None:
    """Return the numbers of a list; commas stand between them, or blanks."""
    text = text.strip(" ,;()")
    parts = [p.strip() for p in re.split(r",? (?:and|or|&) |, |;", text)]
    if len(parts) == 1:
        parts = text.split(",") if "," in text else text.split()
    elif all("," in part for part in parts):
        parts = [point_decimals(part) for part in parts]  # 2,5; 3,25
    values = tuple(part.strip() for part in parts)
    sound = all(re.fullmatch(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:/\d+)?%?", value) for value in values)
    return values if sound and len(values) > 1 else None
