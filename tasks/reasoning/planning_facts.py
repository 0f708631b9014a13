"""Facts of the blocks world: what makes an initial state whole, and a goal impossible.

A fact is a predicate and its blocks: `("on", "a", "b")`, `("ontable", "a")`, `("clear", "a")`,
`("holding", "a")`, `("handempty",)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.protocol import InvalidTaskError

Fact = tuple[str, ...]

ARITY = {"on": 2, "ontable": 1, "clear": 1, "holding": 1, "handempty": 0}
MOST_BLOCKS = 30
MOST_FACTS = 200
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,18}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class PlanningPayload:
    """A problem of the blocks world.

    Attributes:
        blocks: names in natural order.
        init: all facts that hold at first, sorted.
        goal: facts that must hold at the end, sorted; they may contradict each other.
    """

    blocks: tuple[str, ...]
    init: tuple[Fact, ...]
    goal: tuple[Fact, ...]


def make_payload(
    init: Iterable[Sequence[str]], goal: Iterable[Sequence[str]], blocks: Iterable[str] = ()
) -> PlanningPayload:
    """Return the canonical payload; blocks without a place stand on the table.

    Raises:
        InvalidTaskError: if facts are none of the blocks world, the initial state contradicts
            itself, or the goal names blocks that are not there.
    """
    before = _checked_facts(init, "initial state")
    after = _checked_facts(goal, "goal")
    names = {name for fact in before for name in fact[1:]} | set(blocks)
    if not names or len(names) > MOST_BLOCKS:
        raise InvalidTaskError(f"{len(names)} blocks; expected 1 to {MOST_BLOCKS}")
    if not after:
        raise InvalidTaskError("no goal was found; say which block is to be on which")
    strangers = sorted({name for fact in after for name in fact[1:]} - names)
    if strangers:
        raise InvalidTaskError(
            f"the goal names {strangers[0]!r}, which is not in the initial state of "
            f"{', '.join(sorted(names)[:9])}"
        )
    ordered = tuple(sorted(names, key=natural))
    return PlanningPayload(ordered, _completed(ordered, before), tuple(sorted(after)))


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that puts `b2` before `b10`."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((0, int(part)) if "0" <= part[0] <= "9" else (1, part) for part in parts)


def goal_fault(goal: Iterable[Fact]) -> str:
    """Return why no state can hold all facts of a goal; empty if one can."""
    facts = list(goal)
    below: dict[str, str] = {}
    above: dict[str, str] = {}
    for _, top, bottom in [fact for fact in facts if fact[0] == "on"]:
        if top == bottom:
            return f"{top} cannot be on itself"
        if below.setdefault(top, bottom) != bottom:
            return f"{top} cannot be on both {below[top]} and {bottom}"
        if above.setdefault(bottom, top) != top:
            return f"{above[bottom]} and {top} cannot both be on {bottom}"
    for start in below:
        way = [start]
        while way[-1] in below and len(way) <= len(below):
            way.append(below[way[-1]])
            if way[-1] == start:
                return f"a circle: {' on '.join(way)}"
    held = {fact[1] for fact in facts if fact[0] == "holding"}
    if len(held) > 1 or (held and ("handempty",) in facts):
        return f"the hand cannot hold {' and '.join(sorted(held))}" + (
            " and be empty" if ("handempty",) in facts else ""
        )
    for predicate, *blocks in facts:
        block = blocks[0] if blocks else ""
        if predicate == "ontable" and block in below:
            return f"{block} cannot be on the table and on {below[block]}"
        if predicate == "clear" and block in above:
            return f"{block} cannot be clear with {above[block]} on it"
        if block in held and (predicate != "holding" or block in below or block in above):
            return f"{block} cannot be in the hand and elsewhere, or clear"
        if predicate == "on" and blocks[1] in held:
            return f"{block} cannot be on {blocks[1]}, which is in the hand"
    return ""


def checked_payload(data: dict[str, Any]) -> PlanningPayload:
    """Turn JSON values back into the payload.

    Raises:
        InvalidTaskError: if fields are missing, unknown, or not canonical.
    """
    if set(data) != {"blocks", "init", "goal"}:
        raise InvalidTaskError(
            f"planning payload has fields {sorted(map(str, data))[:9]}; expected blocks, goal, init"
        )
    blocks = data["blocks"]
    if not isinstance(blocks, list | tuple) or not all(
        isinstance(name, str) and _NAME.fullmatch(name) for name in blocks[: MOST_BLOCKS + 1]
    ):
        raise InvalidTaskError("blocks is a list of names: small letters, digits, - and _")
    payload = make_payload(data["init"], data["goal"], blocks[: MOST_BLOCKS + 1])
    given = (tuple(blocks), *(tuple(map(tuple, data[name])) for name in ("init", "goal")))
    if given != (payload.blocks, payload.init, payload.goal):
        raise InvalidTaskError("blocks and facts are sorted, without repetition, init is complete")
    return payload


def _checked_facts(facts: Any, where: str) -> set[Fact]:
    """Return the facts.

    Raises:
        InvalidTaskError: if one is not of the blocks world.
    """
    if not isinstance(facts, Iterable) or isinstance(facts, str):
        raise InvalidTaskError(f"the {where} is a list of facts such as ('on', 'a', 'b')")
    found = set()
    for number, fact in enumerate(facts):
        if number >= MOST_FACTS:
            raise InvalidTaskError(f"the {where} has more than {MOST_FACTS} facts")
        if not isinstance(fact, list | tuple) or not all(isinstance(part, str) for part in fact):
            raise InvalidTaskError(f"{str(fact)[:60]!r} in the {where} is no fact")
        if not fact or ARITY.get(fact[0]) != len(fact) - 1:
            raise InvalidTaskError(
                f"{' '.join(fact)[:60]!r} in the {where} is none of on a b, ontable a, clear a, "
                "holding a, handempty"
            )
        wrong = [name for name in fact[1:] if not _NAME.fullmatch(name)]
        if wrong:
            raise InvalidTaskError(f"{wrong[0][:40]!r} is no name of a block")
        found.add(tuple(fact))
    return found


def _completed(blocks: tuple[str, ...], facts: set[Fact]) -> tuple[Fact, ...]:
    """Return all facts of the state that the given ones describe.

    Raises:
        InvalidTaskError: if there is no such state.
    """
    placed = {fact[1] for fact in facts if fact[0] in ("on", "ontable", "holding")}
    whole = facts | {("ontable", name) for name in blocks if name not in placed}
    fault = goal_fault(whole)
    if fault:
        raise InvalidTaskError(f"the initial state contradicts itself: {fault}")
    covered = {fact[-1] for fact in whole if fact[0] == "on"}
    held = {fact[1] for fact in whole if fact[0] == "holding"}
    whole |= {("clear", name) for name in blocks if name not in covered | held}
    whole |= set() if held else {("handempty",)}
    return tuple(sorted(whole))
