"""Search an environment best first with a kind's guide: proofs, cheapest ends, good ends in time.

For one player and exact rules. Every state is kept once (a transposition table over the hashable
states, cheapest way to each); an empty frontier is a proof that there is nothing else. Search with
a net is `graphs.mcts`; what a guide is `tasks.solving`.

Source: Hart, Nilsson, Raphael 1968 (A*); Hansen and Zhou 2007 (going on for cheaper ends).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from tasks.protocol import Environment
from tasks.solving import Findings, Guide

MOST_STATES = 100_000
LOOK_UP = 16  # states expanded between two looks at `should_stop`


def best_first(
    environment: Environment[Any],
    guide: Guide[Any],
    root: Hashable,
    *,
    ends_wanted: int = 1,
    improves: bool = False,
    most_states: int = MOST_STATES,
    should_stop: Callable[[], bool] | None = None,
) -> Findings:
    """Look for winning ends (positive return), the cheapest first.

    States are expanded in the order of cost so far + weight * estimate; of equals, the one nearer
    to an end, then the newest, so that a guide whose sums are equal everywhere dives. An estimate
    of `inf` proves that a state leads to no winning end. States `max_steps` deep are not expanded.

    Args:
        environment: of one player.
        guide: of the same kind.
        root: the state to start from.
        ends_wanted: stop after so many winning ends of different end states.
        improves: keep looking for a cheaper end; the best so far is what is found.
        most_states: states looked at before giving up.
        should_stop: looked at now and then; what was found until then stays valid.

    Raises:
        ValueError: if the environment has two players, or a limit is below 1.
    """
    if environment.num_players != 1:
        raise ValueError("best-first search is for one player; search games with graphs.mcts")
    if ends_wanted < 1 or most_states < 1:
        raise ValueError(f"ends_wanted {ends_wanted} and most_states {most_states} must be 1 up")
    search = _Search(environment, guide)
    search.add(root, -1, -1, 0.0, 0)
    expanded = 0
    while search.frontier:
        cost, number = search.pop()
        if number < 0:
            continue  # a cheaper way to the same state was found meanwhile
        if improves and guide.admissible and search.cannot_beat(number, cost):
            continue
        state = search.states[number]
        if environment.is_terminal(state):
            search.note_end(number)
            if not improves and len(search.ends) >= ends_wanted:
                proved = guide.admissible and guide.weight <= 1.0
                return search.findings(complete=False, optimal=proved)
            continue
        expanded += 1
        stopped = should_stop is not None and expanded % LOOK_UP == 0 and should_stop()
        if stopped or len(search.states) >= most_states:
            return search.findings(complete=False, optimal=False)
        search.expand(number)
    complete = not search.cut
    return search.findings(complete=complete, optimal=complete and bool(search.ends))


@dataclass(slots=True)
class _Search:
    """States by number, in the order in which they were first seen."""

    environment: Environment[Any]
    guide: Guide[Any]
    states: list[Any] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    actions: list[int] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    estimates: list[float] = field(default_factory=list)
    numbers: dict[Any, int] = field(default_factory=dict)
    frontier: list[tuple[float, float, int, float, int]] = field(default_factory=list)
    ends: dict[int, float] = field(default_factory=dict)
    pushed: int = 0
    cut: bool = False  # a state was not expanded because it is too deep

    def add(self, state: Any, parent: int, action: int, cost: float, depth: int) -> None:
        """See a state; put it into the frontier if this is the cheapest way to it so far."""
        number = self.numbers.get(state)
        if number is None:
            number = len(self.states)
            self.numbers[state] = number
            self.states.append(state)
            self.parents.append(parent)
            self.actions.append(action)
            self.costs.append(cost)
            self.depths.append(depth)
            self.estimates.append(self.guide.estimate(state))
        elif cost < self.costs[number]:
            self.parents[number], self.actions[number] = parent, action
            self.costs[number], self.depths[number] = cost, depth
        else:
            return
        estimate = self.estimates[number]
        if estimate == math.inf:
            return
        self.pushed += 1
        rank = cost + self.guide.weight * estimate
        heappush(self.frontier, (rank, estimate, -self.pushed, cost, number))

    def pop(self) -> tuple[float, int]:
        """Take the next state; -1 for one that was put in again with a lower cost."""
        _, _, _, cost, number = heappop(self.frontier)
        return cost, number if cost <= self.costs[number] else -1

    def expand(self, number: int) -> None:
        """See the successors of a state."""
        depth = self.depths[number] + 1
        if depth > self.environment.max_steps:
            self.cut = True
            return
        state, cost = self.states[number], self.costs[number]
        actions = self.guide.actions(state)
        chosen = actions[:1] if self.guide.commutes else actions
        for action in reversed(chosen):  # of equals the newest is expanded first
            after = self.environment.step(state, action)
            self.add(after, number, action, cost + self.guide.cost(state, action), depth)

    def cannot_beat(self, number: int, cost: float) -> bool:
        """Say whether no end below the state is cheaper than the cheapest one found."""
        return bool(self.ends) and cost + self.estimates[number] >= min(self.ends.values())

    def note_end(self, number: int) -> None:
        """Keep a winning end."""
        if float(self.environment.returns(self.states[number])[0]) > 0:
            self.ends[number] = self.costs[number]

    def findings(self, complete: bool, optimal: bool) -> Findings:
        """Return what was found."""
        ranked = sorted(self.ends, key=lambda number: (self.costs[number], number))
        return Findings(
            ends=tuple(self._way_to(number) for number in ranked),
            costs=tuple(self.costs[number] for number in ranked),
            complete=complete,
            optimal=optimal,
            states=len(self.states),
        )

    def _way_to(self, number: int) -> tuple[int, ...]:
        way: list[int] = []
        while self.parents[number] >= 0:
            way.append(self.actions[number])
            number = self.parents[number]
        return tuple(reversed(way))
