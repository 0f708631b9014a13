"""Sums of products as states: what a term is made of, and the rules that tidy terms up.

A sum is a tuple of terms, a term a tuple of parts that are multiplied. Nothing is calculated
unless a rule is applied: `3*5*x` has two numbers until `multiplied` makes one of them. Operators
(`diff`, `integral`, `insert`) are parts too; their rules are `calculus_rules`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

Part: TypeAlias = tuple[Any, ...]
"""`(NUMBER, num, den)` with a positive denominator, not 0 and not 1; `(LETTER, "x", num, den)` for
`x**(num/den)`, not 0; `(BRACKET, sum, exponent)` with a whole exponent from 1; `(DIFF, "x", sum)`;
`(INTEGRAL, "x", sum)`; `(INSERT, "x", lower, upper, sum)` with bounds `(num, den)`, lower `()` for
a single point."""

Term: TypeAlias = tuple[Part, ...]
"""A product; empty for 1."""

Sum: TypeAlias = tuple[Term, ...]
"""Empty for 0."""

NUMBER, LETTER, BRACKET, DIFF, INTEGRAL, INSERT = "n", "v", "b", "d", "i", "s"
OPERATORS = frozenset((DIFF, INTEGRAL, INSERT))
MOST_TERMS = 150  # of a sum that expanding may make
LONGEST_POWER = 3  # more brackets than that in a product may stay as they are
MOST_BITS = 12_000  # of a number that multiplying may make


def number_part(value: Fraction | int) -> Term:
    """Return the parts of a number that is not 0: none for 1."""
    value = Fraction(value)
    return () if value == 1 else ((NUMBER, value.numerator, value.denominator),)


def letter_part(name: str, exponent: Fraction) -> Term:
    """Return the parts of a power of a letter: none if the exponent is 0."""
    return ((LETTER, name, exponent.numerator, exponent.denominator),) if exponent else ()


def operator_place(term: Term) -> int:
    """Return the place of the first operator among a term's parts; -1 if there is none."""
    for place, part in enumerate(term):
        if part[0] in OPERATORS:
            return place
    return -1


def brackets(term: Term) -> int:
    """Count bracket factors: `(x + 1)**3` has three."""
    return sum(part[2] for part in term if part[0] == BRACKET)


def is_free_of(part: Part, name: str) -> bool:
    """Say whether a part does not depend on the letter."""
    form = part[0]
    if form == NUMBER:
        return True
    if form == LETTER:
        return bool(part[1] != name)
    if form == BRACKET:
        return sum_is_free_of(part[1], name)
    if part[1] == name:
        return bool(form == INSERT)
    return sum_is_free_of(part[-1], name)


def sum_is_free_of(terms: Sum, name: str) -> bool:
    """Say whether no term depends on the letter."""
    return all(is_free_of(part, name) for term in terms for part in term)


def has_two_alike(term: Term) -> bool:
    """Say whether two factors of the term could be multiplied: numbers, or powers of a letter."""
    seen = set()
    for part in term:
        key = part[1] if part[0] == LETTER else ""
        if part[0] in (NUMBER, LETTER):
            if key in seen:
                return True
            seen.add(key)
    return False


def multiplied(term: Term) -> Term:
    """Multiply two numbers, or else two powers of the same letter, of a term with two alike."""
    for form in (NUMBER, LETTER):
        seen: dict[str, int] = {}
        for place, part in enumerate(term):
            if part[0] != form:
                continue
            key = part[1] if form == LETTER else ""
            if key in seen:
                first = term[seen[key]]
                if form == NUMBER:
                    merged = number_part(Fraction(first[1] * part[1], first[2] * part[2]))
                else:
                    exponent = Fraction(first[2], first[3]) + Fraction(part[2], part[3])
                    merged = letter_part(key, exponent)
                rest = term[seen[key] + 1 : place] + term[place + 1 :]
                return term[: seen[key]] + merged + rest
            seen[key] = place
    raise ValueError(f"no two factors of {term_text(term)} are alike")


def likeness(term: Term) -> tuple[Part, ...]:
    """Return what like terms share: all but the number, in one order."""
    return tuple(sorted(part for part in term if part[0] != NUMBER))


def coefficient(term: Term) -> Fraction:
    """Return the product of the numbers of a term."""
    value = Fraction(1)
    for part in term:
        if part[0] == NUMBER:
            value *= Fraction(part[1], part[2])
    return value


def like_place(terms: Sum, place: int) -> int:
    """Return the place of an earlier like term; -1 if there is none. Untidy terms are not alike."""
    if has_two_alike(terms[place]):
        return -1
    key = likeness(terms[place])
    for earlier in range(place):
        if likeness(terms[earlier]) == key and not has_two_alike(terms[earlier]):
            return earlier
    return -1


def combined(terms: Sum, place: int) -> Sum:
    """Add a term to the earlier like term, which must exist."""
    first = like_place(terms, place)
    total = coefficient(terms[first]) + coefficient(terms[place])
    rest = tuple(part for part in terms[first] if part[0] != NUMBER)
    merged: Sum = ((*number_part(total), *rest),) if total else ()
    return terms[:first] + merged + terms[first + 1 : place] + terms[place + 1 :]


def expansion_size(term: Term) -> int:
    """Return how many terms `expanded` makes; 0 if there is no bracket."""
    sizes: list[int] = []
    for part in term:
        if part[0] == BRACKET:
            sizes += [len(part[1])] * min(2, part[2])
    return 0 if not sizes else sizes[0] * (sizes[1] if len(sizes) > 1 else 1)


def expanded(term: Term) -> Sum:
    """Multiply two brackets into one; or, where there is one alone, all other parts into it."""
    taken: list[Sum] = []
    rest: list[Part] = []
    first = -1
    for part in term:
        if part[0] != BRACKET or len(taken) == 2:
            rest.append(part)
            continue
        if not taken:
            first = len(rest)
        copies = min(2 - len(taken), part[2])
        taken += [part[1]] * copies
        if part[2] > copies:
            rest.append((BRACKET, part[1], part[2] - copies))
    if len(taken) == 2:
        product = tuple(joined(a, b) for a in taken[0] for b in taken[1])
        return ((*rest[:first], (BRACKET, product, 1), *rest[first:]),)
    return tuple(joined(tuple(rest), inner) for inner in taken[0])


def joined(a: Term, b: Term) -> Term:
    """Multiply two terms by writing them side by side, numbers first."""
    parts = a + b
    numbers = tuple(part for part in parts if part[0] == NUMBER)
    return numbers + tuple(part for part in parts if part[0] != NUMBER)


def is_tidy(terms: Sum) -> bool:
    """Say whether nothing is left to do: no operator, nothing to multiply out or to combine."""
    seen = set()
    for term in terms:
        if 0 < brackets(term) <= LONGEST_POWER or operator_place(term) >= 0 or has_two_alike(term):
            return False
        key = likeness(term)
        if key in seen:
            return False
        seen.add(key)
        if any(not is_tidy(part[1]) for part in term if part[0] == BRACKET):
            return False
    return True


def is_bounded(terms: Sum) -> bool:
    """Say whether the terms' numbers are small enough to go on with."""
    return len(terms) <= MOST_TERMS and all(
        part[0] != NUMBER or part[1].bit_length() + part[2].bit_length() <= MOST_BITS
        for term in terms
        for part in term
    )


def sum_text(terms: Sum) -> str:
    """Write a sum in Python notation: `3*x**2 - x/2 + 5`; `0` when it is empty."""
    if not terms:
        return "0"
    text = term_text(terms[0])
    for term in terms[1:]:
        written = term_text(term)
        text += f" - {written[1:]}" if written[0] == "-" else f" + {written}"
    return text


def term_text(term: Term) -> str:
    """Write a product: `-3*x**2`, `5*d**5/6`, `3*5*x`, `2*diff(x**2 + x, x)`."""
    if not term:
        return "1"
    sign, below, factors = "", "", [part_text(part) for part in term]
    if term[0][0] == NUMBER:
        num, den = term[0][1:]
        sign = "-" if num < 0 else ""
        if len(term) == 1:
            return f"{num}" if den == 1 else f"{num}/{den}"
        if term[1][0] == NUMBER:  # not yet multiplied, and to be seen so
            factors[0] = f"{abs(num)}" if den == 1 else f"({abs(num)}/{den})"
        else:
            below = "" if den == 1 else f"/{den}"
            factors = ([] if abs(num) == 1 else [str(abs(num))]) + factors[1:]
    return f"{sign}{'*'.join(factors)}{below}"


def part_text(part: Part) -> str:
    """Write one factor so that it can stand anywhere in a product."""
    form = part[0]
    if form == NUMBER:
        text = f"{part[1]}" if part[2] == 1 else f"{part[1]}/{part[2]}"
        return text if part[1] >= 0 and part[2] == 1 else f"({text})"
    if form == LETTER:
        return part[1] + _exponent_text(part[2], part[3])
    if form == BRACKET:
        return f"({sum_text(part[1])}){_exponent_text(part[2], 1)}"
    if form == INSERT:
        bounds = ", ".join(f"{Fraction(*bound)}" for bound in part[2:4] if bound)
        return f"insert({sum_text(part[4])}, {part[1]}, {bounds})"
    return f"{'diff' if form == DIFF else 'integral'}({sum_text(part[2])}, {part[1]})"


def _exponent_text(num: int, den: int) -> str:
    if den == 1:
        return "" if num == 1 else f"**{num}" if num > 0 else f"**({num})"
    return f"**({num}/{den})"


def ordered(terms: Sum) -> Sum:
    """Put tidy terms in the order of falling degree, then by letters, factors by letters."""
    return tuple(sorted((_factors_ordered(term) for term in terms), key=_rank))


def _factors_ordered(term: Term) -> Term:
    numbers = tuple(part for part in term if part[0] == NUMBER)
    return numbers + tuple(sorted(part for part in term if part[0] != NUMBER))


def _rank(term: Term) -> tuple[Fraction, Sequence[Any]]:
    powers = [part for part in term if part[0] == LETTER]
    degree = sum((Fraction(part[2], part[3]) for part in powers), Fraction(brackets(term)))
    return -degree, [(part[1], -Fraction(part[2], part[3])) for part in powers]
