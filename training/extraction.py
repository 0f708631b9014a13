"""What documented episodes teach: policy, value, reasoning and negative examples.

A policy is learned from graded derivations and from games played to their end; every policy target
is the search's visit distribution. A value is the discounted return for the player to move: `G[t] =
r[t] + gamma * s * G[t + 1]`, `s` = -1 where the player changes. Broken-off runs (`timeout`,
`error`) have no return and teach nothing. As tensors the examples are `training.datasets`. Rows for
the fit of the loop itself are `training.examples`. Letters: `T` steps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from training.examples import FAILURE_WEIGHT
from training.rows import BadTargetError
from training.selfplay.traces import MCTSTrace, SelfPlayEpisode, State
from training.value_targets import returns_of

ExampleType = Literal["policy", "value", "reasoning", "negative"]
EXAMPLE_TYPES: tuple[ExampleType, ...] = ("policy", "value", "reasoning", "negative")
GAMMA = 0.99
WORST = 3  # decisions of one failure at most


@dataclass(frozen=True, slots=True)
class TrainingExample:
    """One thing to learn.

    Attributes:
        example_id: function of the episode and the step.
        example_type: policy, value, reasoning or negative.
        state: the State before the action; the query for reasoning.
        target: policy: action id -> probability, sums to 1; value: float; reasoning: the steps in
            words; negative: {chosen: action id or None, rejected: action id}.
        weight: in the loss; 0.3 for what a failure teaches.
        metadata: kind, task_id, step, outcome; `target_source` of a policy ("visit counts" or,
            for another search, what it says of itself), num_actions and legal where known.
    """

    example_id: str
    example_type: ExampleType
    state: State | str
    target: Any
    weight: float = 1.0
    metadata: Mapping[str, Any] = field(default_factory=dict)


class TrainingDataExtractor:
    """Turns episodes into examples.

    Attributes:
        gamma: discount per step.
        skipped: reason -> episodes of the last extraction that taught nothing.
    """

    def __init__(self, gamma: float = GAMMA) -> None:
        if not 0.0 < gamma <= 1.0:
            raise ValueError(f"gamma {gamma} must be in (0, 1]")
        self.gamma = gamma
        self.skipped: dict[str, int] = {}

    def extract_examples(
        self, episodes: Iterable[SelfPlayEpisode]
    ) -> dict[ExampleType, list[TrainingExample]]:
        """Return the examples of each type, in the order of the episodes.

        Args:
            episodes: broken-off ones and ones without steps are counted in `skipped`.

        Raises:
            MalformedEpisodeError: if states, actions, rewards and traces of a finished episode do
                not fit together.
            BadTargetError: if a return of a kind of ours leaves [-1, 1], visits are none or
                negative, or a reward is no number.
        """
        found: dict[ExampleType, list[TrainingExample]] = {name: [] for name in EXAMPLE_TYPES}
        self.skipped = {}
        for number, episode in enumerate(episodes):
            reason = _reason_to_skip(episode)
            if reason:
                self.skipped[reason] = self.skipped.get(reason, 0) + 1
                continue
            one = _OneEpisode(episode, number, self.gamma)
            found["policy"] += one.policies()
            found["value"] += one.values()
            found["reasoning"] += one.reasoning()
            found["negative"] += one.negatives()
        return found


class _OneEpisode:
    """A finished episode with at least one step."""

    def __init__(self, episode: SelfPlayEpisode, number: int, gamma: float) -> None:
        self._episode = episode
        self._states = episode.before()
        self._movers = [state.to_play for state in self._states]
        self._returns = returns_of(episode.rewards, self._movers, gamma)
        self._players = int(episode.metadata.get("num_players", max(self._movers) + 1))
        self._name = str(episode.metadata.get("episode", {}).get("id", f"{number}"))
        self._check()

    def policies(self) -> list[TrainingExample]:
        """Return a visit distribution per search; none where the run is no measure of them."""
        played_out = self._players > 1 and self._episode.metadata.get("ended", True)
        if self._episode.outcome != "success" and not played_out:
            return []
        return [
            self._example("policy", step, self._states[step], _distribution(trace), 1.0)
            for step, trace in enumerate(self._episode.mcts_traces)
        ]

    def values(self) -> list[TrainingExample]:
        """Return a return per step; none of a game without an end."""
        if self._players > 1 and not self._episode.metadata.get("ended", True):
            return []
        weight = self._failure_weight if self._players == 1 else 1.0
        return [
            self._example("value", step, state, value, weight)
            for step, (state, value) in enumerate(zip(self._states, self._returns, strict=True))
        ]

    def reasoning(self) -> list[TrainingExample]:
        """Return the chain of a derivation that was passed; a game is no argument."""
        if self._episode.outcome != "success" or self._players > 1:
            return []
        first = self._states[0]
        query = str(self._episode.metadata.get("query") or first.metadata.get("text", ""))
        chain = [
            str(action.parameters.get("text", action.action_type))
            for action in self._episode.actions
        ]
        positions = list(self._episode.states)[-len(chain) :]
        chain = [
            f"{words} -> {state.metadata['text']}" if "text" in state.metadata else words
            for words, state in zip(chain, positions, strict=True)
        ]
        return [self._example("reasoning", 0, query, chain, 1.0)]

    def negatives(self) -> list[TrainingExample]:
        """Return the decisions of the side that failed that gave most away.

        What a decision gave away is the best value that its search saw, less what came of it. Where
        another action was seen to be better than that, it is preferred; otherwise none is.
        """
        if self._episode.outcome != "failure":
            return []
        starter = self._states[0].to_play
        own = [n for n, mover in enumerate(self._movers) if mover == starter]
        given_away: list[tuple[float, int, str | None]] = []
        for step in own:
            rejected = self._episode.actions[step].action_id
            trace = self._episode.mcts_traces[step] if self._episode.mcts_traces else None
            seen = _seen(trace)
            best = max(seen.values(), default=0.0)
            better = {a: q for a, q in seen.items() if a != rejected and q > self._returns[step]}
            chosen = max(better, key=lambda a: better[a]) if better else None
            given_away.append((best - self._returns[step], step, chosen))
        worst = sorted(given_away, key=lambda lost: (-lost[0], -lost[1]))[:WORST]
        return [
            self._example(
                "negative",
                step,
                self._states[step],
                {"chosen": chosen, "rejected": self._episode.actions[step].action_id},
                FAILURE_WEIGHT,
            )
            for lost, step, chosen in sorted(worst, key=lambda lost: lost[1])
            if lost > 0.0
        ]

    @property
    def _failure_weight(self) -> float:
        return 1.0 if self._episode.outcome == "success" else FAILURE_WEIGHT

    def _check(self) -> None:
        if not all(map(math.isfinite, self._returns)):
            raise BadTargetError(
                f"rewards {list(self._episode.rewards)} of {self._episode.task_id!r} are no numbers"
            )
        if "episode" in self._episode.metadata and max(map(abs, self._returns)) > 1.0 + 1e-6:
            raise BadTargetError(
                f"returns {self._returns} of {self._episode.task_id!r} leave [-1, 1]; scale the "
                "rewards of its kind"
            )

    def _example(
        self, name: ExampleType, step: int, state: State | str, target: Any, weight: float
    ) -> TrainingExample:
        given = self._episode.metadata
        about = {k: given[k] for k in ("kind", "num_actions") if k in given}
        if isinstance(state, State) and "legal" in state.metadata:
            about["legal"] = state.metadata["legal"]
        if name == "policy":
            about["target_source"] = given.get("target_source", "visit counts")
        return TrainingExample(
            example_id=f"{self._episode.task_id}/{self._name}/{step}/{name}",
            example_type=name,
            state=state,
            target=target,
            weight=weight,
            metadata={
                **about,
                "task_id": self._episode.task_id,
                "step": step,
                "outcome": self._episode.outcome,
            },
        )


def _reason_to_skip(episode: SelfPlayEpisode) -> str:
    if episode.outcome in ("timeout", "error"):
        return f"broken off: {episode.outcome}"
    if not episode.actions:
        return "no action was made"
    return ""


def _distribution(trace: MCTSTrace) -> dict[str, float]:
    """Return visit shares; ids of legal actions stay even where nothing was visited."""
    total = sum(trace.visit_counts.values())
    if total <= 0 or min(trace.visit_counts.values()) < 0:
        raise BadTargetError(f"visit counts {dict(trace.visit_counts)} give no distribution")
    return {action: count / total for action, count in trace.visit_counts.items()}


def _seen(trace: MCTSTrace | None) -> dict[str, float]:
    """Return the values of the actions that a search visited."""
    if trace is None:
        return {}
    return {a: q for a, q in trace.q_values.items() if trace.visit_counts.get(a, 0) > 0}
