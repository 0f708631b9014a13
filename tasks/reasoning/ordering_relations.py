"""Read what follows a subject: `older than the bus`, `the second from the left`, `last`.

A relation names others, a distance or a place counted from an end; directions say which end.
`written` turns it into the language of the payload once the axis of the problem is known.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tasks.reasoning.deduction_problem import LETTERS
from tasks.reasoning.ordering_words import (
    Directions,
    adjective,
    cardinal,
    comparative,
    flipped,
    ordinal,
    sign_on,
    superlative,
)

_LEXICAL = (
    "finished|finishes|finish|came|comes|come|placed|ranked|ranks|rank|arrived|arrives|arrive|"
    "sits|sat|sit|stands|stood|stand|lives|lived|live|lies|lay|lie|runs|ran|run|ended up|"
    "ends up|crossed the line|appears|parked|scored|score|has|got|get|goes|went|hangs|hung|belongs"
)
VERB = (
    r"(?:(?:must|should|will|can)(?: be)?|is|are|was|were|be|am)"
    r"(?: (?:sitting|standing|placed|located|positioned|parked|seated|ranked|found|listed|"
    r"always|also))?"
    rf"|(?:{_LEXICAL})"
)
_USUAL = (
    (re.compile(r" (?:beat|beats|defeated|outran|overtook|outranks?|outscored) ", re.I),
     " finished ahead of "),
    (re.compile(r" (?:lost to|was beaten by|trails|trailed) ", re.I), " finished behind "),
    (re.compile(r"\b(?:won|wins|win)(?: (?:the|this) [\w-]+)?$", re.I), "finished first"),
    (re.compile(r"\b(?:lost)(?: (?:the|this) [\w-]+)?$", re.I), "finished last"),
    (re.compile(r"\bcosts? (more|less) than\b", re.I), r"is \1 expensive than"),
    (re.compile(r"\bcosts? the (most|least)\b", re.I), r"is the \1 expensive"),
    (re.compile(r"\bweighs? more than\b", re.I), "is heavier than"),
    (re.compile(r"\bweighs? less than\b", re.I), "is lighter than"),
    (re.compile(r"\bweighs? the most\b", re.I), "is the heaviest"),
    (re.compile(r"\bweighs? the least\b", re.I), "is the lightest"),
    (re.compile(r" came in (?=first|second|third|fourth|fifth|sixth|last)", re.I), " finished "),
)  # fmt: skip
FIRST_LAST: Directions = frozenset({("rank", 1), ("row", 1), ("time", 1), ("speed", 1)})
_WORD_PLACES = (
    r"(?P<number>one|two|three|four|five|six|seven|\d) (?:places?|positions?|spots?|floors?|"
    r"levels?|rows?|"
    r"seats?|ranks?|steps?) "
)
_NEAR = r"(?P<near>immediately|directly|just|right|exactly one \w+|one \w+) "
_SIDES = r"(?:to the |on the |at the )?(?:immediate )?(?P<side>left|right)(?: side)? of"
_PREPOSITION = (
    r"(?P<preposition>above|below|before|after|ahead of|behind|over|under|"
    r"in front of|beneath|underneath)"
)
_THAN = r"(?:(?P<degree>more|less|fewer) (?P<plain>[\w-]+)|(?P<comparative>[\w-]+)) than"
_AS = re.compile(
    rf"(?:{_WORD_PLACES}|{_NEAR})?(?:{_SIDES}|{_PREPOSITION}|{_THAN}) (?P<other>.+)", re.I
)
_NEXT = re.compile(
    r"(?:right |directly |immediately )?(?:next to|adjacent to|beside|alongside|"
    r"a neighbou?r of) (?P<other>.+)",
    re.I,
)
_BETWEEN = re.compile(r"(?:somewhere )?(?:in )?between (?P<one>.+) and (?P<other>.+)", re.I)
_NOUN = (
    r"(?: (?:one|of all|overall|of (?:the|all|them)[\w -]*|in (?:the|this) [\w -]+|(?!from|"
    r"than|of|to|in|on|at)[\w-]+))?"
)
_ENDS = r"(?P<end>left|right|top|bottom|front|back|start|end|beginning|rear)"
_ORDINAL = (
    r"(?P<ordinal>first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|\dst|\dnd|\drd|\dth)"
)
_FROM = re.compile(
    rf"(?:in |at |on )?(?:the )?{_ORDINAL}(?: (?!from)\w+)? (?:from|starting from|counting from|"
    rf"on)(?: the)? {_ENDS}(?: (?:side|end|hand side))?",
    re.I,
)
_SUPER = re.compile(
    rf"(?:on |at |in )?(?:the )?(?:{_ORDINAL}[- ])?(?:(?P<degree>most|fewest|"
    rf"least)[ -](?P<plain>[\w-]+)|(?P<superlative>[\w-]+))"
    rf"{_NOUN}",
    re.I,
)
_PLACE = re.compile(
    rf"(?:in |at )?(?:the )?(?:{_ORDINAL}|(?P<last>last|final)|"
    rf"(?:{_ORDINAL.replace('ordinal', 'back')}|(?P<next>next))"
    r"[- ](?:to|from)[- ](?:the[- ])?last|(?P<short>second|third|fourth)[- ]last|"
    r"(?P<penultimate>penultimate))"
    r"(?: (?:place|position|spot|one|seat|overall|in (?:the |a )?[\w]+|of (?:all|the \w+)|"
    r"(?!from|on)[\w]+))?",
    re.I,
)
_NUMBERED = re.compile(
    r"(?:in |at |on )?(?:place|position|spot|number|no\.|seat|rank|slot) (?P<number>\d)", re.I
)
_END = re.compile(
    rf"(?:at|on|in) the (?:very |far |extreme )?{_ENDS}(?:[- ](?:most|hand))?(?: (?:end|side|"
    rf"position|of the \w+))?|(?:at )?(?:the )?far {_ENDS.replace('end', 'far', 1)}",
    re.I,
)
_MIDDLE = re.compile(
    r"(?:exactly )?(?:in |at )?the (?:exact )?(?:middle|cent(?:er|re))(?: \w+)?", re.I
)


_JOINT = re.compile(r",? (?:but|and|yet|while)(?: is| was| also| are)* ")
MOST_JOINTS = 4
MAX_CHARACTERS = 160  # of what is said of one name


class Relative(NamedTuple):
    """What is said of a name.

    Attributes:
        form: `before` (nearer to the end that the directions name), `at` (a place counted from that
            end), `next` (neighbours), `between`, `middle`.
        directions: that the words have; empty where none matters.
        others: names as written.
        number: the place for `at` (0: the last), the distance for `before` (0: any).
        positive: False for the opposite.
        indices: of the others, once known.
    """

    form: str
    directions: Directions = frozenset()
    others: tuple[str, ...] = ()
    number: int = 0
    positive: bool = True
    indices: tuple[int, ...] = ()


@lru_cache(maxsize=4096)
def read_relation(text: str) -> tuple[Relative, ...] | None:
    """Return the relations of what follows the verb, or None."""
    if len(text) > MAX_CHARACTERS:
        return None
    text = re.sub(
        r"^(?:(?:also|always|definitely|either|in|at) (?=\w+er than))", "", text.strip(" ,")
    )
    if text.startswith("not "):
        found = read_relation(text[4:])
        return (opposite(found[0]),) if found and len(found) == 1 else None
    if match := re.fullmatch(r"neither (.+) nor (.+)", text, re.I):
        both = [read_relation(match[1]), read_relation(match[2])]
        return tuple(opposite(one) for found in both for one in found or ()) if all(both) else None
    if (one := _single(text)) is not None:
        return tuple(one)
    joints = list(_JOINT.finditer(text))
    for joint in joints if len(joints) <= MOST_JOINTS else ():
        first, rest = read_relation(text[: joint.start()]), read_relation(text[joint.end() :])
        if first and rest:
            return (*first, *rest)
    return None


def read_superlative(text: str) -> Relative | None:
    """Return the place that `oldest`, `leftmost`, `left`, `first` or `most expensive` means."""
    text = text.strip().lower()
    if found := _place(text):
        return found
    words = text.split(" ")
    if len(words) == 1 and text in ("left", "right", "top", "bottom", "front", "back"):
        return Relative("at", adjective(text), number=1)
    return None


def spelled_out(text: str) -> str:
    """Write `did not finish last`, `beat`, `won` and `costs more than` in the usual forms."""
    text = re.sub(rf"\b(?:does|did|do) not ({_LEXICAL})\b", r"\1 not", text, flags=re.I)
    text = re.sub(r"\b(is|are|was|were) not (?:sitting|standing|placed|located|seated|parked) ",
                  r"\1 not ", text, flags=re.I)  # fmt: skip
    for form, usual in _USUAL:
        text = form.sub(usual, text)
    return text


def opposite(relation: Relative) -> Relative:
    """Return what holds where the relation does not."""
    return relation._replace(positive=not relation.positive)


def written(name: int, relation: Relative, axis: str, count: int) -> str | None:
    """Write a relation of the name in the payload's language; None if a place does not exist."""
    a = LETTERS[name]
    text: str | None = None
    sign = sign_on(relation.directions, axis) if relation.directions else 1
    if relation.form == "before":
        b = LETTERS[relation.indices[0]]
        first, second = (a, b) if sign > 0 else (b, a)
        if relation.number:
            text = f"{second} == {first} + {relation.number}"
        elif not relation.positive:
            return f"{second} < {first}"
        else:
            text = f"{first} < {second}"
    elif relation.form == "at":
        place = relation.number if relation.number > 0 else count + relation.number
        if not 1 <= place <= count:
            return None
        place = place if sign > 0 else count + 1 - place
        return f"{a} {'==' if relation.positive else '!='} {place}"
    elif relation.form == "middle":
        if count % 2 == 0:
            return None
        return f"{a} {'==' if relation.positive else '!='} {(count + 1) // 2}"
    elif relation.form == "next":
        return f"abs({a} - {LETTERS[relation.indices[0]]}) {'==' if relation.positive else '!='} 1"
    elif relation.form == "between":
        b, c = (LETTERS[n] for n in relation.indices)
        text = f"{b} < {a} < {c} or {c} < {a} < {b}"
    return text if relation.positive or text is None else f"not ({text})"


def _single(text: str) -> list[Relative] | None:
    if match := _BETWEEN.fullmatch(text):
        return [Relative("between", others=(match["one"], match["other"]))]
    if match := _NEXT.fullmatch(text):
        return [Relative("next", others=(one,)) for one in _listed(match["other"])]
    if match := _AS.fullmatch(text):
        return _compared(match)
    place = _place(text.lower())
    return None if place is None else [place]


def _compared(match: re.Match[str]) -> list[Relative] | None:
    if match["side"]:
        directions = adjective(match["side"].lower())
    elif match["preposition"]:
        word = match["preposition"].lower()
        directions = adjective({"ahead of": "ahead", "in front of": "front"}.get(word, word))
    elif match["degree"]:
        directions = adjective(match["plain"].lower())
        if match["degree"].lower() != "more":
            directions = flipped(directions)
    else:
        found = comparative(match["comparative"].lower())
        if found is None:
            return None
        directions = found
    distance = 1 if match["near"] or "immediate " in match[0].lower() else 0
    if match["number"]:
        distance = cardinal(match["number"].lower()) or 0
    others = _listed(match["other"])
    if (distance and len(others) > 1) or re.search(
        r"\b(?:but|who|which|than|is|are)\b", match["other"]
    ):
        return None
    return [Relative("before", directions, (other,), distance) for other in others]


def _listed(text: str) -> list[str]:
    text = re.sub(r"^both ", "", text)
    return [re.sub(r"^(?:and )", "", one) for one in re.split(r",? and |, ", text) if one]


def _place(text: str) -> Relative | None:
    if _MIDDLE.fullmatch(text):
        return Relative("middle")
    if match := _FROM.fullmatch(text):
        return Relative("at", _end(match["end"]), number=ordinal(match["ordinal"]) or 1)
    if match := _NUMBERED.fullmatch(text):
        return Relative("at", FIRST_LAST, number=int(match["number"]))
    if match := _END.fullmatch(text):
        return Relative("at", _end(match["end"] or match["far"]), number=1)
    if match := _SUPER.fullmatch(text):
        number = (ordinal(match["ordinal"]) or 1) if match["ordinal"] else 1
        if match["degree"]:
            directions: Directions | None = adjective(match["plain"])
            if match["degree"] != "most" and directions:
                directions = flipped(directions)
        else:
            directions = superlative(match["superlative"])
        if directions is not None:
            return Relative("at", directions, number=number)
    if match := _PLACE.fullmatch(text):
        return Relative("at", FIRST_LAST, number=_counted(match))
    return None


def _counted(match: re.Match[str]) -> int:
    """Return the place: 1 and more from the front, 0 for the last, -1 for the one before it."""
    if match["ordinal"]:
        return ordinal(match["ordinal"]) or 1
    if match["last"]:
        return 0
    if match["next"] or match["penultimate"]:
        return -1
    return 1 - (ordinal(match["back"] or match["short"]) or 1)


def _end(word: str) -> Directions:
    if word in ("start", "beginning"):
        return FIRST_LAST
    if word == "end":
        return flipped(FIRST_LAST)
    return adjective(word)
