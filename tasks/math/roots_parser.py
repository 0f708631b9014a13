"""Find the equation of higher degree that a message asks to solve, or the polynomial to factor.

Strict: apart from the mathematics a message may hold only the phrases of `roots_phrases`, or the
words of `roots_words`. Linear equations, several unknowns and fractions over the unknown are left
to other kinds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tasks.math.expressions import ExpressionSyntaxError, read_expression
from tasks.math.plain_text import plain_math, point_decimals
from tasks.math.product_sum_reader import NotASumError, sum_of
from tasks.math.product_sums import BRACKET, LETTER, NUMBER, Sum
from tasks.math.roots_phrases import EQUATIONS, FACTORING, HINT, SPELLINGS, WORDS, ZEROS
from tasks.math.roots_words import may_be_a_request, read_words, without_prose
from tasks.protocol import InvalidTaskError

LONGEST_MESSAGE = 2400
HIGHEST_DEGREE = 8
MOST_BITS = 800  # of a coefficient, about: 240 digits
_LONG_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{4,}")
_WORD = re.compile(r"[a-zA-Z]{2,}")
_CHARACTERS = re.compile(r"[0-9a-zA-Z+\-*/^().,=\[\]{} ]+")


@dataclass(frozen=True, slots=True)
class RootsProblem:
    """What is asked.

    Attributes:
        text: an equation to solve, or a polynomial (no `=`) to factor, in plain characters.
        unknown: its letter.
    """

    text: str
    unknown: str


_OTHER_FIELD = re.compile(r"\bover (?:the )?(?:reals?|complex|gauss|finite|f\d|gf)|\bmod", re.I)


def read_problem(text: str) -> RootsProblem | None:
    """Return the problem that a message poses; None if it poses none of this kind.

    Raises:
        InvalidTaskError: if it surely does, but is too large.
    """
    if len(text) > LONGEST_MESSAGE or not HINT.search(text) or _OTHER_FIELD.search(text):
        return None
    in_phrases = all(word.lower() in WORDS for word in _LONG_WORD.findall(text))
    if not in_phrases and not may_be_a_request(text):
        return None
    text = without_prose(plain_math(plain_math(text)))  # courtesies may be doubled
    for pattern, spelling in SPELLINGS:
        text = pattern.sub(spelling, text)
    text = text.strip()
    found = _in_phrases(text) if in_phrases else None
    if found is None and (request := read_words(text)):
        found = _problem(request.text.strip(" :;,."), request.unknown or None)
    return found


def _in_phrases(text: str) -> RootsProblem | None:
    for form in (ZEROS, *FACTORING) if text.count("=") <= 1 else ():
        match = form.fullmatch(text)
        if match is None:
            continue
        expression = match["e"].strip(" :;,.")
        if form is ZEROS:
            expression = expression if "=" in expression else f"{expression} = 0"
        elif "=" in expression:
            continue
        if found := _problem(expression, match.groupdict().get("v")):
            return found
    if text.count("=") == 1:
        for form in EQUATIONS:
            match = form.fullmatch(text)
            if match and (found := _problem(match["e"].strip(" :;,."), match.groupdict().get("v"))):
                return found
    return None


def check_problem(problem: RootsProblem) -> RootsProblem:
    """Return a problem that is one of this kind.

    Raises:
        NotASumError: if it is not.
        ExpressionSyntaxError: if its text is no expression or equation.
        InvalidTaskError: if it is one, but too large.
    """
    if not re.fullmatch("[a-zA-Z]", problem.unknown):
        raise NotASumError(f"the unknown {problem.unknown[:40]!r} is not one letter")
    if not _CHARACTERS.fullmatch(problem.text) or set(_letters(problem.text)) != {problem.unknown}:
        raise NotASumError(f"{problem.text[:60]!r} has other letters than {problem.unknown}")
    left, right = read_sides(problem.text)
    degree = max(_degree(left), _degree(right or ()))
    if degree < (1 if right is None else 2):
        raise NotASumError(f"{problem.text[:60]!r} is linear")
    if degree > HIGHEST_DEGREE:
        raise InvalidTaskError(f"the degree is {degree}; at most {HIGHEST_DEGREE}")
    if max(_bits(left), _bits(right or ())) > MOST_BITS:
        raise InvalidTaskError("the numbers are too large to work with when multiplied out")
    return problem


def read_sides(text: str) -> tuple[Sum, Sum | None]:
    """Return the sides of an equation; None on the right for a polynomial."""
    sides = point_decimals(text).split("=")
    if len(sides) > 2:
        raise ExpressionSyntaxError(f"{len(sides) - 1} equals signs; an equation has one")
    sums = [sum_of(read_expression(side)) for side in sides]
    return sums[0], sums[1] if len(sums) == 2 else None


def _problem(text: str, asked: str | None) -> RootsProblem | None:
    letters = set(_letters(text))
    if len(letters) != 1 or not _CHARACTERS.fullmatch(text):
        return None
    unknown = letters.pop()
    if asked is not None and asked.lower() != unknown.lower():
        return None
    if any(len(run) > 3 for run in _WORD.findall(text)):
        return None
    try:
        return check_problem(RootsProblem(point_decimals(text), unknown))
    except (ExpressionSyntaxError, NotASumError):
        return None


def _letters(text: str) -> list[str]:
    return re.findall("[a-zA-Z]", text)


def _degree(terms: Sum) -> int:
    """Return the degree as written, before anything is combined.

    Raises:
        NotASumError: if an exponent is negative or a fraction.
    """
    highest = 0
    for term in terms:
        degree = 0
        for part in term:
            if part[0] == LETTER:
                if part[3] != 1 or part[2] < 0:
                    raise NotASumError("the unknown stands below a fraction line or a root")
                degree += part[2]
            elif part[0] == BRACKET:
                degree += part[2] * _degree(part[1])
        highest = max(highest, degree)
    return highest


def _bits(terms: Sum) -> int:
    """Return a bound on the size of the numbers when all is multiplied out."""
    total = 0
    for term in terms:
        bits = 1
        for part in term:
            if part[0] == NUMBER:
                bits += part[1].bit_length() + part[2].bit_length()
            elif part[0] == BRACKET:
                bits += part[2] * _bits(part[1])
        total = max(total, bits)
    return total + len(terms).bit_length()
