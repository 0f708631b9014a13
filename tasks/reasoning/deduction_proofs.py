"""Check derivations line by line; shares nothing with the environment that writes them.

Classes: a line is `FACT, because RULE` or `suppose FACT`, perhaps followed by `; a contradiction,
so FACT` or `; nothing more follows`. Orders: `[if CASE: ]NAME is not at 3, because REASON` or
`suppose NAME is at 3`, followed by how cases were closed. Each is judged by what the grader knows
of facts and orders, not by the reason that is given.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.reasoning.deduction_grader import (
    Said,
    contradicts_itself,
    facts_and_rules,
    holding,
    orders,
    solution,
    take_apart,
)

_LINE = re.compile(r"(?:if (?P<case>.+?): )?(?P<suppose>suppose )?(?P<name>.+?) is (?P<no>not "
                   r")?at (?P<place>\d)"
                   r"(?:, because (?P<reason>.+))?")  # fmt: skip


def fault(payload: Any, derivation: tuple[str, ...]) -> str:
    """Return what is wrong with a derivation, empty if it is a proof of its last conclusion."""
    if payload.form == "classes":
        return _classes_fault(payload, derivation)
    return _orders_fault(payload, derivation)


def _classes_fault(payload: Any, derivation: tuple[str, ...]) -> str:
    facts, rules = facts_and_rules(payload)
    known = {(who, said) for who, told in facts.items() for said in told}
    supposed: set[tuple[str, Said]] = set()
    exhausted: set[tuple[str, Said]] = set()
    for place, line in enumerate(derivation):
        head, *ends = line.split("; ")
        said, _, why = head.partition(", because ")
        about = take_apart(said.removeprefix("suppose "))
        if said.startswith("suppose "):
            if supposed or why:
                return f"step {place + 1} supposes before the last supposition is settled"
            supposed = {about}
        elif why not in payload.premises or not _applies(why, about, known | supposed):
            return f"step {place + 1} does not follow: {line[:160]}"
        elif supposed:
            supposed.add(about)
        else:
            known.add(about)
        for end in ends:
            if not supposed:
                return f"step {place + 1} settles what was not supposed"
            first = _supposition(derivation[: place + 1])
            who, (what, affirmed) = first
            told = {said for name, said in known | supposed if name == who}
            if end.startswith("a contradiction, so "):
                proved = take_apart(end.removeprefix("a contradiction, so "))
                if proved != (who, (what, not affirmed)) or not contradicts_itself(told, []):
                    return f"step {place + 1} finds no contradiction: {line[:160]}"
                known.add(proved)
            elif end == "nothing more follows" and not contradicts_itself(told, rules):
                exhausted.add((who, (what, affirmed)))
            else:
                return f"step {place + 1} ends wrongly: {line[:160]}"
            supposed = set()
    return "" if _settled(payload, known, exhausted) else "the derivation does not reach an answer"


def _settled(payload: Any, known: set[tuple[str, Said]], exhausted: set[tuple[str, Said]]) -> bool:
    """Say whether a claim is proved, none can be, or the premises are refuted."""
    if solution(payload) == "contradiction":
        return any((who, (what, not affirmed)) in known for who, (what, affirmed) in known)
    claims = [take_apart(claim) for claim in payload.claims]
    opposites = [(who, (what, not affirmed)) for who, (what, affirmed) in claims]
    return any(claim in known for claim in claims) or all(
        other in known or other in exhausted for other in opposites
    )


def _applies(premise: str, about: tuple[str, Said], known: set[tuple[str, Said]]) -> bool:
    """Say whether one rule gives the fact, forwards or backwards."""
    subject, (head, affirmed) = take_apart(premise)
    who, (what, positive) = about
    conditions = subject.removeprefix("each ").split(" and ")
    if (what, positive) == (head, affirmed):
        return all((who, (c, True)) in known for c in conditions)
    others = [c for c in conditions if c != what]
    return (
        not positive
        and what in conditions
        and (who, (head, not affirmed)) in known
        and all((who, (c, True)) in known for c in others)
    )


def _supposition(derivation: tuple[str, ...]) -> tuple[str, Said]:
    line = next(line for line in reversed(derivation) if line.startswith("suppose "))
    return take_apart(line.removeprefix("suppose ").split("; ")[0])


def _orders_fault(payload: Any, derivation: tuple[str, ...]) -> str:
    """Follow the open cases as sets of all orders that no line has ruled out."""
    table = orders(len(payload.names))
    cases: list[NDArray[np.bool_]] = [np.ones(len(table), dtype=np.bool_)]
    held = {premise: holding(premise, table) for premise in payload.premises}
    fits = np.logical_and.reduce([cases[0], *held.values()])
    claims = [holding(claim, table) for claim in payload.claims]
    alive = np.ones(len(claims), dtype=np.bool_)
    found = 0
    names = {name: number for number, name in enumerate(payload.names)}
    for place, line in enumerate(derivation):
        head, *ends = line.split("; ")
        match = _LINE.fullmatch(head)
        if match is None or match["name"] not in names or not cases:
            return f"step {place + 1} cannot be read: {line[:160]}"
        there = table[:, names[match["name"]]] == int(match["place"])
        case = cases.pop()
        if match["suppose"]:
            cases += [case & ~there, case & there]
        else:
            why = held.get(match["reason"] or "", True)
            if not match["no"] or not match["reason"] or (case & why & there).any():
                return f"step {place + 1} does not follow: {line[:160]}"
            cases.append(case & ~there)
        for end in ends:
            case = cases.pop() if cases else np.zeros(0, dtype=np.bool_)
            if end.startswith("an order that fits: "):
                order = end.removeprefix("an order that fits: ").split(", ")
                if not _only_order(order, payload.names, table[case]) or not fits[case].all():
                    return f"step {place + 1} names an order that need not be: {line[:160]}"
                alive &= np.array([bool(holds[case].all()) for holds in claims])
                found += 1
            elif end == "the same answer" and found:
                if not all(holds[case].all() for holds, a in zip(claims, alive, strict=True) if a):
                    return f"step {place + 1} overlooks an order: {line[:160]}"
            elif end != "a contradiction" or case.any() or not len(case):
                return f"step {place + 1} closes a case wrongly: {line[:160]}"
    least = len(payload.names) if payload.form == "sequence" else 1
    if cases and not (found and alive.sum() < least):
        return "the derivation leaves cases open"
    return ""


def _only_order(said: list[str], names: tuple[str, ...], left: NDArray[np.int8]) -> bool:
    """Say whether the names in this order are the only order left."""
    if sorted(said) != sorted(names) or len(left) != 1:
        return False
    return bool((left[0] == [said.index(name) + 1 for name in names]).all())
