"""What a training run knows of one kind between two iterations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from neural.model_files import Model
from neural.policy_value import PolicyValueNet


@dataclass(kw_only=True, slots=True)
class KindState:
    """Everything of one kind that the next iteration depends on; a checkpoint holds all of it.

    Attributes:
        champion: plays, and is what a challenger is compared with.
        learner: the net under training; a copy of it is fitted further in each iteration.
        optimiser: AdamW's state for the learner; None before the first fit.
        level: difficulty that is mostly solved, for kinds of one player.
        tasks_drawn: tasks of the train split used so far; the next ones follow.
        shards: names of the shards played so far, oldest first.
        games: runs played so far.
        seconds: spent on this kind so far.
        evaluations: positions that a net judged in self-play so far.
        cpu_seconds: of all processes, for playing, fitting and comparing, so far.
        rating: of the champion: Elo points above the first one, added up over gates.
        provenance: notes on the first iterations, see `provenance`.
        trained_before: iterations behind the first champion, where the run began with a trained
            one; schedules go on from there.
    """

    champion: Model
    learner: PolicyValueNet
    optimiser: dict[str, Any] | None = None
    level: float = 0.0
    tasks_drawn: int = 0
    shards: list[str] = field(default_factory=list)
    games: int = 0
    seconds: float = 0.0
    evaluations: int = 0
    cpu_seconds: float = 0.0
    rating: float = 0.0
    provenance: dict[str, Any] = field(default_factory=dict)
    trained_before: int = 0

    def age(self, iteration: int) -> int:
        """Return how many iterations of training an iteration of this run makes in all."""
        return self.trained_before + iteration


@dataclass(kw_only=True, slots=True)
class RunState:
    """A training run after its `iteration`-th iteration (0: nothing done yet).

    Random numbers of an iteration come from seed and iteration alone, so these two are the random
    state. `config` is what the run was last asked to do, see `LoopConfig.to_json`.
    """

    seed: int
    iteration: int
    kinds: dict[str, KindState]
    history: list[dict[str, Any]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
