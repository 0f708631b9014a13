"""Words for operations in definitions and questions: `5 more than b`, `twice a`, `n squared`."""

from __future__ import annotations

import re

from tasks.math.expressions import ExpressionSyntaxError, read_expression
from tasks.math.plain_text import point_decimals
from tasks.protocol import InvalidTaskError

_E = r"(.+?)"
_WORD = re.compile(r"[a-zA-Z]{2,}")
_LETTER_WORDS = frozenset({"sqrt"})
_MOST_WORDS = 16
_FORMS = tuple(
    (re.compile(form, re.I), template)
    for form, template in (
        (rf"(?:the )?(?:sum|total) of {_E} and {_E}", "{} + {}"),
        (rf"(?:the )?product of {_E} and {_E}", "{}*{}"),
        (rf"(?:the )?difference (?:of|between) {_E} and {_E}", "{} - {}"),
        (rf"(?:the )?quotient of {_E} and {_E}", "{}/{}"),
        (rf"(?:the )?average of {_E} and {_E}", "({} + {})/2"),
        (rf"{_E} (?:more|greater|larger|bigger) than {_E}", "{1} + {0}"),
        (rf"{_E} (?:less|fewer|smaller) than {_E}", "{1} - {0}"),
        (rf"{_E} subtracted from {_E}", "{1} - {0}"),
        (rf"{_E} added to {_E}", "{1} + {0}"),
        (rf"(?:the )?square of {_E}", "{}**2"),
        (rf"(?:the )?cube of {_E}", "{}**3"),
        (rf"(?:the )?(?:double|twice)(?: of)? {_E}", "2*{}"),
        (rf"(?:the )?triple(?: of)? {_E}", "3*{}"),
        (rf"(?:one )?half(?: of| as much as)? {_E}", "{}/2"),
        (rf"(?:one |a )?third of {_E}", "{}/3"),
        (rf"(?:one |a )?quarter of {_E}", "{}/4"),
        (rf"(?:the )?negative of {_E}", "-{}"),
        (rf"{_E} (?:plus|increased by) {_E}", "{} + {}"),
        (rf"{_E} (?:minus|decreased by) {_E}", "{} - {}"),
        (rf"{_E} (?:times|multiplied by) {_E}", "{}*{}"),
        (rf"{_E} (?:divided by|over) {_E}", "{}/{}"),
        (rf"{_E} (?:raised )?to the power (?:of )?{_E}", "{}**{}"),
        (rf"{_E} ?(?:%|percent) of {_E}", "{}/100*{}"),
        (rf"{_E} squared", "{}**2"),
        (rf"{_E} cubed", "{}**3"),
    )
)
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}


def expression_in(text: str, functions: frozenset[str] = frozenset()) -> str | None:
    """Return a text as an expression, words for operations turned into signs; None if it is none.

    Args:
        text: in plain characters.
        functions: names that are called.
    """
    text = text.strip()
    if not text or "=" in text or len(text) > 1000:
        return None
    words = [word.lower() for word in _WORD.findall(text)]
    if "%" not in text and all(word in _LETTER_WORDS for word in words):
        return _sound(text, functions)
    return _translated(text, functions) if len(words) <= _MOST_WORDS else None


def _translated(text: str, functions: frozenset[str]) -> str | None:
    if text.lower() in _NUMBERS:
        return _NUMBERS[text.lower()]
    for form, template in _FORMS:
        match = form.fullmatch(text)
        if match is None:
            continue
        parts = [expression_in(part, functions) for part in match.groups()]
        sound = [_bracketed(part) for part in parts if part is not None]
        if len(sound) == len(parts):
            return template.format(*sound)
    return None


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+|\w\(\w+\)", text) else f"({text})"


def _sound(text: str, functions: frozenset[str]) -> str | None:
    try:
        text = point_decimals(text)
        read_expression(text, functions)
    except (ExpressionSyntaxError, InvalidTaskError):
        return None
    return text
