"""What a kind offers so that it can be solved without a net: one exact operation, or a guide.

`computed` kinds implement ComputedKind. `proved` and `heuristic` kinds implement GuidedKind: the
agent searches their environment best first with the kind's Guide (`graphs.best_first`) and lets the
kind draw the conclusion. Graders share nothing with any of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from tasks.protocol import Answer, Task, TaskKind

StateT = TypeVar("StateT", bound=Hashable, contravariant=True)


class TooHardError(ValueError):
    """A sound problem beyond the limits of an exact operation; the message names the limit."""


@runtime_checkable
class ComputedKind(Protocol):
    """A kind solved by one exact operation."""

    def compute(self, task: Task) -> Answer:
        """Return the answer.

        Raises:
            TooHardError: if the problem is beyond a limit of steps or digits.
        """
        ...


class Guide(Protocol[StateT]):
    """What a search may know of a kind's positions.

    Attributes:
        name: of the knowledge, printed with results: `Manhattan distance`, `relaxed plan`.
        weight: on `estimate` in the order of expansion (cost so far + weight * estimate); 1 finds
            a cheapest end first if the estimate is admissible, more dives towards ends.
        admissible: `estimate` never exceeds the true cost, so that it may rule out a branch that
            cannot beat an end already found, and a cheapest end can be proved.
        commutes: whatever legal action is taken first, every end stays reachable (monotone
            derivation): one successor of each state is enough, and an end without a win proves
            that there is none.
    """

    name: str
    weight: float
    admissible: bool
    commutes: bool

    def actions(self, state: StateT) -> Sequence[int]:
        """Return the legal actions worth taking, the most promising first.

        Leaving one out must be sound: it must lose no end of a `proved` kind.
        """
        ...

    def cost(self, state: StateT, action: int) -> float:
        """Return what the action costs, 0 or more; 1 each where length is what counts."""
        ...

    def estimate(self, state: StateT) -> float:
        """Return the estimated cost to the nearest winning end; `inf` is a proof of none."""
        ...


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search through an environment has found.

    Attributes:
        ends: actions to winning ends (positive return), all of different end states, the cheapest
            first.
        costs: of them.
        complete: nothing is left to look at that could change the ends: fewer ends than wanted
            means there are no more.
        optimal: the first end is proved to be a cheapest one.
        states: looked at.
    """

    ends: tuple[tuple[int, ...], ...]
    costs: tuple[float, ...]
    complete: bool
    optimal: bool
    states: int


@runtime_checkable
class GuidedKind(Protocol):
    """A kind solved by search with a guide; complete for `proved` kinds.

    Attributes:
        guide: what the search knows.
        ends_wanted: how many different winning ends to look for: 1, or 2 to prove uniqueness.
        improves: go on after the first end for cheaper ones, until nothing is left or a limit ends
            it.
        most_states: to look at; decides when an attempt is given up, the same on every machine.
    """

    guide: Guide[Any]
    ends_wanted: int
    improves: bool
    most_states: int

    def conclude(self, task: Task, found: Findings) -> Answer | None:
        """Return the answer that the findings allow, such as `no solution`; None for none yet.

        Raises:
            TooHardError: if the search is complete and the problem is beyond what the kind can
                solve; the message says why.
        """
        ...


def optimises(kind: TaskKind) -> bool:
    """Say whether a kind asks for the best of many solutions.

    Such a kind sets `optimises = True`: an end with a positive return is then a solution, the
    verdict passes only the best one, and the score in [0, 1] says how near it comes.
    """
    return bool(getattr(kind, "optimises", False))
