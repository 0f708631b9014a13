"""Find the two equations that a message asks to solve together, and which unknowns it asks for.

Strict: apart from the equations a message may hold only the phrases below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.math.equation_parser import MAX_CHARACTERS
from tasks.math.equation_words import equations_among_words
from tasks.math.expressions import ExpressionSyntaxError, Tree
from tasks.math.plain_text import plain_math, point_decimals
from tasks.math.system_reader import letters_of, line_of, sides_of
from tasks.protocol import InvalidTaskError

_LONGEST_MESSAGE = MAX_CHARACTERS + 300
_V = r"(?:the )?(?:values? of )?(?:both )?([a-zA-Z])(?:(?:,? and (?:for |of )?|, ?| & )([a-zA-Z]))?"
_FIND = (
    r"(?:find|determine|calculate|compute|give(?: me)?|tell me|work out|get|what(?:'s|s| is| are"
    r"| must be| does| do)|solve for)"
)
_GIVEN = (
    r"(?:if|when|where|given(?: that)?|such that|so that|from|knowing(?: that)?|suppose|using|with"
    r"|that (?:satisfy|satisfies|solves?)|satisfying|for which|for|in|assuming)"
)
_ASK = (
    r"(?:(?:can|could|would) you |please |help me (?:to )?|i need to "
    r"|how (?:do|can) (?:i|you|we) "
    r"|how to |let's |now )*(?:solve|find|determine|give|work out|compute|calculate"
    r"|what is|what are)"
)
_THING = (
    r"(?:(?:the|this|these|following|linear|simultaneous(?:ly)?|systems?|pair|set|of|two|both"
    r"|equations?|solutions?(?: (?:of|to))?|unknowns|simultaneous equations|to|for me|2x2)\b ?)*"
)
_COURTESY = re.compile(
    r"^(?:(?:hi|hey|hello|ok|okay|so|please|thanks|pls)(?: there)?[ ,:.!]+"
    r"|(?:(?:a |one )?(?:quick|short|simple|small) (?:one|question|problem|thing)|question|problem"
    r"|exercise|homework|(?:i )?need help(?: with| solving)?(?: this)?(?: one)?|help(?: me)?"
    r"|please help(?: me)?|two unknowns|system|algebra|task) ?[:,] ?)+",
    re.I,
)
_AFTER = re.compile(r"[ ,.;?!]+(?:pls|plz|thx|ty|cheers|many thanks)[ .!?]*$", re.I)
_LEADS = tuple(
    re.compile(form, re.I)
    for form in (
        rf"{_ASK} {_THING}for {_V}(?: only)? ?(?:{_GIVEN}\b|,|:)? ?{_THING}:? ?",
        rf"(?:can you |please )?{_FIND} {_V} (?:equal|be)? ?,? ?{_GIVEN} {_THING}:? ?",
        rf"{_FIND} {_V} ?: ?",
        rf"(?:for )?(?:what|which|find) (?:are )?(?:the )?values? (?:of|for) {_V} (?:do |would "
        rf"|will |that |is |are )?(?:both )?(?:simultaneously )?(?:(?:satisfy|satisfies|solves?"
        rf"|make) )?{_THING}:? ?",
        rf"(?:what|which|find) {_V} (?:do |would |will )?(?:make|satisfy|solve|fulfil)s?"
        rf" {_THING}:? ?",
        rf"(?:{_ASK}|where) (?:the )?(?:(?:coordinates|point)(?: of)?(?: the)? ?)?"
        rf"(?:intersection|where|point|at which)?(?: of| do| between)? ?(?:the )?(?:two )?"
        rf"(?:straight )?(?:lines?|graphs?|curves?) {_THING}:? ?",
        rf"(?:do|does|have|has) {_THING}:? ?",
        rf"{_ASK} {_THING}:? ?",
        rf"(?:if|given(?: that)?|suppose(?: that)?|let|when|the|consider|we have|i have"
        rf"|knowing(?: that)?) {_THING}:? ?",
        r"(?:linear |simultaneous )?(?:system|equations?)(?: of equations)? ?:? ?",
        r"",
    )
)
_TAILS = tuple(
    re.compile(form, re.I)
    for form in (
        rf" ?[,.;:?]? ?(?:then |and |now |so )*{_FIND} {_V}(?: equal| be)?$",
        rf" ?[,.;:]? ?(?:and )?(?:simultaneously )?(?:(?:solve|find) )?for {_V}$",
        rf" ?[,.;:]? ?(?:\({_V}\) ?= ?\?)$",
        r" ?,? ?(?:(?:cross|meet|intersect|be|hold|are)(?: each other)?|both true|true"
        r"|at the same time|both)+[ ?.;,:]*(?:(?:give|find|state|what are) (?:the )?"
        r"(?:coordinates|point|both|[a-z] and [a-z]))?$",
        r" ?,? ?(?:have )?(?:one|a|any|no|exactly one|a unique|how many)(?: unique)?"
        r" (?:common )?solutions?[a-z, ]*$",
        r" ?[,.;:]? ?(?:then |and )?(?:solve|simultaneously|solve (?:it|them|this|simultaneously"
        r"|for both|the system|both)|find both(?: of them)?|find the solution)$",
        r" ?[.;,]?$",
    )
)
_SEPARATORS = (r" ?; ?", r" ?,? and ", r" ?, (?:and )?", r" ?& ?", r"(?<!\d) ?,|,(?!\d)", r" ?\. ")
_ENVIRONMENT = re.compile(
    r"\\(?:begin|end) ?\{[a-z*]{1,12}\}(?:\{[lcr]+\})?|\\left\\?[{.]|\\right\\?[}.]"
)


@dataclass(frozen=True, slots=True)
class Request:
    """Two equations as typed, their unknowns in alphabetical order, and those asked for."""

    first: str
    second: str
    unknowns: str
    asked: str


_REFERS = re.compile(r"\bus(?:e|ing) (?:the|that|this|its) (?:answer|result|value)", re.I)


def read_request(text: str) -> Request | None:
    """Return the equations and what is asked; None if the text is no such request.

    Raises:
        InvalidTaskError: if it is one, but not of two linear equations in two unknowns.
    """
    if len(text) > _LONGEST_MESSAGE or not 2 <= text.count("=") <= 4:
        return None
    text = _one_line(text)
    if text.count("=") not in (2, 3, 4) or _too_wordy(text) or _REFERS.search(text):
        return None
    for lead in _LEADS:
        start = lead.match(text)
        if start is None:
            continue
        for tail in _TAILS:
            end = tail.search(text, start.end())
            if end is None:
                continue
            middle = text[start.end() : end.start()]
            parts = _two_equations(middle)
            if parts is None:
                continue
            names = [g for g in (*start.groups(), *end.groups()) if g]
            explicit = bool(start[0] or end[0].strip(" .;,"))
            found = _request(parts, names, explicit)
            if found is not None:
                return found
    return _among_words(text)


def check_request(request: Request) -> None:
    """Check the fields of a request that comes from outside.

    Raises:
        InvalidTaskError: with what is wrong.
    """
    parts = _trees((request.first, request.second))
    if parts is None:
        raise InvalidTaskError("expected two equations as text")
    names = [*request.asked]
    if _built((request.first, request.second), parts, names, True) != request:
        raise InvalidTaskError(
            f"the unknowns are not {request.unknowns!r}, or {request.asked!r} is not among them"
        )


def _one_line(text: str) -> str:
    text = _ENVIRONMENT.sub(" ", text).replace("\\\\", " ; ")
    if "\\" in text or "\n" in text:
        text = text.replace("&", " ") if "\\" in text or "&=" in text else text
        text = re.sub(r"(?<=[\w)])[ \t,;]*\n+[ \t]*(?=[\d(a-zA-Z.-])", " ; ", text)
    text = _COURTESY.sub("", _AFTER.sub("", plain_math(text)), count=1)
    text = _NUMERAL.sub("", text)
    text = re.sub(r"(?:; ?)+", "; ", text).strip(" ;")
    return re.sub(r"(?<=:) ?;|^;", "", " ".join(text.split()))


_NUMERAL = re.compile(r"(?:^|(?<=[:;,] )|(?<=and ))\(?(?:[12]|ii?)\) ")  # `(1) x + y = 3`
_WORD = re.compile(r"[a-zA-Z]{2,}")


def _too_wordy(text: str) -> bool:
    return len(_WORD.findall(text)) > 25


def _two_equations(middle: str) -> tuple[str, str] | None:
    middle = middle.strip(" {}:;,")
    if middle.count("=") != 2:
        return None
    for separator in _SEPARATORS:
        parts = [part.strip() for part in re.split(separator, middle) if part.strip()]
        if len(parts) == 2 and all(part.count("=") == 1 for part in parts):
            if any(_WORD.search(part) for part in parts):
                continue
            return point_decimals(parts[0]), point_decimals(parts[1])
    return None


def _request(parts: tuple[str, str], names: list[str], explicit: bool) -> Request | None:
    trees = _trees(parts)
    if trees is None:
        return None
    try:
        return _built(parts, trees, names, explicit)
    except InvalidTaskError:
        if explicit:
            raise
        return None


def _among_words(text: str) -> Request | None:
    found = equations_among_words(text)
    if found is None or len(found.equations) != 2:
        return None
    first, second = map(point_decimals, found.equations)
    trees = _trees((first, second))
    if trees is None or len(unknowns := letters_of(trees[0]) | letters_of(trees[1])) != 2:
        return None
    if not unknowns.issuperset(found.letters):
        return None
    return _request((first, second), list(found.letters), explicit=False)


_Sides = tuple[Tree, Tree]


def _trees(parts: tuple[str, str]) -> tuple[_Sides, _Sides] | None:
    try:
        return sides_of(parts[0]), sides_of(parts[1])
    except ExpressionSyntaxError:
        return None


def _built(
    parts: tuple[str, str], trees: tuple[_Sides, _Sides], names: list[str], explicit: bool
) -> Request | None:
    letters = letters_of(trees[0]) | letters_of(trees[1])
    if len(letters) == 1 and explicit:
        letters |= frozenset(names)
    if len(letters) < 2:
        return None
    if len(letters) > 2:
        listed = ", ".join(sorted(letters))
        raise InvalidTaskError(f"the system has the unknowns {listed}; expected two")
    asked = sorted(set(names) or letters)
    if not set(asked) <= letters:
        both = " and ".join(sorted(letters))
        raise InvalidTaskError(f"{', '.join(asked)} is asked for, but the unknowns are {both}")
    unknowns = "".join(sorted(letters))
    for sides in trees:
        line_of(sides, (unknowns[0], unknowns[1]))
    return Request(parts[0], parts[1], unknowns, "".join(asked))
