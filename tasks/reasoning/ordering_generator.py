"""Make problems of order: enough true statements about a hidden order that only it fits.

Easy ones tell places outright and have three names; hard ones have seven, and compare them with
each other.
"""

from __future__ import annotations

import random
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.reasoning.deduction_problem import LETTERS, DeductionPayload

_COUNTS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}
_ORDINALS = ("", "second", "third", "fourth", "fifth", "sixth", "seventh")
_COLOURS = [
    "red", "orange", "yellow", "green", "blue", "purple", "black", "white", "gray", "brown",
    "pink", "silver",
]  # fmt: skip


class _Scene(NamedTuple):
    """How an order is spoken of; `first` and `last` are its two ends."""

    intro: str
    noun: str  # behind each name, or empty
    names: tuple[str, ...]
    before: str  # `X is {before} Y` puts X nearer to the first place
    after: str
    first: str  # `X is the {first}`, or with an ordinal `the second-{first}`
    last: str
    article: str = "the "


_SCENES = (
    _Scene("On a shelf, there are {n} books", " book", tuple(_COLOURS), "to the left of",
           "to the right of", "left", "right"),
    _Scene("In an antique car show, there are {n} vehicles", "",
           (
               "bus", "truck", "tractor", "sedan", "limousine", "minivan", "convertible",
               "hatchback", "motorcycle", "van", "jeep", "coupe",
           ),
           "older than", "newer than", "oldest", "newest"),
    _Scene("A fruit stand sells {n} kinds of fruit", "",
           (
               "apple", "pear", "peach", "plum", "mango", "kiwi", "orange", "melon", "lemon",
               "cherry", "papaya", "fig",
           ),
           "more expensive than", "less expensive than", "most expensive", "cheapest"),
    _Scene("There are {n} runners", "",
           ("Ana", "Amy", "Dan", "Eli", "Eve", "Joe", "Mel", "Mya", "Rob", "Ada", "Ben", "Cal"),
           "faster than", "slower than", "fastest", "slowest", ""),
    _Scene("In a park there are {n} trees", "",
           (
               "oak", "elm", "ash", "birch", "cedar", "maple", "pine", "willow", "larch",
               "beech", "poplar", "spruce",
           ),
           "taller than", "shorter than", "tallest", "shortest"),
)  # fmt: skip

_NEIGHBOURS = ("to the left of", "faster than")
_Fact = tuple[str, int, int]  # `at` name place; `before` name name; `next after` name name


def make_order(rng: random.Random, difficulty: float) -> tuple[str, DeductionPayload, str]:
    """Return the shape (equal for renamed problems), the payload and the prompt."""
    count = min(7, 3 + int(rng.uniform(0.6, 1.0) * 5 * difficulty))
    scene = rng.choice(_SCENES)
    names = rng.sample(scene.names, count)
    places = rng.sample(range(1, count + 1), count)  # of each name
    close = 0.25 if scene.before in _NEIGHBOURS else 0.0  # `directly ahead` is said of few things
    facts = _enough(rng, places, 0.75 - 0.65 * difficulty, close)
    if len(facts) < 2:
        facts.append(_fact(rng, places, 0.0, close))
    asked = rng.choice(("options", "options", "who", "sequence"))
    place = rng.randrange(1, count + 1)
    shape = f"{asked} {place} {sorted((f, *_shape(f, a, b, places)) for f, a, b in facts)}"
    listed = ", ".join(_one(scene, name) for name in names[:-1])
    intro = f"{scene.intro.format(n=_COUNTS[count])}: {listed} and {_one(scene, names[-1])}."
    shown = [f"{name}{scene.noun}" for name in names]
    said = [_statement(rng, fact, scene, shown, count) for fact in facts]
    premises = tuple(_premise(fact) for fact in facts)
    question, claims, labels = _question(rng, asked, place, scene, shown, count)
    form = "sequence" if asked == "sequence" else "order"
    payload = DeductionPayload(form, tuple(shown), premises, claims, labels)
    return shape, payload, " ".join([intro, *said]) + "\n" + question


def _question(
    rng: random.Random, asked: str, place: int, scene: _Scene, names: list[str], count: int
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    if asked == "sequence":
        first, last = (_end(scene, 1, count, up) for up in (True, False))
        cells = [(f"{LETTERS[n]} == {p + 1}", names[n]) for p in range(count) for n in range(count)]
        question = f"What is the order from {first} to {last}?"
        return question, tuple(c for c, _ in cells), tuple(name for _, name in cells)
    there = _end(scene, place, count, up=place <= (count + 1) // 2)
    claims = tuple(f"{LETTERS[n]} == {place}" for n in range(count))
    if asked == "who":
        noun = "Who" if not scene.article else "Which one"
        return f"{noun} is the {there}?", claims, tuple(names)
    order = rng.sample(range(count), count)
    lines = [
        f"({chr(65 + at)}) {_the(scene, names[n])} is the {there}." for at, n in enumerate(order)
    ]
    question = "\n".join(["Which of the following is correct?", *lines])
    letters = tuple(f"({chr(65 + at)})" for at in range(count))
    return question, tuple(claims[n] for n in order), letters


def _enough(rng: random.Random, places: list[int], telling: float, close: float) -> list[_Fact]:
    """Draw true facts until only one order fits, then leave out those that it does not take."""
    facts: dict[_Fact, NDArray[np.bool_]] = {}
    left = np.ones(len(_orders(len(places))), dtype=np.bool_)
    while left.sum() > 1:
        fact = _fact(rng, places, telling, close)
        holds = _holds(fact, len(places))
        if (left & ~holds).any():
            facts[fact] = holds
            left &= holds
    for fact in list(facts):
        others = [holds for other, holds in facts.items() if other != fact]
        if others and np.logical_and.reduce(others).sum() == 1:
            del facts[fact]
    found = list(facts)
    rng.shuffle(found)
    return found


def _fact(rng: random.Random, places: list[int], telling: float, close: float) -> _Fact:
    if rng.random() < telling:
        name = rng.randrange(len(places))
        return "at", name, places[name]
    a, b = rng.sample(range(len(places)), 2)
    a, b = (a, b) if places[a] < places[b] else (b, a)
    if places[b] == places[a] + 1 and rng.random() < close:
        return "just before", a, b
    return "before", a, b


@lru_cache(maxsize=512)
def _holds(fact: _Fact, count: int) -> NDArray[np.bool_]:
    """Return in which orders a fact is true."""
    form, a, b = fact
    table = _orders(count)
    if form == "at":
        return np.asarray(table[:, a] == b)
    if form == "before":
        return np.asarray(table[:, a] < table[:, b])
    return np.asarray(table[:, b] == table[:, a] + 1)


@lru_cache(maxsize=8)
def _orders(count: int) -> NDArray[np.int8]:
    return np.array(list(permutations(range(1, count + 1))), dtype=np.int8)


def _premise(fact: _Fact) -> str:
    form, a, b = fact
    if form == "at":
        return f"{LETTERS[a]} == {b}"
    if form == "before":
        return f"{LETTERS[a]} < {LETTERS[b]}"
    return f"{LETTERS[b]} == {LETTERS[a]} + 1"


def _shape(form: str, a: int, b: int, places: list[int]) -> tuple[int, int]:
    return (places[a], b) if form == "at" else (places[a], places[b])


def _statement(rng: random.Random, fact: _Fact, scene: _Scene, names: list[str], count: int) -> str:
    form, a, b = fact
    if form == "at":
        up = b == 1 or (b < count and rng.random() < 0.5)
        return f"{_the(scene, names[a])} is the {_end(scene, b, count, up)}."
    if form == "just before":
        first, word, second = names[a], scene.before, names[b]
        if "to the" not in word:
            return f"{_the(scene, first)} is directly ahead of {_the(scene, second, start=False)}."
        return f"{_the(scene, first)} is immediately {word} {_the(scene, second, start=False)}."
    if rng.random() < 0.5:
        return f"{_the(scene, names[a])} is {scene.before} {_the(scene, names[b], start=False)}."
    return f"{_the(scene, names[b])} is {scene.after} {_the(scene, names[a], start=False)}."


def _end(scene: _Scene, place: int, count: int, up: bool) -> str:
    """Return `leftmost`, `second from the left`, `third-oldest`, counted from the end chosen."""
    number, word = (place, scene.first) if up else (count + 1 - place, scene.last)
    if word in ("left", "right"):
        return f"{word}most" if number == 1 else f"{_ORDINALS[number - 1]} from the {word}"
    return word if number == 1 else f"{_ORDINALS[number - 1]}-{word}"


def _one(scene: _Scene, name: str) -> str:
    whole = f"{name}{scene.noun}"
    return whole if not scene.article else f"{'an' if name[0] in 'aeiou' else 'a'} {whole}"


def _the(scene: _Scene, name: str, start: bool = True) -> str:
    return f"{scene.article.capitalize() if start else scene.article}{name}"
