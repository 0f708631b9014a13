"""What the definitions of a composed problem say, worked out exactly by other means than the rules.

For the grader. Texts are brought into Python's notation and evaluated with `ast` as polynomials
over the rationals; equations are solved by elimination. Definitions are taken in whatever order
they become known; what cannot be worked out is left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm

from tasks.math.composed_polynomials import (
    Poly,
    UnreadableError,
    added,
    composed,
    constant,
    derivative,
    letters_in,
    number_in,
    power,
    rational_roots,
    root,
    solved,
    times,
)

MOST_SIGNS = 500
_TOKEN = re.compile(r"\d+\.\d+|\.\d+|\d+|sqrt|[a-zA-Z]|\*\*|[-+*/^()]|\s+")


@dataclass(slots=True)
class Meaning:
    """What is known: numbers by name, functions by name as parameter and polynomial."""

    numbers: dict[str, Fraction] = field(default_factory=dict)
    functions: dict[str, tuple[str, Poly]] = field(default_factory=dict)


def meaning_of(lines: Sequence[str], given: dict[str, Fraction] | None = None) -> Meaning:
    """Return what the definitions say, as far as it can be worked out.

    Args:
        lines: of `composed_statement`.
        given: numbers that are known already.
    """
    found = Meaning(dict(given or {}))
    statements = [line.split(" | ") for line in lines]
    named = {s[0][:1] for s in statements if s[0]}
    called = frozenset(s[0][:1] for s in statements if "(" in s[0])
    left = statements
    while left:
        rest = [s for s in left if not _understood(s, found, named, called)]
        if len(rest) == len(left) and not _joined(rest, found, named, called):
            break
        left = rest
    return found


def evaluate(text: str, known: Meaning, bound: frozenset[str] = frozenset()) -> Poly:
    """Return the polynomial that an expression is, with what is known put in.

    Args:
        text: the expression, products perhaps implied.
        known: names and functions.
        bound: letters that stay letters even if something is known of them.

    Raises:
        UnreadableError: if it is none, or too large.
    """
    tokens = _TOKEN.findall(text)
    if len("".join(tokens)) != len(text) or len(tokens) > 4 * MOST_SIGNS:
        raise UnreadableError(f"{text[:80]!r} is not written as an expression")
    source = _python_notation([t for t in tokens if t.strip()], known.functions)
    try:
        tree = ast.parse(source, mode="eval").body
        return _value(tree, known, bound)
    except (SyntaxError, MemoryError, RecursionError, ValueError) as error:
        raise UnreadableError(f"cannot evaluate {text[:80]!r}: {error}") from error


_ORDERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}


def order_of(word: str) -> int:
    """Return the order of a derivative that a word says.

    Raises:
        UnreadableError: if it says none.
    """
    if word not in _ORDERS:
        raise UnreadableError(f"{word[:40]!r} is no order of a derivative")
    return _ORDERS[word]


def _understood(
    statement: list[str], known: Meaning, named: set[str], called: frozenset[str]
) -> bool:
    """Note what one statement says, if all that it needs is known."""
    head, verb, *parts = statement
    name, parameter = head[:1], head[2:3]
    try:
        if verb == "suppose":
            return _noted(_gaps(parts, known, called), known, named)
        if verb == "root":
            wanted = _wanted(parts[0], rational_roots(_gaps(parts[1:], known, called)[0]))
            if wanted is not None:
                known.numbers[name] = wanted
            return wanted is not None
        if verb == "ask" and len(parts) == 1:
            said = _integral(parts[0], known, called)
            if said is not None:
                known.numbers[name] = said
            return said is not None
        if verb == "ask":
            values = [number_in(_sure(part, known, called)) for part in parts[1:]]
            said = _asked(parts[0], values)
            if said is not None:
                known.numbers[name] = said
            return said is not None
        if verb not in ("value", "formula", "derivative"):
            return False
        value = _sure(parts[0], known, called, parameter)
        if verb == "derivative":
            value = derivative(value, parameter, order_of(parts[2]))
    except UnreadableError:
        return False
    if not letters_in(value) <= {parameter}:
        return False
    if parameter:
        known.functions[name] = (parameter, value)
    else:
        known.numbers[name] = value.get((), Fraction(0))
    return True


def _sure(text: str, known: Meaning, called: frozenset[str], parameter: str = "") -> Poly:
    """Evaluate, but only if every function that is called is known already."""
    for name in re.findall(r"([a-zA-Z])\s*\(", text):
        if name in called and name not in known.functions:
            raise UnreadableError(f"{name} is not known yet")
    return evaluate(text, known, frozenset((parameter,)) if parameter else frozenset())


def _gaps(parts: Sequence[str], known: Meaning, called: frozenset[str]) -> list[Poly]:
    """Return left side minus right side of each equation."""
    gaps = []
    for part in parts:
        sides = part.split("=")
        if len(sides) != 2:
            raise UnreadableError(f"{part[:80]!r} is not one equation")
        left, right = (_sure(side, known, called) for side in sides)
        gaps.append(added(left, right, -1))
    return gaps


def _noted(gaps: list[Poly], known: Meaning, named: set[str]) -> bool:
    """Note the solution, if all letters are unknowns and there is exactly one."""
    letters = set().union(*map(letters_in, gaps))
    if not letters or letters & named or len(letters) > len(gaps):
        return False
    found = solved(gaps)
    if found is None:
        return False
    known.numbers.update(found)
    return True


def _joined(rest: list[list[str]], known: Meaning, named: set[str], called: frozenset[str]) -> bool:
    """Solve two sentences of one equation each together; they stay, as they hold from now on."""
    singles = [s[2:] for s in rest if s[1] == "suppose" and len(s) == 3]
    for place, first in enumerate(singles):
        for second in singles[place + 1 :]:
            try:
                gaps = _gaps([*first, *second], known, called)
            except UnreadableError:
                continue
            if len(set().union(*map(letters_in, gaps))) == 2 and _noted(gaps, known, named):
                rest[:] = [s for s in rest if s[2:] not in (first, second)]
                return True
    return False


def _wanted(which: str, roots: list[Fraction] | None) -> Fraction | None:
    """Return the root that is asked for, if it is clear which."""
    if not roots:
        return None
    if which in ("smaller", "larger"):
        return min(roots) if which == "smaller" else max(roots)
    fitting = [r for r in roots if (r > 0 if which == "positive" else r < 0)]
    return fitting[0] if len(fitting) == 1 else None


def _integral(words: str, known: Meaning, called: frozenset[str]) -> Fraction | None:
    """Return the value of `integral of E from A to B`."""
    match = re.fullmatch(r".*\bintegral of (.+?) from (\S+) to (\S+?)\??", words)
    if match is None:
        return None
    value = _sure(re.sub(r" ?d[a-z]$", "", match[1]), known, called)
    ends = [number_in(_sure(end, known, called)) for end in match.groups()[1:]]
    letters = letters_in(value)
    if None in ends or len(letters) != 1 or any(e < 0 for m in value for _, e in m):
        return None
    low, high = (end for end in ends if end is not None)
    letter = next(iter(letters))
    total = Fraction(0)
    for monomial, factor in value.items():
        above = dict(monomial).get(letter, 0) + 1
        total += factor * (high**above - low**above) / above
    return total


def _asked(words: str, values: Sequence[Fraction | None]) -> Fraction | None:
    """Return the number that a few questions about two whole numbers ask for."""
    if len(values) != 2 or any(v is None for v in values):
        return None
    a, b = (v for v in values if v is not None)
    words = words.lower()
    if re.search(r"common denominator|\blcd\b", words):
        return Fraction(lcm(a.denominator, b.denominator))
    if a.denominator != 1 or b.denominator != 1:
        return None
    x, y = int(a), int(b)
    if re.search(r"common (?:factor|divisor)|\b(?:gcd|hcf|gcf)\b", words):
        return Fraction(gcd(x, y))
    if re.search(r"common multiple|\blcm\b", words):
        return Fraction(lcm(x, y))
    return Fraction(x % y) if re.search(r"remainder|\bmod", words) and y > 0 else None


def _python_notation(tokens: Sequence[str], functions: dict[str, tuple[str, Poly]]) -> str:
    out: list[str] = []
    before = ""
    for token in tokens:
        value = before[:1].isalnum() or before[:1] == "." or before == ")"
        if value and (token[0].isalnum() or token[0] in ".("):
            if token[0].isdigit() or token[0] == ".":
                raise UnreadableError("a number follows without an operator")
            if not (token == "(" and (before in functions or before == "sqrt")):
                out.append("*")
        if "." in token:
            out.append(repr(token))  # quoted, so that it stays exact
        else:
            out.append("**" if token == "^" else str(int(token)) if token.isdigit() else token)
        before = token
    return "".join(out)


def _value(node: ast.expr, known: Meaning, bound: frozenset[str]) -> Poly:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | str):
        return constant(Fraction(node.value))
    if isinstance(node, ast.Name):
        if node.id in known.numbers and node.id not in bound:
            return constant(known.numbers[node.id])
        return {((node.id, 1),): Fraction(1)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = _value(node.operand, known, bound)
        return added({}, inner, -1) if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        if node.func.id == "sqrt":
            return constant(root(_value(node.args[0], known, bound)))
        parameter, body = known.functions.get(node.func.id, ("", {}))
        if parameter:
            return composed(body, parameter, _value(node.args[0], known, bound))
    if isinstance(node, ast.BinOp):
        a, b = _value(node.left, known, bound), _value(node.right, known, bound)
        if isinstance(node.op, ast.Add | ast.Sub):
            return added(a, b, 1 if isinstance(node.op, ast.Add) else -1)
        if isinstance(node.op, ast.Mult):
            return times(a, b)
        divisor = number_in(b)
        if isinstance(node.op, ast.Div) and divisor:
            return {monomial: factor / divisor for monomial, factor in a.items()}
        if isinstance(node.op, ast.Pow) and divisor is not None and divisor.denominator == 1:
            return power(a, int(divisor))
    raise UnreadableError(f"cannot evaluate {ast.unparse(node)[:60]!r}")
