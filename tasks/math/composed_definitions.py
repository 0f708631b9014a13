"""Read sentences that define: `Let a be 3*b`, `suppose x + y = 3, x - y = 1`, `n is twice k`.

A sentence that starts like a definition but cannot be read is kept as `unread`, in case nobody
needs it.
"""

from __future__ import annotations

import re

from tasks.math.composed_questions import read_noun
from tasks.math.composed_statement import Statement
from tasks.math.composed_words import expression_in
from tasks.math.plain_text import point_decimals

LET = re.compile(
    r"(?:and |also |now |next |then |first |finally )*"
    r"(?:let(?:'s)?(?: (?:say|us))?|define|put|set|assume|say|given|with|if|consider|where"
    r"|suppose|supposing|assuming|knowing|for(?= [a-z] ?=)|when|take|i know|we know|we have"
    r"|you know)"
    r"(?: that)?(?: the (?:function|value|number|variable|equation))?(?: of)?:? (?=[^\s])",
    re.I,
)
_SUPPOSE = re.compile(r"(?:and |also |now )*(?:suppose|assume)(?: that)?:? ", re.I)
_NAME = r"([a-zA-Z])"
_IS = r"(?: ?:?= ?| (?:to )?(?:be|is|are|equals?|denotes?|represents?|as)(?: equal to)? )"
_DERIVATIVE = re.compile(
    rf"{_NAME}(?: ?\({_NAME}\))?{_IS}(?:the )?(?:(first|second|third|fourth|fifth) )?derivative of "
    rf"(.+?)(?: (?:wrt|with respect to) {_NAME})?",
    re.I,
)
_FUNCTION = re.compile(rf"{_NAME} ?\({_NAME}\){_IS}(.+)", re.I)
_VALUE = re.compile(rf"{_NAME}{_IS}(.+)", re.I)
_SOLVES = re.compile(
    rf"{_NAME} (?:solves|satisfies|(?:be|is) (?:the |an? )?(?:solution|root|(?:real )?number"
    r" that (?:solves|satisfies)|(?:real |whole |positive )?(?:number|value|unknown)"
    r" (?:such that|so that|for which|with))(?: of| to)?) (?:the equation )?(.+=.+)",
    re.I,
)
_ROOT = re.compile(
    rf"{_NAME}{_IS}(?:the )?(smaller|smallest|lower|lowest|least|larger|largest|greater|greatest"
    r"|bigger|biggest|higher|highest|positive|negative) (?:root|solution|zero)s? (?:of|to) "
    r"(?:the equation )?(.+=.+)",
    re.I,
)
_CALLED = re.compile(
    r"^(?:the )?(?:value|number|variable|constant|function|length|size) (?:of )?"
    r"(?=[a-z](?: |=|\())",
    re.I,
)
_EQUATIONS_APART = re.compile(r",? where | ?, (?:and )?|,(?=[a-zA-Z])| and |;|&")
_SAID_EQUAL = re.compile(r"(.+?) (?:is|equals|gives|makes|is equal to) (.+)", re.I)
_NO_NOUN = frozenset({"let", "is", "be", "are", "equals", "equal", "what", "find", "then", "solve"})
_MOST_GAPS = 6
_WORD = re.compile(r"[a-zA-Z]{2,}")


def read_definitions(sentence: str) -> list[Statement] | None:
    """Return what a sentence defines; None if it is no definition."""
    if _SUPPOSE.match(sentence) and "=" in sentence:
        equations = _equations(_SUPPOSE.sub("", sentence, count=1))
        if equations is not None:
            return [Statement("", "suppose", equations)]
    let = LET.match(sentence)
    body = sentence[let.end() :] if let else sentence
    found = _one(body)
    if found is not None:
        return [found]
    several = _several(body, bare=False)
    if several is not None:
        return several
    equations = _equations(body)
    if equations is not None:
        return [Statement("", "suppose", equations)]
    several = _several(body, bare=True)
    if several is not None:
        return several
    worded = _in_words(body)
    if worded is not None:
        return [worded]
    several = _several(body, bare=True, words=True)
    if several is not None:
        return several
    if let and (named := re.match(rf"{_NAME}(?: ?\({_NAME}\))?{_IS}", body)):
        return [Statement(named[1], "unread", (sentence,))]
    return None


def _several(body: str, bare: bool, words: bool = False) -> list[Statement] | None:
    """Return the definitions that a text lists: `x = 5 and y is the gcd of 4 and 6`.

    Args:
        body: the text.
        bare: whether equations of any form may stand in the list.
        words: whether phrases may, that perhaps a leaf kind understands.
    """
    for gap in list(_EQUATIONS_APART.finditer(body))[:_MOST_GAPS]:
        first = _one(body[: gap.start()], bare, words)
        rest = LET.sub("", body[gap.end() :].strip(), count=1).removeprefix("that ")
        if first is not None and rest:
            last = _one(rest, bare, words)
            others = [last] if last is not None else _several(rest, bare, words)
            if others is not None:
                return [first, *others]
    return None


def _one(text: str, bare: bool = False, words: bool = False) -> Statement | None:
    """Return the definition of a name, by a value, by words, or as the solution of an equation."""
    text = text.strip()
    root = _ROOT.fullmatch(text)
    if root and _is_equation(root[3]):
        which = root[2].lower()
        if which not in ("positive", "negative"):
            which = "smaller" if which[0] == "s" or which[:2] in ("lo", "le") else "larger"
        return Statement(root[1], "root", (which, _plain(root[3])))
    solved = _SOLVES.fullmatch(text)
    if solved and _is_equation(solved[2]):
        return Statement("", "suppose", (_plain(solved[2]),))
    found = _definition(text)
    if found is None and bare and _is_equation(text):
        return Statement("", "suppose", (_plain(text),))
    if found is None and bare and (said := _SAID_EQUAL.fullmatch(text)):
        sides = [expression_in(side) for side in said.groups()]
        if all(sides):
            return Statement("", "suppose", (f"{sides[0]} = {sides[1]}",))
    return _in_words(text) if found is None and words else found


def is_readable(sentence: str) -> bool:
    """Say whether a sentence is a definition that this module understands."""
    found = read_definitions(sentence)
    return found is not None and all(
        one.verb != "unread" and (one.verb != "ask" or len(one.parts) > 1) for one in found
    )


def _definition(body: str) -> Statement | None:
    """Return what `f(x) = 3x` or `a is 4` defines; None if it cannot be read."""
    body = _CALLED.sub("", body.strip(), count=1)
    if match := _DERIVATIVE.fullmatch(body):
        name, parameter, order, expression, letter = match.groups()
        if not _is_expression(expression):
            return None
        if parameter is None:
            letters = {letter} if letter else {*re.findall("[a-zA-Z]", expression)}
            parameter = letters.pop() if len(letters) == 1 else None
        if parameter is None or letter not in (None, parameter):
            return None
        return Statement(f"{name}({parameter})", "derivative",
                         (_plain(expression), parameter, (order or "first").lower()))  # fmt: skip
    if match := _FUNCTION.fullmatch(body):
        name, parameter, expression = match.groups()
        if not _is_expression(expression):
            return None
        return Statement(f"{name}({parameter})", "formula", (_plain(expression),))
    if match := _VALUE.fullmatch(body):
        name, said = match.groups()
        expression = expression_in(said)
        if expression is not None:
            return (
                None
                if name in re.findall("[a-zA-Z]", expression)
                else Statement(name, "value", (expression,))
            )
        return read_noun(name, said)
    return None


def _in_words(body: str) -> Statement | None:
    """Keep a phrase with a number or a letter in it, in case a leaf kind understands it."""
    match = _VALUE.fullmatch(body.strip())
    if match is None:
        return None
    said = match[2].strip()
    words = [word.lower() for word in _WORD.findall(said)]
    if not 1 <= len(words) <= 14 or "=" in said or _NO_NOUN & {*words}:
        return None
    if not re.search(r"\d|\b[b-zB-Z]\b", said):
        return None
    return Statement(match[1], "ask", (f"What is {said}?",))


def _equations(text: str) -> tuple[str, ...] | None:
    """Return the one or two equations that a text consists of."""
    for parts in ([text], _EQUATIONS_APART.split(text)):
        parts = [part.strip() for part in parts]
        if len(parts) <= 2 and all(_is_equation(part) for part in parts):
            return tuple(_plain(part) for part in parts)
    return None


def _is_equation(text: str) -> bool:
    sides = text.split("=")
    return len(sides) == 2 and all(_is_expression(side) for side in sides)


def _is_expression(text: str) -> bool:
    """Say whether a text is an expression without words."""
    return not _WORD.search(text.replace("sqrt", "")) and expression_in(text) is not None


def _plain(text: str) -> str:
    return point_decimals(text.strip())
