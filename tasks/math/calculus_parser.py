"""Find what a message asks to differentiate or to integrate.

Strict: apart from the expression a message may hold only the phrases of `calculus_phrases` or the
words of `calculus_words`; everything else is someone else's. Functions such as `sin` are left to
other solvers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from tasks.math.calculus_area import is_nowhere_negative
from tasks.math.calculus_phrases import (
    ASK,
    DIFFERENTIAL,
    HINT,
    INTEGRAL,
    INTEGRATE,
    NAMED,
    NO_CONSTANT,
    NO_PRODUCT,
    NOUN,
    OPERATOR,
    ORDINALS,
    SIGN,
    SLOPE,
    SPELLINGS,
    TAILS,
    THEN,
    TIMES,
    VERB,
    WHEN,
)
from tasks.math.calculus_words import read_words
from tasks.math.expressions import ExpressionSyntaxError, Tree, names_in, read_expression
from tasks.math.plain_text import plain_math, point_decimals
from tasks.math.product_sum_reader import NotASumError, sum_of
from tasks.math.product_sums import LETTER, Sum
from tasks.protocol import InvalidTaskError

MOST_ORDER = 9
OPERATIONS = ("derivative", "integral", "integral without a constant")
LONGEST_MESSAGE = 2400
MOST_DIGITS = 60  # of a bound
_FUNCTIONS = tuple("fghyFGHY")  # alone they name something said elsewhere
_WORD = re.compile(  # "x^2 but not y": a product of letters stands beside its factors
    r"(?:(?<=[\w)\]}] )(?=[a-zA-Z]{2})|(?:^|(?<=[^a-zA-Z]))(?=[a-zA-Z]{2,} [\w(\[{]))"
    r"(?!sqrt\b|[abcxyz]+\b)[a-zA-Z]"
)


@dataclass(frozen=True, slots=True)
class CalculusProblem:
    """The expression as typed, and what to do with it.

    Attributes:
        operation: one of OPERATIONS.
        text: the expression in plain characters.
        unknown: the letter with respect to which.
        order: of the derivative, 1 for an integral.
        lower: lower bound of a definite integral, else empty.
        upper: its upper bound, or the point at which a derivative is asked for, else empty.
    """

    operation: str
    text: str
    unknown: str
    order: int
    lower: str
    upper: str


def read_problem(text: str) -> CalculusProblem | None:
    """Return the problem that a message poses; None if it poses none of this kind.

    Raises:
        InvalidTaskError: if it surely does, but it is unclear or too large.
    """
    if not HINT.search(text[:LONGEST_MESSAGE]):
        return None
    if len(text) > LONGEST_MESSAGE:
        return None
    text = plain_math(plain_math(text))  # courtesies may be doubled: `for me please`
    for pattern, spelling in SPELLINGS:
        text = pattern.sub(spelling, text)
    text = text.strip().removesuffix("=").strip()
    return _in_phrases(text) or _in_words(text)


def read_body(text: str) -> Sum:
    """Return the sum that is to be differentiated or integrated.

    Raises:
        ExpressionSyntaxError: if the text is no expression.
        NotASumError: if it is none made of powers.
        InvalidTaskError: if it is too large.
    """
    return sum_of(read_expression(point_decimals(text)))


def _in_phrases(text: str) -> CalculusProblem | None:
    if no_constant := NO_CONSTANT.search(text):
        found = _direct(text[: no_constant.start()].strip())
        if found is None or found.operation != "integral" or found.upper:
            return found
        return replace(found, operation="integral without a constant")
    return _defined(text) or _direct(text)


def _in_words(text: str) -> CalculusProblem | None:
    asked = read_words(text)
    if asked is None:
        return None
    bounds = (asked.lower, asked.upper)
    found = _problem(
        asked.is_integral, asked.expression, asked.unknown or None, asked.order, bounds
    )
    if found is None or (asked.is_area and not _is_area(found)):
        return None
    if asked.no_constant and found.operation == "integral" and not found.upper:
        return replace(found, operation="integral without a constant")
    return found


def _is_area(problem: CalculusProblem) -> bool:
    return set(re.findall("[a-zA-Z]", problem.text)) == {problem.unknown} and is_nowhere_negative(
        read_body(problem.text), Fraction(problem.lower), Fraction(problem.upper)
    )


def _direct(text: str) -> CalculusProblem | None:
    """Read `differentiate ...`, `what is the second derivative of ... wrt x`, `∫ ... dx`."""
    asked = ASK.match(text)
    core = text[asked.end() :] if asked else text
    found: dict[str, str] = {}
    for pattern in (NOUN, SLOPE, VERB, OPERATOR, INTEGRAL, INTEGRATE, SIGN):
        if match := pattern.fullmatch(core):
            found = {name: value for name, value in match.groupdict().items() if value}
            break
    else:
        return None
    integral = pattern in (INTEGRAL, INTEGRATE, SIGN)
    expression = found.pop("e")
    for _ in range(3):  # modifiers in any order
        for tail in TAILS:
            if match := tail.fullmatch(expression):
                more = {name: value for name, value in match.groupdict().items() if value}
                expression = more.pop("rest")
                found = {**more, **found}
    if integral and (match := DIFFERENTIAL.fullmatch(expression)):
        expression = match["rest"]
        found.setdefault("v", match["v"])
    elif pattern is SIGN:
        return None
    if pattern is OPERATOR and found.get("n", "1") != found.get("m", "1"):
        return None
    if named := NAMED.fullmatch(expression):
        expression = named["e"]
        if named["v"]:
            found.setdefault("v", named["v"])
    order = ORDINALS.get(found.get("ord", "").lower(), 1)
    if count := found.get("n"):
        order = int(count) if count.isdigit() else TIMES[count.lower()]
    bounds = ("", "")
    if integral and "lo" in found:
        bounds = (found["lo"], found["hi"])
    elif not integral and "p" in found:
        bounds = ("", found["p"])
        found.setdefault("v", found["pv"])
    elif {"lo", "p"} & set(found) or pattern is SLOPE:
        return None
    return _problem(integral, expression, found.get("v"), order, bounds)


def _defined(text: str) -> CalculusProblem | None:
    """Read `f(x) = ..., find f'(x)` and `find f'(x) if f(x) = ...`."""
    if "=" not in text:
        return None
    match = THEN.fullmatch(text) or WHEN.fullmatch(text)
    if match is None:
        return None
    name, unknown = match["f"], match["v"] or match["w"] or match["x"]
    wanted = match["g"] or match["h"] or name
    if wanted != name:
        return None
    order = len(match["primes"] or "") or ORDINALS.get((match["ord"] or "").lower(), 1)
    order = int(match["n"] or order)
    point = ""
    if (at := match["at"]) and not at.isalpha():
        point = at
    return _problem(bool(match["integral"]), match["e"], unknown, order, ("", point))


def _problem(
    integral: bool, expression: str, unknown: str | None, order: int, bounds: tuple[str, str]
) -> CalculusProblem | None:
    expression = _unwrapped(expression.strip().strip(",;:").strip())
    if not _looks_like(expression) or (unknown is None and expression in _FUNCTIONS):
        return None
    operation = "integral" if integral else "derivative"
    try:
        expression = point_decimals(expression)
        tree = read_expression(expression)
        sum_of(tree)
        if not 1 <= order <= MOST_ORDER:
            raise InvalidTaskError(f"derivative of order {order}; orders go from 1 to {MOST_ORDER}")
        letter = _unknown(tree, unknown)
        lower, upper = (_bound(bound) for bound in bounds)
        return check_problem(CalculusProblem(operation, expression, letter, order, lower, upper))
    except (ExpressionSyntaxError, NotASumError):
        return None


def check_problem(problem: CalculusProblem) -> CalculusProblem:
    """Return a problem that makes sense.

    Raises:
        ExpressionSyntaxError: if its text is no expression.
        NotASumError: if it is none made of powers.
        InvalidTaskError: if it is too large, or 0 lies between the bounds of a power below 0.
    """
    if problem.operation not in OPERATIONS:
        raise NotASumError(f"{problem.operation[:40]!r} is none of {', '.join(OPERATIONS)}")
    if not _looks_like(problem.text):
        raise NotASumError("it holds words, or characters that no expression has")
    terms = read_body(problem.text)
    if problem.lower and Fraction(problem.lower) * Fraction(problem.upper) <= 0:
        for term in terms:
            powers = [p for p in term if p[0] == LETTER and p[1] == problem.unknown]
            if any(part[2] < 0 for part in powers):
                raise InvalidTaskError(
                    f"{problem.text[:60]} is not defined at 0, which lies between the bounds"
                )
    return problem


def _unwrapped(text: str) -> str:
    """Take off brackets around the whole expression."""
    while text[:1] == "(" and text[-1:] == ")":
        depth = 0
        for place, character in enumerate(text):
            depth += (character == "(") - (character == ")")
            if depth == 0 and place < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text


def _bound(text: str) -> str:
    text = re.sub(r"[() ]", "", text).replace(",", ".")
    if not text:
        return ""
    if len(text) > MOST_DIGITS:
        raise InvalidTaskError(f"a bound has {len(text)} digits; at most {MOST_DIGITS}")
    if re.search(r"/0+$", text):
        raise InvalidTaskError(f"{text} divides by zero")
    return str(Fraction(text)) if "." not in text or "/" not in text else _quotient(text)


def _quotient(text: str) -> str:
    above, below = text.split("/")
    return str(Fraction(above) / Fraction(below))


def _unknown(tree: Tree, asked: str | None) -> str:
    letters = names_in(tree)
    if asked is not None:
        other_case = [letter for letter in letters if letter.lower() == asked.lower()]
        return asked if asked in letters or len(other_case) != 1 else other_case[0]
    if len(letters) == 1:
        return str(*letters)
    if not letters or ("x" in letters and letters <= set("abcdkmnx")):
        return "x"
    names = ", ".join(sorted(letters))
    raise InvalidTaskError(f"the letters are {names}; say with respect to which (`wrt x`)")


def _looks_like(text: str) -> bool:
    """Say whether a text may be an expression: its characters, and no words."""
    if not re.fullmatch(r"[0-9a-zA-Z+\-*/^().,\[\]{} ]+", text):
        return False
    runs = [run for run in re.findall(r"[a-zA-Z]{2,}", text) if run != "sqrt"]
    if any(len(run) > 3 or run.lower() in NO_PRODUCT for run in runs) or _WORD.search(text):
        return False
    return not runs or re.search(r"[\d+*/^]", text) is not None
