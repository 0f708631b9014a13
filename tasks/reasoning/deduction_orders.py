"""Inference in the forms `order` and `sequence`: which claims hold in every order that fits.

One action rules out one place for one name, because of one premise or because places are taken, or
supposes one name to be at one place and keeps the opposite case for later. A case is closed when it
contradicts itself, when it is a whole order (every claim that fails in it is out), or when all
claims still in question hold in it anyhow. No case left: what holds in all of them follows.

A slot is the cell `name * 9 + place - 1`. Sets of places and of claims are bits.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from tasks.reasoning.deduction_problem import (
    CONTRADICTION,
    MAX_NAMES,
    UNKNOWN,
    DeductionPayload,
    Relation,
    read_relation,
)

RULE_OUT, SUPPOSE = 0, 1

Places = tuple[int, ...]  # for each name the bits of the places that it may be at


class Table(NamedTuple):
    """A premise or claim as what it allows.

    `after[i]` holds for the i-th of its names and each place the combinations of places, as bits,
    that the other names may have with it.
    """

    names: tuple[int, ...]
    after: tuple[tuple[tuple[Places, ...], ...], ...]


class OrderProblem:
    """The premises and claims as tables; equal problems come from equal payloads."""

    def __init__(self, payload: DeductionPayload) -> None:
        self.payload = payload
        self._hash = hash(payload)
        self.count = len(payload.names)
        self.premises = tuple(_table(read_relation(t, self.count), self.count)
                              for t in payload.premises)  # fmt: skip
        self.claims = tuple(read_relation(t, self.count) for t in payload.claims)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OrderProblem) and self.payload == other.payload

    def __hash__(self) -> int:
        return self._hash


class Case(NamedTuple):
    """What is supposed, as (name, place, is it there), and the places left."""

    supposed: tuple[tuple[int, int, bool], ...]
    places: Places


class Cases(NamedTuple):
    """A state.

    Attributes:
        problem: as given.
        cases: still to be looked at; the last one is under way.
        alive: bits of the claims that hold in every order found so far.
        found: how many orders were found.
    """

    problem: OrderProblem
    cases: tuple[Case, ...]
    alive: int
    found: int


@lru_cache(maxsize=256)
def start(payload: DeductionPayload) -> Cases:
    """Return the state in which every name may be everywhere."""
    problem = OrderProblem(payload)
    everywhere = Case((), ((1 << problem.count) - 1,) * problem.count)
    state = Cases(problem, (everywhere,), (1 << len(payload.claims)) - 1, 0)
    return _closed(state, "")[0]


@lru_cache(maxsize=4096)
def ruled_out(problem: OrderProblem, places: Places) -> dict[tuple[int, int], str]:
    """Return the cells (name, place from 0) that one inference rules out, and why."""
    found: dict[tuple[int, int], str] = {}
    for table, text in zip(problem.premises, problem.payload.premises, strict=True):
        for at, name in enumerate(table.names):
            for place in _bits(places[name]):
                if not _fits(table, at, place, places):
                    found.setdefault((name, place), text)
    names = problem.payload.names
    for name, left in enumerate(places):
        if left & (left - 1) == 0:
            place = left.bit_length() - 1
            for other, others in enumerate(places):
                if other != name and others & left:
                    found.setdefault((other, place), f"{names[name]} is there")
    for place in range(problem.count):
        able = [name for name, left in enumerate(places) if left >> place & 1]
        if len(able) == 1:
            for elsewhere in _bits(places[able[0]] & ~(1 << place)):
                found.setdefault((able[0], elsewhere), f"nothing else is at {place + 1}")
    return found


def choices(state: Cases) -> list[tuple[int, int]]:
    """Return all legal actions as (slot, verb); none at an end."""
    if is_over(state):
        return []
    places = state.cases[-1].places
    found = [(slot_of(*cell), RULE_OUT) for cell in ruled_out(state.problem, places)]
    for name, left in enumerate(places):
        if left & (left - 1):
            found += [(slot_of(name, place), SUPPOSE) for place in _bits(left)]
    return found


def infer(state: Cases, slot: int, verb: int) -> tuple[Cases, str]:
    """Make a legal inference; return the state after it, and a line that says what was inferred."""
    name, place = divmod(slot, MAX_NAMES)
    case = state.cases[-1]
    said = f"{state.problem.payload.names[name]} is {{}}at {place + 1}"
    without = _with(case.places, name, case.places[name] & ~(1 << place))
    if verb == SUPPOSE:
        there = Case((*case.supposed, (name, place, True)), _with(case.places, name, 1 << place))
        elsewhere = Case((*case.supposed, (name, place, False)), without)
        line = _under(state.problem, case, f"suppose {said.format('')}")
        return _closed(state._replace(cases=(*state.cases[:-1], elsewhere, there)), line)
    why = ruled_out(state.problem, case.places)[name, place]
    line = _under(state.problem, case, f"{said.format('not ')}, because {why}")
    return _closed(state._replace(cases=(*state.cases[:-1], case._replace(places=without))), line)


def is_over(state: Cases) -> bool:
    """Say whether no case is left, or too few claims for an answer."""
    if not state.cases or not state.alive:
        return True
    whole = state.problem.payload.form != "sequence" or state.alive.bit_count() >= (
        state.problem.count
    )
    return not whole


def answer(state: Cases) -> str | None:
    """Return the answer at an end, None before."""
    if not is_over(state):
        return None
    if not state.found:
        return CONTRADICTION
    payload = state.problem.payload
    labels = [label for c, label in enumerate(payload.labels) if state.alive >> c & 1]
    if payload.form == "sequence":
        return ", ".join(labels) if len(labels) == len(payload.names) else UNKNOWN
    return " and ".join(labels) or UNKNOWN


def describe(state: Cases) -> str:
    """Return premises, claims and the open cases, as text."""
    payload = state.problem.payload
    named = zip("abcdefghi", payload.names, strict=False)
    parts = [", ".join(f"{letter}: {name}" for letter, name in named)]
    parts.append("; ".join(payload.premises) or "nothing given")
    parts.append("asked: " + "; ".join(payload.claims))
    parts.append(f"answers: {', '.join(payload.labels)}")
    for case in reversed(state.cases):
        left = "; ".join(
            f"{name} at {' '.join(str(p + 1) for p in _bits(bits))}"
            for name, bits in zip(payload.names, case.places, strict=True)
        )
        parts.append(_under(state.problem, case, left))
    alive = [str(c + 1) for c in range(len(payload.claims)) if state.alive >> c & 1]
    parts.append(f"{state.found} orders found, claims that hold: {' '.join(alive) or 'none'}")
    return " | ".join(parts)


def slot_of(name: int, place: int) -> int:
    """Return the slot of a cell; places count from 0."""
    return name * MAX_NAMES + place


def _closed(state: Cases, line: str) -> tuple[Cases, str]:
    """Close the cases at the top that need no further look."""
    while not is_over(state):
        case, rest = state.cases[-1], state.cases[:-1]
        reach = 0
        for bits in case.places:
            reach |= bits
        if 0 in case.places or reach != (1 << state.problem.count) - 1:
            state, line = state._replace(cases=rest), f"{line}; a contradiction"
        elif state.found and _all_hold(state, case.places):
            state, line = state._replace(cases=rest), f"{line}; the same answer"
        elif _is_order(state.problem, case.places):
            names = sorted(range(state.problem.count), key=lambda n: case.places[n])
            listed = ", ".join(state.problem.payload.names[n] for n in names)
            alive = state.alive & _holding(state.problem, case.places)
            state = Cases(state.problem, rest, alive, state.found + 1)
            line = f"{line}; an order that fits: {listed}"
        else:
            break
    return state, line


def _is_order(problem: OrderProblem, places: Places) -> bool:
    whole = all(bits & (bits - 1) == 0 for bits in places)
    return whole and not ruled_out(problem, places)


def _holding(problem: OrderProblem, places: Places) -> int:
    """Return the bits of the claims that hold in a whole order."""
    at = [bits.bit_length() for bits in places]
    return sum(
        1 << c
        for c, claim in enumerate(problem.claims)
        if claim.holds(*(at[n] for n in claim.names))
    )


def _all_hold(state: Cases, places: Places) -> bool:
    """Say whether the places left allow no claim that is alive to fail."""
    return all(
        _always(state.problem, c, places)
        for c in range(len(state.problem.claims))
        if state.alive >> c & 1
    )


def _always(problem: OrderProblem, number: int, places: Places) -> bool:
    claim = problem.claims[number]
    if len(claim.names) == 1:
        return all(claim.holds(p + 1) for p in _bits(places[claim.names[0]]))
    if len(claim.names) == 2:
        first, second = (places[n] for n in claim.names)
        return all(claim.holds(p + 1, q + 1) for p in _bits(first) for q in _bits(second) if p != q)
    spans = [_bits(places[n]) for n in claim.names]
    return all(
        claim.holds(p + 1, q + 1, r + 1)
        for p in spans[0] for q in spans[1] for r in spans[2] if p != q != r != p
    )  # fmt: skip


def _table(relation: Relation, count: int) -> Table:
    size = len(relation.names)
    allowed = [
        places
        for places in permutations(range(count), size)
        if relation.holds(*(p + 1 for p in places))
    ]
    after = tuple(
        tuple(
            tuple(tuple(1 << p for p in (*found[:at], *found[at + 1 :]))
                  for found in allowed if found[at] == place)
            for place in range(count)
        )
        for at in range(size)
    )  # fmt: skip
    if size == 2:  # one combination of all places that the other may have
        after = tuple(
            tuple((_merged(combinations),) if combinations else () for combinations in row)
            for row in after
        )
    return Table(relation.names, after)


def _merged(combinations: tuple[Places, ...]) -> Places:
    total = 0
    for (bit,) in combinations:
        total |= bit
    return (total,)


def _fits(table: Table, at: int, place: int, places: Places) -> bool:
    others = [places[n] for n in (*table.names[:at], *table.names[at + 1 :])]
    return any(
        all(bits & left for bits, left in zip(combination, others, strict=True))
        for combination in table.after[at][place]
    )


def _under(problem: OrderProblem, case: Case, said: str) -> str:
    names = problem.payload.names
    supposed = [f"{names[n]} is {'' if yes else 'not '}at {p + 1}" for n, p, yes in case.supposed]
    return f"if {' and '.join(supposed)}: {said}" if supposed else said


def _with(places: Places, name: int, bits: int) -> Places:
    return (*places[:name], bits, *places[name + 1 :])


def _bits(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]
