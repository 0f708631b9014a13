"""Find items with values and weights in a text: two lists, a table, or item by item.

Every reader returns the items and the words that are left, so that the parser can be strict.
Numbers are texts here: the parser makes them whole. Blanks in texts are single.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_ITEMS_READ = 400
FEWEST_ITEMS = 2
NUMBER = r"\d{1,9}(?:\.\d{1,4})?"
UNIT = (
    r"(?:kgs?|kilos?|kilograms?|g|grams?|lbs?|pounds?|oz|ounces?|tons?|t|units?|liters?|litres?|l)"
)
_MONEY = r"(?:dollars?|euros?|usd|eur|bucks|points?|coins?|gold)"
VALUE_WORD = (
    r"(?:values?|worths?|profits?|prices?|benefits?|gains?|scores?|rewards?|utility|val|v|p)"
)
WEIGHT_WORD = r"(?:weights?|weighs|weighing|sizes?|mass(?:es)?|volumes?|wt|w|kg)"
_LIST = rf"[\[({{]? ?({NUMBER}(?:(?: ?[,;] ?(?:and )?| and | ){NUMBER})+) ?[\])}}]?"
_VALUES = re.compile(rf"\b{VALUE_WORD} ?(?:are|is|of|=|:)* ?{_LIST}", re.I)
_WEIGHTS = re.compile(rf"\b{WEIGHT_WORD} ?(?:\(?{UNIT}\)? ?)?(?:are|is|of|=|:)* ?{_LIST}", re.I)
_LINK = r"(?:(?:with|at|has|have|and|is|a|of) )*"
_VALUE = re.compile(
    rf"(?:\b{_LINK}{VALUE_WORD}\b ?(?:is|of|=|:)? ?[$€]? ?(?P<a>{NUMBER})(?: ?{_MONEY}\b)?"
    rf"|[$€] ?(?P<b>{NUMBER})|(?P<c>{NUMBER}) ?(?:€|\$|{_MONEY}\b))",
    re.I,
)
_WEIGHT = re.compile(
    rf"(?:\b{_LINK}{WEIGHT_WORD}\b ?(?:is|of|=|:)? ?(?P<a>{NUMBER})"
    rf"(?: ?{UNIT}\b)?|(?P<b>{NUMBER}) ?{UNIT}\b)",
    re.I,
)
_PAIR_ORDER = re.compile(
    rf"\(? ?\b(?:(?P<v1>{VALUE_WORD})|(?P<w1>{WEIGHT_WORD})) ?(?:\([\w$€]+\))? ?[,/;|] ?"
    rf"(?:(?P<v2>{VALUE_WORD})|(?P<w2>{WEIGHT_WORD})) ?(?:\([\w$€]+\))? ?\)?",
    re.I,
)
_PAIR = re.compile(
    rf"(?:(?<![\w.])(?P<name>[^\W\d_][\w'-]*(?: [^\W\d_][\w'-]*)?|\d{{1,3}}) ?[:=.]? ?)?"
    rf"[(\[] ?[$€]?(?P<a>{NUMBER}) ?(?:{UNIT}\b)? ?[,;/|] ?"
    rf"[$€]?(?P<b>{NUMBER}) ?(?:{UNIT}\b)? ?[)\]]"
)
_HEAD = re.compile(
    rf"^[ |]*(?:(?:items?|names?|no|nr|number|#|id|object)\b\.? ?[|,;:]* ?)?"
    rf"(?:(?P<v1>{VALUE_WORD})|(?P<w1>{WEIGHT_WORD}))\b ?(?:\([\w$€]+\))? ?[|,;:/]* ?"
    rf"(?:(?P<v2>{VALUE_WORD})|(?P<w2>{WEIGHT_WORD}))\b ?(?:\([\w$€]+\))? ?[|,;:]* ?$",
    re.I | re.M,
)
_LINE = re.compile(
    rf"^[ |]*(?:[-*•] )?(?:(?P<name>[^\W_][\w' -]{{0,39}}?) ?(?:[|,;:] ?| ))?[$€]?(?P<a>{NUMBER}) ?"
    rf"(?:{UNIT}\b)? ?(?:[|,;:/] ?| )[$€]?(?P<b>{NUMBER}) ?(?:{UNIT}\b)?[ |]*$",
    re.I | re.M,
)
_RULE = re.compile(r"^[ |:+-]*-[ |:+-]*$", re.M)
_RUN = re.compile(
    rf"(?<![\w.(/]){NUMBER} ?/ ?{NUMBER}(?: ?[,;] ?(?:and )?{NUMBER} ?/ ?{NUMBER})+(?!\d)"
)
_EACH = re.compile(
    rf"\beach (?:one )?(?:weighs|weighing|with weight|of weight) ({NUMBER})(?: ?{UNIT}\b)?", re.I
)
_ALPHABET = re.compile(r"[^\W\d_]")
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        """and a an the item items object objects there is are has have i following thing things
        with of weight weights value values my which from""",
    )
)


class Items(NamedTuple):
    """What was found: names may be empty texts; numbers as typed; the words that are left."""

    names: tuple[str, ...]
    values: tuple[str, ...]
    weights: tuple[str, ...]
    words: str


def two_lists(text: str) -> Items | None:
    """Read `values = [60, 100], weights = [10, 20]`."""
    values, weights = _VALUES.findall(text), _WEIGHTS.findall(text)
    same = _EACH.search(text)
    if len(values) == 1 and not weights and same:
        numbers = tuple(re.findall(NUMBER, values[0]))
        words = _EACH.sub(" : ", _VALUES.sub(" : ", text))
        return Items(("",) * len(numbers), numbers, (same[1],) * len(numbers), words)
    if len(values) != 1 or len(weights) != 1:
        return None
    first, second = (tuple(re.findall(NUMBER, found[0])) for found in (values, weights))
    if len(first) != len(second):
        return None
    words = _WEIGHTS.sub(" : ", _VALUES.sub(" : ", text))
    return Items(("",) * len(first), first, second, words)


def table(text: str) -> Items | None:
    """Read lines of a name, a value and a weight below a head that says which is which."""
    head = _HEAD.search(text)
    if head is None or bool(head["v1"]) == bool(head["v2"]):
        return None
    lines = list(_LINE.finditer(text, head.end()))
    if len(lines) < FEWEST_ITEMS:
        return None
    words = text[: head.start()] + " : " + _RULE.sub(" ", _LINE.sub(" : ", text[head.end() :]))
    return _ordered(lines, bool(head["v1"]), words)


def pairs(text: str) -> Items | None:
    """Read `items (value, weight): (60, 10), (100, 20)` or `tent (60, 10)` where the order is said.

    The order may be said by lines too: `tent 60 10` under `name, value, weight`.
    """
    order = _PAIR_ORDER.search(text)
    if order is None or bool(order["v1"]) == bool(order["v2"]):
        return None
    rest = text[: order.start()] + " : " + text[order.end() :]
    runs = list(_RUN.finditer(rest))
    if len(runs) == 1:
        numbers = re.findall(NUMBER, runs[0][0])
        both = tuple(numbers[::2]), tuple(numbers[1::2])
        values, weights = both if order["v1"] else both[::-1]
        return Items(("",) * len(values), values, weights, rest.replace(runs[0][0], " : "))
    for pattern in (_PAIR, _LINE):
        found = list(pattern.finditer(rest))
        if len(found) >= FEWEST_ITEMS:
            return _ordered(found, bool(order["v1"]), pattern.sub(_word_before, rest))
    return None


def mentions(text: str) -> Items | None:
    """Read `a tent of weight 5 and value 60; a stove (4 kg, $40)`, in either order throughout."""
    marks = sorted(
        [(m.start(), m.end(), "v", m["a"] or m["b"] or m["c"]) for m in _VALUE.finditer(text)]
        + [(m.start(), m.end(), "w", m["a"] or m["b"]) for m in _WEIGHT.finditer(text)]
    )
    if len(marks) < 2 * FEWEST_ITEMS or len(marks) % 2 or len(marks) > 2 * MOST_ITEMS_READ:
        return None
    if "".join(mark[2] for mark in marks) not in (
        "vw" * (len(marks) // 2),
        "wv" * (len(marks) // 2),
    ):
        return None
    names: list[str] = []
    words = ""
    end = 0
    for first, second in zip(marks[::2], marks[1::2], strict=True):
        name, left = name_at_end(text[end : first[0]], bool(names))
        names.append(name)
        words += f"{left} : {text[first[1] : second[0]]} : "
        end = second[1]
    numbers = {kind: tuple(mark[3] for mark in marks if mark[2] == kind) for kind in "vw"}
    return Items(tuple(names), numbers["v"], numbers["w"], words + text[end:])


def _ordered(found: list[re.Match[str]], value_first: bool, words: str) -> Items:
    first, second = (tuple(match[side] for match in found) for side in "ab")
    values, weights = (first, second) if value_first else (second, first)
    return Items(tuple(_clean(match["name"] or "") for match in found), values, weights, words)


def _word_before(match: re.Match[str]) -> str:
    name = match["name"] or ""
    return " : " if _clean(name) else f" {name} : "


def name_at_end(between: str, later: bool) -> tuple[str, str]:
    """Return the item's name, after the last stop before its numbers, and the words before it."""
    between = between.rstrip(" (:,=-[{|")
    stop = max(between.rfind(sign) for sign in ".:;,\n)?!|•")
    name = _clean(between[stop + 1 :])
    if not name or len(name) > 40 or (not later and len(name.split()) > 4):
        return "", between
    return name, between[: stop + 1]


def _clean(name: str) -> str:
    words = re.sub(r"[^\w' -]", " ", name).strip(" -").split()
    while words and (words[0].casefold() in _FILLERS or not re.search(r"\w", words[0])):
        words.pop(0)
    while words and words[-1] != "A" and words[-1].casefold() in (*_FILLERS, "that", "it", "worth"):
        words.pop()
    if len(words) > 1 and words[0].isdigit() and _ALPHABET.search(words[1]):
        words.pop(0)  # numbering: `1. tent`
    return " ".join(words)
