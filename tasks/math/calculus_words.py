"""Read a request for a derivative or an integral by its words, in whatever order they come.

Second to the patterns of `calculus_phrases`: here a message may be put in any way, as long as all
of its words belong to such a request and its mathematics is one expression with its letter, point
or bounds. A word that could change the meaning (`average`, `normal`, `inverse`) is in no list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tasks.math.calculus_phrases import ORDINALS, TIMES
from tasks.math.polynomial_words import Skeleton, skeleton


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be done with which expression, as typed.

    Attributes:
        is_integral: else a derivative.
        no_constant: the integral's constant is to be left out.
        is_area: the integral is an area, which it equals only where the function is not below 0.
        expression: in plain characters.
        unknown: its letter, empty if unsaid.
        order: of the derivative.
        lower: bound, empty if there is none.
        upper: bound or point, empty if there is none.
    """

    is_integral: bool
    no_constant: bool
    is_area: bool
    expression: str
    unknown: str = ""
    order: int = 1
    lower: str = ""
    upper: str = ""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_N = r"-? ?\d+(?:[.,]\d+)?(?:/\d+)?"
_NUMBER = re.compile(rf"\(?({_N})\)?")
_AT = re.compile(rf"([a-zA-Z]) ?= ?\(?({_N})\)?")
_FUNCTION = re.compile(r"([a-zA-Z])(?: ?\( ?([a-zA-Z]) ?\))? ?= ?([^=]+)")
_PRIME = re.compile(
    r"(?<![a-zA-Z\d)^*])([a-zA-Z])('{1,4})(?: ?\( ?([^()=' ]{1,12}|- ?\d+) ?\))?"
    r"(?=[,.;:?!]*(?: [a-zA-Z(]|$)| ?= ?\??$)(?! ?= ?[^?])"
)
_QUOTIENT = re.compile(
    r"(?<![a-zA-Z\d)])d(?:\^\(?(\d)\)?)? ?([a-zA-Z])?(?:\([a-zA-Z]\))? ?/ ?d ?([a-zA-Z])"
    r"(?:\^\(?(\d)\)?)?(?![a-zA-Z])(?! ?= ?[^?])"
)
_INTERVAL = re.compile(rf"\[ ?({_N}) ?[,;] ?({_N}) ?\]")
_BETWEEN = re.compile(rf"({_N}) ?<=? ?[a-zA-Z] ?<=? ?({_N})")
_AXIS = re.compile(r"\b[a-zA-Z][- ]axis\b")
_COUNTED = re.compile(r"\b(1st|2nd|3rd|4th|5th|6th)\b", re.I)
_CONSTANT = re.compile(
    r"[-,;(]? ?\(?\b(?:(?:with|having) no|without|no|not|don't|do not|leav(?:e|ing)|omit(?:ting)?"
    r"|ignor(?:e|ing)|drop(?:ping)?|skip(?:ping)?|forget(?: about)?)"
    r"(?: (?:any|the|a|an|out|off|away|need|needed|want|include|including|add|adding|write|writing"
    r"|for|your|needing|to|arbitrary|integration))*"
    r" (?:constants?(?: of integration)?(?: C)?|\+ ?C|C)\b(?: (?:out|off|away|needed|required"
    r"|necessary|wanted|please|is|at the end))*\)?",
    re.I,
)
_KEPT = re.compile(r"(?:with|include|including|add|plus)(?: the| a| your)? "
                   r"(?:constant(?: of integration)?|\+ ?C)", re.I)  # fmt: skip
_DERIVE = _set(
    "derivative differentiate differentiating differentiation differentiated derive diff"
)
_INTEGRATE = _set(
    "integral integrate integrating integrated antiderivative primitive antidifferentiate"
)
_STEEP = _set("slope gradient rate changing changes change steep")
_AREA = _set("area")
_KNOWN = _set(
    "find finding determine calculate calculating compute give given gives tell state get"
    " getting obtain figure work show write what what's whats which when where how do does did"
    " is are be was if then and so also now just exactly exact value values answer answers"
    " result you your i i'm i'd i've me my we us our it its it's the a an this that that's here"
    " following below of to for from in into on at by with as let suppose consider assume say"
    " says want wanted need needs needed like would could can will should help know evaluate"
    " evaluating evaluated solve take taking takes function functions expression polynomial"
    " curve graph parabola line tangent point instantaneous definite indefinite general variable"
    " respect wrt order partial please simplify simplified expand expanded question problem"
    " exercise calculus step steps thanks thank hi hello ok okay quick there have has using use"
    " apply rule power up out equal equals up only terms between over under above below bounded"
    " limits bounds interval range going running ranging goes runs xaxis through till until one"
    " any method down"
)
_AREA_ONLY = _set("under above below bounded xaxis")
_ORDERS = {**ORDINALS, **TIMES}
_FIELDS = (
    re.compile(r"\b(?:V )?(?:(?:going|running|ranging|goes|runs) )?(?:is )?"
               r"(?:from|between|over|on|bounds|limits|interval|for|with|range)(?: (?:the|interval"
               r"|range|bounds|limits|of|from|between|values|V|is|going))* ([NB]) "
               r"(?:to|and|up to|through|till|until) ([NB])"),
    re.compile(r"\b(?:at|when|where|if|for|with|point|in|and|is)"
               r"(?: (?:the|point|where|when|V|is|at))*"
               r" (B)"),
    re.compile(r"\bat(?: the)?(?: point)? (N)"),
)  # fmt: skip
_BY_LETTER = re.compile(
    r"\b(?:wrt|respect to|by|in terms of|in|over|regarding|with|for|variable(?: is)?|using|take"
    r"|taking|function of|of|is)(?: (?:the|variable|letter))* V"
    r"(?: (?:as|is|being) (?:the|your|my|our)(?: (?:variable|unknown))?)?"
)


def read_words(text: str) -> Request | None:
    """Return what a message in plain characters asks; None if a word or a piece is foreign to it.

    Args:
        text: of `plain_text.plain_math`, with the spellings of `calculus_phrases`.
    """
    if "∫" in text:
        return None
    no_constant = _CONSTANT.search(text) is not None
    text = _KEPT.sub(" ", _CONSTANT.sub(" ", text))
    notation = _notation(text)
    if notation is None:
        return None
    text, name, wanted = notation
    text = _INTERVAL.sub(r" from \1 to \2 ", _BETWEEN.sub(r" from \1 to \2 ", text))
    text = _COUNTED.sub(lambda m: _ordinal(m[0]), _AXIS.sub(" xaxis ", text))
    split = skeleton(text.replace("anti-d", "antid"), frozenset())
    if split is None:
        return None
    request = _request(split, name, wanted)
    return None if request is None else replace(request, no_constant=no_constant)


def _notation(text: str) -> tuple[str, str, Request] | None:
    """Write `f'(2)` and `dy/dx` as the word derivative; with the function's name and the rest.

    None if there is more than one such.
    """
    wanted = Request(False, False, False, "")
    primes, quotients = list(_PRIME.finditer(text)), list(_QUOTIENT.finditer(text))
    if len(primes) + len(quotients) > 1:
        return None
    if primes:
        found = primes[0]
        at = found[3] or ""
        if at and not at.isalpha() and not _NUMBER.fullmatch(at):
            return None
        letter = at if at.isalpha() else ""
        wanted = replace(
            wanted, order=len(found[2]), unknown=letter, upper="" if at.isalpha() else at
        )
        name = found[1]
    elif quotients:
        found = quotients[0]
        if (found[1] or "1") != (found[4] or "1"):
            return None
        wanted = replace(wanted, order=int(found[1] or "1"), unknown=found[3])
        name = found[2] or ""
    else:
        return text, "", wanted
    after = text[found.end() :].lstrip().removeprefix("=").lstrip()
    text = f"{text[: found.start()].rstrip()} derivative {after}"
    return re.sub(r"derivative (?=[-(\d])", "derivative of ", text), name, wanted


def _request(split: Skeleton, name: str, wanted: Request) -> Request | None:
    """Sort the pieces into expression, letter, point and bounds."""
    tokens = split.words.split()
    pieces = iter(split.pieces)
    places: list[str] = []
    large: list[str] = []
    values: list[tuple[str, str]] = []
    letters: list[str] = []
    for token in tokens:
        if token not in ("E", "D", "P"):
            places.append(token)
            continue
        piece = next(pieces)
        if token == "P":
            return None
        if number := _NUMBER.fullmatch(piece):
            places.append("N")
            values.append(("", number[1]))
        elif at := _AT.fullmatch(piece):
            places.append("B")
            values.append((at[1], at[2]))
        elif len(piece) == 1 and piece.isalpha():
            places.append("V")
            letters.append(piece)
        else:
            places.append("X")
            large.append(piece)
    if len(large) != 1:
        return None
    return _sorted(" ".join(places), large[0], values, letters, name, wanted)


def _sorted(
    words: str,
    large: str,
    values: list[tuple[str, str]],
    letters: list[str],
    name: str,
    wanted: Request,
) -> Request | None:
    function = _FUNCTION.fullmatch(large)
    if ("=" in large and function is None) or (name and function is None):
        return None
    if function is not None:
        defined, parameter = function[1], function[2] or ""
        if defined in letters:
            letters = [letter for letter in letters if letter != defined]
            words = words.replace("V", "", 1)  # `y = x^3, differentiate y`
        if name and name != defined:
            return None
        wanted = replace(wanted, expression=function[3])
        letters = [*letters, parameter] if parameter else letters
    else:
        wanted = replace(wanted, expression=large)
    letters = [*letters, *(letter for letter, _ in values if letter)]
    if wanted.unknown:
        letters = [*letters, wanted.unknown]
    if len(set(letters)) > 1 or not set(letters) <= set(re.findall("[a-zA-Z]", wanted.expression)):
        return None
    wanted = replace(wanted, unknown=letters[0] if letters else "")
    bounds, words = _taken(_FIELDS[0], words)
    point, words = ("", words) if bounds else _taken(_FIELDS[1], words)
    if not bounds and not point:
        point, words = _taken(_FIELDS[2], words)
    if len(values) != (2 if bounds else 1 if point else 0):
        return None
    words = _BY_LETTER.sub(" ", words)
    if point and wanted.upper:
        return None
    if bounds:
        wanted = replace(wanted, lower=values[0][1], upper=values[1][1])
    elif point:
        wanted = replace(wanted, upper=values[0][1])
    return _asked(words, wanted)


def _taken(field: re.Pattern[str], words: str) -> tuple[str, str]:
    match = field.search(words)
    if match is None:
        return "", words
    return match[0], f"{words[: match.start()]} {words[match.end() :]}"


def _asked(words: str, wanted: Request) -> Request | None:
    """Find the one operation that the words name, and refuse words that fit it not."""
    orders = [order for order in _ORDERS if re.search(rf"\b{order}\b", words)]
    if any(order in TIMES and re.search(rf"{order}\b.* d[ei][rf]", words) for order in orders):
        return None  # twice the derivative
    for order in orders:
        words = words.replace(order, " ", 1)
    said = words.split()
    rest = set(said) - {"X"}
    derives, integrates = rest & _DERIVE, rest & _INTEGRATE
    steep, area = rest & _STEEP, rest & _AREA
    if "V" in rest or rest & {"N", "B"}:
        return None
    if not rest <= _KNOWN | _DERIVE | _INTEGRATE | _STEEP | _AREA | {"fast"}:
        return None
    if [bool(derives), bool(integrates), bool(steep), bool(area)].count(True) != 1:
        return None
    if len(orders) > 1 or (orders and not derives) or (orders and wanted.order > 1):
        return None
    if said.count("derivative") > 1 or (rest & _AREA_ONLY and not area):
        return None
    if "above" in rest and "xaxis" not in rest:
        return None
    if orders:
        wanted = replace(wanted, order=_ORDERS[orders[0]])
    if derives or steep:
        at_point = bool(wanted.upper) and not wanted.lower
        if wanted.lower or ("tangent" in rest and not steep) or (steep and not at_point):
            return None
        return wanted
    if "tangent" in rest or wanted.order > 1 or (wanted.upper and not wanted.lower):
        return None
    if area and not wanted.lower:
        return None
    return replace(wanted, is_integral=True, is_area=bool(area))


def _ordinal(count: str) -> str:
    """Return `second` for `2nd`."""
    order = ORDINALS[count.lower()]
    return next(word for word, number in ORDINALS.items() if number == order and word.isalpha())
