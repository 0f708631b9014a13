"""Find items whose two numbers are told apart by the words, units and signs beside them.

Every number but the capacity must have one role, the same one in every item: `(3 kg, 120)` after
`(5 kg, 80)`, `costs 60 and gives 9 points`, or no sign at all where the order was said.
"""

from __future__ import annotations

import re

from tasks.search.knapsack_layouts import FEWEST_ITEMS, MOST_ITEMS_READ, NUMBER, Items, name_at_end

_KINDS_OF_UNIT = {
    "mass": r"kgs?|kilos?|kilograms?|g|grams?|lbs?|pounds?|oz|ounces?|tons?|tonnes?|t|liters?"
    r"|litres?|l|gb|mb|slots?|cups?|m3|cm",
    "time": r"hours?|hrs?|h|minutes?|mins?|min|days?|weeks?",
    "money": r"dollars?|euros?|usd|eur|bucks|[$€£]|coins?|k",
    "merit": r"points?|pts?|stars?|fun|happiness|utility|xp|votes",
}
_UNIT = "|".join(rf"(?P<{kind}>(?:{words})(?![A-Za-z]))" for kind, words in _KINDS_OF_UNIT.items())
_AMOUNT = re.compile(
    rf"(?<![\w.])(?P<sign>[$€£] ?)?(?P<n>{NUMBER})(?![.\d]\d| ?%)(?: ?(?:{_UNIT}))?", re.I
)
_ROLES = {
    "w": r"weigh(?:s|t|ts|ing)?|wt|w|sizes?|volumes?|mass|takes?(?: up)?|taking|needs?|needing"
    r"|requires?|requiring|uses?|using|occup(?:ies|y)|lasts?",
    "v": r"values?|valued(?: at)?|worth|profits?|benefits?|gains?|scores?|rewards?|utility|val|v|p"
    r"|gives?|giving|earns?|earning|pays?|paying|yields?|yielding|brings?(?: in)?|returns?"
    r"|generat(?:es|ing)|rated|importance|points|revenue",
    "m": r"costs?|costing|priced?(?: at)?|prices?|sells? for|money",
}
_LINK = r"(?:[\s:=(,]|\b(?:an?|of|is|at|about|for|us|you|me|the|its?|you'll|need)\b)*"
_CUES = {
    role: re.compile(rf"(?<![\w'])(?:(?:with|has|have|and|is|that|which|it|its|at|of)(?: an?)? )*"
                     rf"(?:{words}){_LINK}$", re.I)
    for role, words in _ROLES.items()
}  # fmt: skip
_ORDER_WORD = (
    r"(?:(?P<w{0}>weights?|sizes?|mass|volumes?|wt|w)"
    r"|(?P<v{0}>values?|profits?|worth|prices?|benefits?|val|v|p|points)|(?P<m{0}>costs?))"
)
_IN = r"(?: ?\(?(?:in )?[\w$€£]{1,6}\)?)?"
_ORDER = re.compile(
    rf"\(? ?(?:(?:name|item|as|given as|format) ?[,:]? )?(?:name ?, ?)?"
    rf"\b{_ORDER_WORD.format(1)}\b{_IN}(?: ?[,/;|:-] ?| and | then )"
    rf"{_ORDER_WORD.format(2)}\b{_IN} ?\)?|\({_ORDER_WORD.format(3)} {_ORDER_WORD.format(4)}\)",
    re.I,
)
_LABEL = re.compile(
    r"\b(?:items?|projects?|crates?|tasks?|objects?|box|package|job|thing|option|article|#)"
    r" ?#?(\d{1,3})\b(?! ?(?:kg|items?|things))",
    re.I,
)
_Mark = tuple[int, int, str, str]  # where it begins and ends, its role, the number


def repeated(text: str, capacity: str) -> Items | None:
    """Read items that repeat one pattern, `camera (3 kg, 120), laptop (6 kg, 300)`.

    Args:
        text: without the capacity.
        capacity: what said it, such as `budget is $30`; its unit is that of the weights.
    """
    labels = [int(number) for number in _LABEL.findall(text)]
    if labels:
        if labels != list(range(1, len(labels) + 1)):
            return None
        text = _LABEL.sub(" : ", text)
    order = list(_ORDER.finditer(text))
    if len(order) > 1:
        return None
    said = ""
    if order:
        found = order[0].groupdict()
        said = "".join(
            next(role for role in "wvm" if found[f"{role}{place}"])
            for place in (1, 2, 3, 4)
            if any(found[f"{role}{place}"] for role in "wvm")
        )
        text = f"{text[: order[0].start()]} : {text[order[0].end() :]}"
    measure = _measure(capacity)
    marks = _marks(text, measure)
    if not 2 * FEWEST_ITEMS <= len(marks) <= 2 * MOST_ITEMS_READ or len(marks) % 2:
        return None
    roles = _columns(marks, said.replace("m", "w" if measure == "money" else "v"))
    return None if roles is None else _items(text, marks, roles)


def _measure(capacity: str) -> str:
    """Return in what the capacity is counted; empty if nothing says so."""
    for amount in _AMOUNT.finditer(capacity):
        if amount["sign"]:
            return "money"
        for kind in _KINDS_OF_UNIT:
            if amount[kind]:
                return kind
    return "money" if re.search(r"budget|spend", capacity, re.I) else ""


def _marks(text: str, measure: str) -> list[_Mark]:
    marks: list[_Mark] = []
    end = 0
    for amount in _AMOUNT.finditer(text):
        before = text[max(end, amount.start() - 60) : amount.start()]
        start, role = amount.start(), ""
        for cue, pattern in _CUES.items():
            if found := pattern.search(before):
                start, role = amount.start() - len(before) + found.start(), cue
                break
        unit = next((kind for kind in _KINDS_OF_UNIT if amount[kind]), "")
        unit = "money" if amount["sign"] else unit
        marks.append((start, amount.end(), _role(role, unit, measure), amount["n"]))
        end = amount.end()
    return marks


def _role(cue: str, unit: str, measure: str) -> str:
    """Return `w`, `v`, `?` for what nothing says, `!` for a contradiction."""
    if unit and unit == measure:
        by_unit = "w"
    elif unit in ("mass", "time"):
        by_unit = "w" if not measure else "!"
    elif unit == "money":
        by_unit = "v"
    else:
        by_unit = "v" if unit else "?"
    if cue == "m":
        cue = "w" if measure in ("money", "") and unit in ("money", "") else by_unit
        if by_unit == "v" and measure != "money" and unit == "money":
            cue = "v"
    if not cue or cue == "?":
        return by_unit
    return cue if by_unit in ("?", cue) or (unit == "money" and not measure) else "!"


def _columns(marks: list[_Mark], said: str) -> str | None:
    """Return the roles of the two numbers of an item; None if they differ among items."""
    found = ""
    for side in (0, 1):
        roles = {mark[2] for mark in marks[side::2]}
        if len(roles) > 1:
            return None
        found += roles.pop()
    if said:
        fits = all(role in ("?", named) for role, named in zip(found, said, strict=True))
        return said if fits and sorted(said) == ["v", "w"] else None
    found = {"w?": "wv", "?w": "vw", "v?": "vw", "?v": "wv"}.get(found, found)
    return found if found in ("wv", "vw") else None


def _items(text: str, marks: list[_Mark], roles: str) -> Items:
    names: list[str] = []
    words = ""
    end = 0
    for first, second in zip(marks[::2], marks[1::2], strict=True):
        name, left = name_at_end(text[end : first[0]], bool(names))
        names.append(name)
        words += f"{left} : {text[first[1] : second[0]]} : "
        end = second[1]
    numbers = {role: tuple(mark[3] for mark in marks[n::2]) for n, role in enumerate(roles)}
    return Items(tuple(names), numbers["v"], numbers["w"], words + text[end:])
