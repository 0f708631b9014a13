"""The payload of a deduction: premises and claims in a small controlled language.

Form `classes` has sentences: `Polly is a cat`, `Polly is not furry`, `each cat is a feline`, `each
cat and black is not lucky`. Forms `order` and `sequence` arrange `names` on the places 1 to n; the
letters a, b, c ... stand for the place of the first, second, third name ... in comparisons as in
Python: `a < b`, `a == 3`, `b == a + 1`, `abs(a - b) == 1`, `b < a < c or c < a < b`, `not (a < b)`.
What is asked is which claim follows; the answer is its label.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tasks.protocol import InvalidTaskError

MAX_PREMISES = 200
MAX_CLAIMS = 8  # of classes
MAX_NAMES = 9  # to put in order
MAX_CHARACTERS = 160  # of a sentence
LETTERS = "abcdefghi"
UNKNOWN, CONTRADICTION = "unknown", "contradiction"


@dataclass(frozen=True, slots=True)
class DeductionPayload:
    """What is given and what is asked.

    Attributes:
        form: `classes`; `order` (which claim holds in every order that fits), or `sequence` (the
            claims are all `name at place`, listed place by place, and the order itself is asked).
        names: to put in order; empty for classes.
        premises: in the language above.
        claims: of which one is asked for, in the same language.
        labels: the answer that each claim stands for.
    """

    form: str
    names: tuple[str, ...]
    premises: tuple[str, ...]
    claims: tuple[str, ...]
    labels: tuple[str, ...]


class Sentence(NamedTuple):
    """`subject is [not] predicate`, or for rules `each condition [and condition ...] is ...`."""

    subject: str  # empty for a rule
    conditions: tuple[str, ...]  # empty for a fact
    positive: bool
    predicate: str


class Relation(NamedTuple):
    """A condition on the places of one, two or three names (indices), as a function of them."""

    names: tuple[int, ...]
    holds: Callable[..., bool]


_SENTENCE = re.compile(r"(each )?([^\n]+?) is (not )?(an? )?([^\n]+)")
_PLAIN = re.compile(r"(?!(?:not|an?|each) )(?!.* (?:is|and) )[^\n;:?!]+")
_WORDS = re.compile(r"[\w'./-]+(?: [\w'./-]+)*")
_NUMBER = r"(\d)"
_NAME = r"([a-i])"


def read_sentence(text: str) -> Sentence:
    """Read a sentence of the form `classes`.

    Raises:
        InvalidTaskError: if it is none.
    """
    match = _SENTENCE.fullmatch(text) if len(text) <= MAX_CHARACTERS else None
    if match is None:
        raise InvalidTaskError(f"{text[:80]!r} is no sentence such as 'Polly is a cat'")
    conditions = tuple(match[2].split(" and ")) if match[1] else ()
    if not all(map(_PLAIN.fullmatch, (*(conditions or (match[2],)), match[5]))):
        raise InvalidTaskError(f"{text[:80]!r} is no plain sentence such as 'each cat is a feline'")
    return Sentence("" if match[1] else match[2], conditions, match[3] is None, match[5])


def read_relation(text: str, count: int) -> Relation:
    """Read a premise or claim about the places of `count` names.

    Raises:
        InvalidTaskError: if it is none.
    """
    if len(text) <= MAX_CHARACTERS:
        if inner := re.fullmatch(r"not \(([^()]*(?:abs\([^()]*\))?[^()]*)\)", text):
            relation = read_relation(inner[1], count)
            return Relation(relation.names, _negated(relation.holds))
        for form, build in _FORMS:
            if match := re.fullmatch(form, text):
                relation = build(*match.groups())
                if max(relation.names) < count and len({*relation.names}) == len(relation.names):
                    return relation
    raise InvalidTaskError(f"{text[:80]!r} is no relation such as 'a < b' or 'a == 3'")


def check(payload: DeductionPayload) -> None:
    """Raise InvalidTaskError if the payload cannot be read or is too large."""
    if payload.form not in ("classes", "order", "sequence"):
        raise InvalidTaskError(f"form {payload.form[:40]!r}; expected classes, order or sequence")
    count, claims = len(payload.names), len(payload.claims)
    most = MAX_CLAIMS if payload.form == "classes" else MAX_NAMES * MAX_NAMES
    if not 1 <= claims <= most or len(payload.labels) != claims:
        raise InvalidTaskError(
            f"{claims} claims with {len(payload.labels)} labels; expected 1 to {most}, each "
            f"with one"
        )
    if len(payload.premises) > MAX_PREMISES:
        raise InvalidTaskError(f"{len(payload.premises)} premises; at most {MAX_PREMISES}")
    if max(map(len, (*payload.names, *payload.labels))) > MAX_CHARACTERS:
        raise InvalidTaskError(f"a name is longer than {MAX_CHARACTERS} characters")
    if payload.form == "classes":
        sentences = [read_sentence(text) for text in (*payload.premises, *payload.claims)]
        if count or any(not sentence.subject for sentence in sentences[-claims:]):
            raise InvalidTaskError("classes have no names, and claims about named things only")
        return
    if not 2 <= count <= MAX_NAMES or len({name.casefold() for name in payload.names}) != count:
        raise InvalidTaskError(f"{count} names; expected 2 to {MAX_NAMES} different ones")
    for name in payload.names:
        if not _WORDS.fullmatch(name) or re.search(r"\b(?:is|and|at|if)\b", name):
            raise InvalidTaskError(f"{name[:80]!r} is no plain name")
    for text in (*payload.premises, *payload.claims):
        read_relation(text, count)
    if payload.form == "sequence":
        cells = {f"{LETTERS[o]} == {p}" for o in range(count) for p in range(1, count + 1)}
        if {*payload.claims} != cells or claims != count * count:
            raise InvalidTaskError("a sequence claims each name at each place, once")


def _negated(holds: Callable[..., bool]) -> Callable[..., bool]:
    return lambda *places: not holds(*places)


def _index(letter: str) -> int:
    return LETTERS.index(letter)


def _unary(test: Callable[[int, int], bool]) -> Callable[[str, str], Relation]:
    return lambda a, k: Relation((_index(a),), lambda p: test(p, int(k)))


def _binary(test: Callable[[int, int], bool]) -> Callable[[str, str], Relation]:
    return lambda a, b: Relation((_index(a), _index(b)), test)


def _distance(wanted: bool) -> Callable[[str, str, str], Relation]:
    return lambda a, b, k: Relation(
        (_index(a), _index(b)), lambda p, q: (abs(p - q) == int(k)) is wanted
    )


def _between(b: str, a: str, c: str) -> Relation:
    return Relation((_index(a), _index(b), _index(c)), lambda p, q, r: q < p < r or r < p < q)


def _one_of(a: str, k: str, other: str) -> Relation:
    return Relation((_index(a),), lambda p: p in (int(k), int(other)))


def _after(b: str, a: str, k: str) -> Relation:
    return Relation((_index(a), _index(b)), lambda p, q: q == p + int(k))


_FORMS: tuple[tuple[str, Callable[..., Relation]], ...] = (
    (rf"{_NAME} == {_NUMBER}", _unary(lambda p, k: p == k)),
    (rf"{_NAME} != {_NUMBER}", _unary(lambda p, k: p != k)),
    (rf"{_NAME} < {_NUMBER}", _unary(lambda p, k: p < k)),
    (rf"{_NAME} > {_NUMBER}", _unary(lambda p, k: p > k)),
    (rf"{_NAME} == {_NUMBER} or \1 == {_NUMBER}", _one_of),
    (rf"{_NAME} < {_NAME}", _binary(lambda p, q: p < q)),
    (rf"{_NAME} == {_NAME} \+ {_NUMBER}", _after),
    (rf"abs\({_NAME} - {_NAME}\) == {_NUMBER}", _distance(wanted=True)),
    (rf"abs\({_NAME} - {_NAME}\) != {_NUMBER}", _distance(wanted=False)),
    (rf"{_NAME} < {_NAME} < {_NAME} or \3 < \2 < \1", _between),
)
