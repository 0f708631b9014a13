"""Values of polynomial expressions for the grader: exponents to coefficients, multiplied out.

A value maps `((name, exponent), ...)`, sorted and without zero exponents, to a coefficient other
than 0; both are exact. Names are positive numbers wherever that matters.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from tasks.math.polynomial_form import UnreadableError, python_tree

Exact: TypeAlias = int | Fraction
"""Whole numbers as int, which is several times quicker."""

Key: TypeAlias = tuple[tuple[str, Exact], ...]
Value: TypeAlias = dict[Key, Exact]

MOST_WORK = 150_000  # products of terms in one verdict
MOST_TERMS = 400
MOST_BITS = 12_000
MOST_EXPONENT = 10_000  # whole powers of sums


class Work:
    """Count what one verdict costs, so that none runs away."""

    def __init__(self) -> None:
        self.done = 0

    def add(self, amount: int) -> None:
        """Note products of terms.

        Raises:
            UnreadableError: if there were too many.
        """
        self.done += amount
        if self.done > MOST_WORK:
            raise UnreadableError("it takes too long to check")


class Values:
    """Evaluate texts in which some names are defined."""

    def __init__(self, definitions: Sequence[str], work: Work) -> None:
        self.work = work
        self._texts: dict[str, tuple[str, str]] = {}
        for definition in definitions:
            head, equals, body = definition.partition("=")
            if not equals:
                raise UnreadableError(f"{definition[:40]!r} defines nothing")
            name, _, parameter = head.replace(" ", "").rstrip(")").partition("(")
            self._texts[name] = parameter, body
        self._functions = frozenset(name for name, (p, _) in self._texts.items() if p)
        self._trees: dict[str, ast.expr] = {}
        self._bodies: dict[str, Value | None] = {}
        self.defined = frozenset(self._texts)

    def of_text(self, text: str) -> Value:
        """Return the value of a typed expression.

        Raises:
            UnreadableError: if it has none here.
        """
        return self.of_tree(python_tree(text, self._functions))

    def of_tree(self, tree: ast.expr) -> Value:
        """Return the value of a tree of `polynomial_form`."""
        return self._value(tree, {}, 0)

    def function(self, name: str) -> Value | None:
        """Return a definition's value where its parameter is `@`; None if it has none."""
        if name not in self._bodies:
            parameter = self._texts.get(name, ("", ""))[0]
            local: dict[str, Value] = {parameter: {(("@", 1),): 1}} if parameter else {}
            try:
                self._bodies[name] = self._value(self._body(name), local, 0)
            except UnreadableError:
                self._bodies[name] = None
        return self._bodies[name]

    def names_of(self, text: str) -> set[str]:
        """Return the names that a text uses, apart from functions."""
        nodes = ast.walk(python_tree(text, self._functions))
        return {node.id for node in nodes if isinstance(node, ast.Name)} - self._functions

    def _value(self, node: ast.expr, local: dict[str, Value], depth: int) -> Value:
        if isinstance(node, ast.Constant):
            return _number(Fraction(str(node.value)))
        if isinstance(node, ast.Name):
            return self._named(node.id, local, depth)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self._value(node.operand, local, depth)
            return _scaled(inner, -1) if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
            return self._called(node.func.id, self._value(node.args[0], local, depth), depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            exponent = self._value(node.right, local, depth)
            if exponent.keys() <= {()}:
                base = self._value(node.left, local, depth)
                return self._power(base, exponent.get((), 0))
        elif isinstance(node, ast.BinOp):
            return self._chain(node, local, depth)
        raise UnreadableError(f"no {type(node).__name__} can be evaluated here")

    def _chain(self, node: ast.expr, local: dict[str, Value], depth: int) -> Value:
        """Evaluate sums and products along the left, which may be long, without recursion."""
        spine: list[ast.BinOp] = []
        while isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Pow):
            spine.append(node)
            node = node.left
        total = self._value(node, local, depth)
        for part in reversed(spine):
            value = self._value(part.right, local, depth)
            if isinstance(part.op, ast.Add | ast.Sub):
                sign = 1 if isinstance(part.op, ast.Add) else -1
                total = self._plus(total, value if sign > 0 else _scaled(value, sign))
            elif isinstance(part.op, ast.Mult | ast.Div):
                by = value if isinstance(part.op, ast.Mult) else self._power(value, -1)
                total = self._times(total, by)
            else:
                raise UnreadableError(f"no {type(part.op).__name__} can be evaluated here")
        return total

    def _named(self, name: str, local: dict[str, Value], depth: int) -> Value:
        if name in local:
            return local[name]
        if name in self._texts and not self._texts[name][0]:
            return self._value(self._body(name), {}, _deeper(depth))
        if name in self._functions or name == "sqrt":
            raise UnreadableError(f"{name} is a function")
        return {((name, 1),): 1}

    def _called(self, name: str, argument: Value, depth: int) -> Value:
        if name == "sqrt":
            return self._power(argument, Fraction(1, 2))
        if name not in self._functions:
            raise UnreadableError(f"{name} is no function here")
        return self._value(self._body(name), {self._texts[name][0]: argument}, _deeper(depth))

    def _body(self, name: str) -> ast.expr:
        if name not in self._texts:
            raise UnreadableError(f"{name} is not defined")
        if name not in self._trees:
            self._trees[name] = python_tree(self._texts[name][1], self._functions)
        return self._trees[name]

    def _plus(self, a: Value, b: Value) -> Value:
        self.work.add(len(b) + 1)
        total = dict(a)
        for key, factor in b.items():
            total[key] = _exact(total.get(key, 0) + factor)
            if not total[key]:
                del total[key]
        return _bounded(total)

    def _times(self, a: Value, b: Value) -> Value:
        self.work.add(len(a) * len(b) + 1)
        total: Value = {}
        for first, x in a.items():
            for second, y in b.items():
                exponents = dict(first)
                for name, exponent in second:
                    exponents[name] = _exact(exponents.get(name, 0) + exponent)
                key = tuple(sorted((n, e) for n, e in exponents.items() if e))
                total[key] = _exact(total.get(key, 0) + x * y)
        return _bounded({key: factor for key, factor in total.items() if factor})

    def _power(self, a: Value, exponent: Exact) -> Value:
        if not a:
            if exponent > 0:
                return {}
            raise UnreadableError("0 is divided by, or raised to the power 0")
        if len(a) == 1:
            ((key, factor),) = a.items()
            raised = tuple((name, _exact(e * exponent)) for name, e in key if exponent)
            if any(max(_bits(e), 0) > 200 for _, e in raised):
                raise UnreadableError("an exponent is too large to check")
            return {raised: _root_power(factor, exponent)}
        if exponent.denominator != 1 or exponent < 0 or exponent > MOST_EXPONENT:
            raise UnreadableError(f"a sum is raised to the power {str(exponent)[:20]}")
        result: Value = {(): 1}
        for _ in range(int(exponent)):
            result = self._times(result, a)
        return result


def value_text(value: Value) -> str:
    """Write a value: `3*x**2 + 1/2`."""
    parts = []
    for key, factor in value.items():
        names = [name if e == 1 else f"{name}**({e})" for name, e in key]
        parts.append(
            "*".join([str(factor), *names]) if factor != 1 or not names else "*".join(names)
        )
    return " + ".join(parts) or "0"


def _number(value: Exact) -> Value:
    return {(): _exact(value)} if value else {}


def _exact(value: Exact) -> Exact:
    return value.numerator if value.denominator == 1 else value


def _scaled(value: Value, factor: int) -> Value:
    return {key: x * factor for key, x in value.items()}


def _deeper(depth: int) -> int:
    if depth > 30:
        raise UnreadableError("definitions lead back to each other")
    return depth + 1


def _bits(value: Exact) -> int:
    return value.numerator.bit_length() + value.denominator.bit_length()


def _bounded(value: Value) -> Value:
    if len(value) > MOST_TERMS or any(_bits(x) > MOST_BITS for x in value.values()):
        raise UnreadableError("it grows too large to check")
    return value


def _root_power(value: Exact, exponent: Exact) -> Exact:
    """Return an exact rational power of a number.

    Raises:
        UnreadableError: if there is none, or it is too large.
    """
    if value == 1:
        return value
    if abs(exponent.numerator) * _bits(value) > MOST_BITS:
        raise UnreadableError("a power is too large to check")
    if exponent.denominator != 1:
        if value < 0:
            raise UnreadableError("a root of a negative number")
        above, below = (_root(n, exponent.denominator) for n in value.as_integer_ratio())
        value = Fraction(above, below)
    return _exact(Fraction(value) ** exponent.numerator)


def _root(number: int, degree: int) -> int:
    near = _near_root(number, degree)
    for guess in (near - 1, near, near + 1):
        if guess >= 0 and guess**degree == number:
            return guess
    raise UnreadableError(f"{str(number)[:20]} has no whole root of degree {degree}")


def _near_root(number: int, degree: int) -> int:
    """Return a root by Newton's method, rounded down."""
    if degree > number.bit_length():
        return 1
    guess = 1 << (-(-number.bit_length() // degree))
    while True:
        better = ((degree - 1) * guess + number // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better
