"""What a task of `math/polynomials` asks: its payload, and the expression that it starts from.

Which words ask it is `polynomial_prompts`; what is too large to be asked is `polynomial_limits`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tasks.math.expressions import ExpressionSyntaxError, Tree, names_in, read_expression
from tasks.math.polynomial_limits import check_size
from tasks.math.polynomial_reading import sum_of
from tasks.math.polynomial_rewriting import needed
from tasks.math.polynomial_state import Definition, Factor, Polynomial, Sum, Term
from tasks.protocol import InvalidTaskError

MAX_CHARACTERS = 2000  # of all texts together
MAX_DEFINITIONS = 12
_LIKE_A_CALL = re.compile(
    r"(?<![a-zA-Z])(?:([fgh]) ?\("
    r"|([a-zA-Z]) ?\( ?(?:-? ?[\d.]+|[a-zA-Z](?: ?\( ?[a-zA-Z] ?\))?) ?\))"
)  # f(...), and u(3), u(x), u(v(x)) for any names: no product that people write
_HEAD = re.compile(r"([a-zA-Z])(?:\(([a-zA-Z])\))?")


class DefinitionError(InvalidTaskError):
    """Definitions that do not define: a name twice, or one that leads back to itself."""


@dataclass(frozen=True, slots=True)
class PolynomialPayload:
    """An expression to expand and collect, and what is to be given of it.

    Attributes:
        text: the expression, in plain characters.
        definitions: `f(x) = 3x + 2` or `k = 4`, in plain characters; some may not be needed.
        form: `a*x**2 + b*x + c` where a coefficient of that form is wanted, else empty.
        wanted: the coefficient's name in the form, or without a form the monomial whose
            coefficient is wanted (`x**2`; `1` for the constant), or empty for the expression.
        positive: the names that may be taken as positive, one letter each.
    """

    text: str
    definitions: tuple[str, ...] = ()
    form: str = ""
    wanted: str = ""
    positive: str = ""

    def start(self) -> Polynomial:
        """Return the expression with the definitions that it needs.

        Raises:
            InvalidTaskError: if it is none, or beyond the limits.
        """
        return _start(self.text, self.definitions, self.positive)

    def monomial(self) -> tuple[Factor, ...] | None:
        """Return the factors of the term whose coefficient is wanted; None if none is.

        Raises:
            InvalidTaskError: if the form does not say which.
        """
        if not self.wanted:
            return None
        if not self.form:
            return _one_monomial(sum_of(_tree(self.wanted, frozenset())), self.wanted)
        terms = sum_of(_tree(self.form, frozenset()))
        return _place_in_form(terms, self.wanted, names_of(self))


def check(payload: PolynomialPayload) -> None:
    """Refuse a payload that is no sound problem.

    Raises:
        InvalidTaskError: with what is wrong.
    """
    payload.start()
    payload.monomial()


def names_of(payload: PolynomialPayload) -> frozenset[str]:
    """Return the names that stand in the expression itself."""
    return names_in(_tree(payload.text, _functions(payload.definitions)))


@lru_cache(maxsize=4096)
def _start(text: str, definitions: tuple[str, ...], positive: str) -> Polynomial:
    if len(text) + sum(map(len, definitions)) > MAX_CHARACTERS:
        raise InvalidTaskError(f"the problem is too long; at most {MAX_CHARACTERS} characters")
    if len(definitions) > MAX_DEFINITIONS:
        raise InvalidTaskError(f"{len(definitions)} definitions; at most {MAX_DEFINITIONS}")
    functions = _functions(definitions)
    expression = _tree(text, functions)
    known: dict[str, Definition] = {}
    for definition in definitions:
        head, body = definition.split("=", 1)
        match = _HEAD.fullmatch(head.strip())
        if match is None:
            raise InvalidTaskError(f"{head.strip()[:40]!r} is no name of a function or a value")
        if match[1] in known:
            raise DefinitionError(f"{match[1]} is defined twice; expected one definition")
        body_read = sum_of(_tree(body, functions))
        known[match[1]] = Definition(match[1], match[2] or "", body_read)
    for typed in (text, *definitions):
        for match in _LIKE_A_CALL.finditer(typed):
            name = match[1] or match[2]
            if name not in functions:
                raise DefinitionError(
                    f"{name} is not defined; say {name}(x) = ... or write {name}*("
                )
    for one in known.values():
        _check_ends(one, known)
    start = needed(sum_of(expression), tuple(known.values()))
    check_size(start, frozenset(positive))
    return start


def _functions(definitions: tuple[str, ...]) -> frozenset[str]:
    """Return the names that are called: those with a parameter in their definition."""
    heads = (_HEAD.match(definition.lstrip()) for definition in definitions)
    return frozenset(head[1] for head in heads if head is not None and head[2])


def _tree(text: str, functions: frozenset[str]) -> Tree:
    try:
        return read_expression(text, functions)
    except ExpressionSyntaxError as error:
        raise InvalidTaskError(f"cannot read {text.strip()[:80]!r}: {error}") from error


def _check_ends(definition: Definition, known: dict[str, Definition]) -> None:
    """Refuse a definition that leads back to itself."""
    below = needed(definition.body, tuple(known.values())).definitions
    if definition in below:
        raise DefinitionError(f"the definition of {definition.name} leads back to itself")


def _one_monomial(terms: Sum, text: str) -> tuple[Factor, ...]:
    if len(terms) == 1 and terms[0][:2] == (1, 1):
        factors = terms[0].factors
        if all(isinstance(factor.base, str) for factor in factors):
            return factors
    raise InvalidTaskError(f"{text[:40]!r} is no product of powers; expected such as x**2")


def _place_in_form(terms: Sum, wanted: str, names: frozenset[str]) -> tuple[Factor, ...]:
    found: dict[str, tuple[Factor, ...]] = {}
    for one in terms:
        letters = [f for f in one.factors if f.base not in names]
        if one[:2] != (1, 1) or len(letters) != 1 or letters[0][1:] != (1, 1):
            raise InvalidTaskError("the form is no sum of a letter each times powers")
        rest = tuple(f for f in one.factors if f.base in names)
        letter = letters[0].base
        if not isinstance(letter, str) or letter in found or rest in found.values():
            raise InvalidTaskError("the form names a coefficient or a power twice")
        found[letter] = rest
    if wanted not in found:
        raise InvalidTaskError(f"{wanted} is asked for, but the form has {', '.join(found)}")
    return found[wanted]


def coefficient(terms: Sum, factors: tuple[Factor, ...]) -> Term:
    """Return the coefficient of a monomial in a collected sum, as a term without factors."""
    found = next((one for one in terms if one.factors == factors), Term(0, 1))
    return Term(found.num, found.den)
