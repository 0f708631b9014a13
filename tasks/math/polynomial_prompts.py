"""Find what a message asks of polynomials: an expanded expression, a value, or a coefficient.

Strict: every word must belong to such a request. Derivatives, equations to solve, factoring, and
sums of plain numbers are other kinds'.
"""

from __future__ import annotations

import re

from tasks.math.expressions import ExpressionSyntaxError, names_in, read_expression
from tasks.math.plain_text import plain_math, point_decimals
from tasks.math.polynomial_forms import FILLERS, FORMS
from tasks.math.polynomial_problem import (
    MAX_CHARACTERS,
    DefinitionError,
    PolynomialPayload,
    check,
)
from tasks.math.polynomial_reading import ExponentError
from tasks.math.polynomial_rewriting import is_solved
from tasks.math.polynomial_words import definition_parts, positive_name, skeleton
from tasks.protocol import InvalidTaskError

_LONGEST = MAX_CHARACTERS + 400
_MATHEMATICS = re.compile(r"[=^*+(²³\d⁰-⁹√·×÷−-]")
_NAME = re.compile(
    r"(?<![a-zA-Z'’])[b-zB-HJ-Z](?![a-zA-Z'’])|\d[a-zA-Z]"
    r"|(?<![a-zA-Z])[aAI] ?[-+*/^(=)²³]|[-+*/^(=)\d] ?[aAI](?![a-zA-Z])"
)  # a letter by itself that is no article
_CALCULUS = re.compile(r"d ?\^?\d?\)? ?/ ?\(? ?d ?[a-zA-Z](?![a-zA-Z])|[a-zA-Z]'+ ?\(|∫|\\int")
_PLAIN_FORM = re.compile(r"[a-z0-9^* ]+(?:\+[a-z0-9^* ]+)+", re.I)
_LONE = re.compile(r"[a-z0-9^* ]+", re.I)
_MOST_WORDS = 60  # of a skeleton
_TWO_WAYS = re.compile(r"[a-zA-Z)] ?/ ?(?:\d+(?:\.\d+)?[a-zA-Z(]|[a-zA-Z]\()")
_POWER_WORD = re.compile(r"\) (squared|cubed)\b")
_YES_OR_NO = re.compile(r"(?:is|are|does|do|did|was) ", re.I)
_COMBINED = re.compile(
    r"\b(?:sum|difference|product|and|plus|minus|times)\b"
)  # of which the power?
_POSSIBLE = re.compile(r"[-+*/^()\[\]{}.,\da-zA-Z\s]+")


def read_prompt(text: str) -> PolynomialPayload | None:
    """Return what a message asks; None if it is no such request.

    Raises:
        InvalidTaskError: if it surely is one, but cannot be worked out or is too large.
    """
    if len(text) > _LONGEST or not _MATHEMATICS.search(text) or not _NAME.search(text):
        return None
    plain = plain_math(text)
    if _CALCULUS.search(plain) or _YES_OR_NO.match(plain):
        return None
    if not _COMBINED.search(plain):
        plain = _POWER_WORD.sub(lambda m: f")^{2 if m[1] == 'squared' else 3}", plain)
    split = skeleton(plain, FILLERS)
    if split is None or not split.pieces or split.words.count(" ") > _MOST_WORDS:
        return None
    for name, form in FORMS:
        match = form.fullmatch(split.words)
        if match is not None:
            return _payload(name, match, split.pieces)
    return None


def _payload(name: str, match: re.Match[str], pieces: tuple[str, ...]) -> PolynomialPayload | None:
    """Put the pieces into their places; None if one of them is no mathematics of this kind."""
    order = [at for at, letter in enumerate(match.string) if _is_piece(match.string, at, letter)]
    at = {
        group: pieces[order.index(match.start(group))]
        for group in match.groupdict()
        if match[group]
    }
    definitions = []
    positive = ""
    named = {match.start(group) for group in at}
    for place, piece in zip(order, pieces, strict=True):
        letter = match.string[place]
        if letter == "D":
            parts = definition_parts(piece)
            if parts is None or not _POSSIBLE.fullmatch(parts[2]):
                return None
            definitions.append(parts)
        elif letter == "P":
            positive += positive_name(piece) or "?"
        elif place not in named:
            positive += piece if len(piece) == 1 and piece.isalpha() else "?"
    if "?" in positive or not all(map(_POSSIBLE.fullmatch, at.values())):
        return None
    return _checked(name, at, definitions, "".join(sorted(set(positive))))


def _is_piece(words: str, at: int, letter: str) -> bool:
    return letter in "EDP" and words[at - 1 : at] in ("", " ")


def _checked(
    name: str, at: dict[str, str], definitions: list[tuple[str, str, str]], positive: str
) -> PolynomialPayload | None:
    surely = name not in ("weak", "value", "head", "plus", "minus", "times", "square", "cube")
    if name == "shape":  # such as a*x**2 + b*x + c, for which the expanded sum is the answer
        if not _PLAIN_FORM.fullmatch(at.pop("f")):
            return None
    elif name == "coefficient" and not _LONE.fullmatch(at["c"]) and _LONE.fullmatch(at["e"]):
        at["c"], at["e"] = at["e"], at["c"]
    elif name == "head":
        function, parameter, _ = definitions[0]
        at["e"] = f"{function}({parameter})" if parameter else function
    try:
        text = point_decimals(_expression(name, at))
        texts = tuple(_definition_text(*parts) for parts in definitions)
        functions = frozenset(function for function, parameter, _ in definitions if parameter)
        names = names_in(read_expression(text, functions))
    except ExpressionSyntaxError as error:
        if surely and not definitions:
            raise InvalidTaskError(f"cannot read {at['e'][:80]!r}: {error}") from error
        return None
    if not names and not definitions:
        return None
    for typed in (text, *texts):
        if two := _TWO_WAYS.search(typed):
            raise InvalidTaskError(
                f"{two[0]!r} can be read in two ways; write what is divided by in brackets"
            )
    form = at.get("f", "")
    wanted = "1" if name == "constant" else at.get("c", "")
    payload = PolynomialPayload(text, texts, form, wanted, positive)
    try:
        check(payload)
        finished = is_solved(payload.start())
    except (DefinitionError, ExponentError):
        if name in ("value", "head"):
            return None  # equations, or names that other kinds can find the values of
        raise
    except InvalidTaskError:
        if surely or definitions:
            raise
        return None
    if finished and not definitions and (name == "weak" or not re.search(r"\d|[-+*/^]", text)):
        return None
    return payload


def _expression(name: str, at: dict[str, str]) -> str:
    signs = {"plus": "+", "minus": "-", "times": "*"}
    if name in signs:
        return f"({at['a']}) {signs[name]} ({at['b']})"
    if name in ("square", "cube"):
        return f"({at['a']})^{2 if name == 'square' else 3}"
    return at["e"]


def _definition_text(name: str, parameter: str, body: str) -> str:
    head = f"{name}({parameter})" if parameter else name
    return f"{head} = {point_decimals(body)}"
