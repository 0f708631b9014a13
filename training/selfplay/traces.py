"""The documented records of one run: Action, State, MCTSTrace, SelfPlayEpisode.

They are another view of `graphs.episode.Episode`; `trace_records` turns one into the other without
loss. Action ids are the environment's action indices as text, so that they stay keys in JSON.
Letters: `A` actions, `T` steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor

EpisodeOutcome = Literal["success", "failure", "timeout", "error"]


class MalformedEpisodeError(ValueError):
    """Actions, states, rewards and traces whose numbers do not fit together."""


@dataclass(frozen=True, slots=True)
class Action:
    """One executed action.

    Attributes:
        action_id: index in [0, A) as text; a caller's own episodes may use other names.
        action_type: `move` in games, `step` in derivations.
        parameters: JSON values; `text` says the action in words.
        confidence: share of the search's visits that it got, in [0, 1]; a raw signal, not the
            probability of being right.
    """

    action_id: str
    action_type: str = "step"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 1.0


@dataclass(frozen=True, eq=False, slots=True)
class State:
    """A position as a network reads it.

    Attributes:
        state_id: equal for equal positions under the same rules.
        representation: float32, the environment's observation for the player to move; anything
            that `torch.as_tensor` takes may be given.
        metadata: JSON values; `to_play`, `legal` (indices) and `text` for positions of ours.
    """

    state_id: str
    representation: Tensor
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "representation", torch.as_tensor(self.representation))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, State)
            and (self.state_id, self.metadata) == (other.state_id, other.metadata)
            and torch.equal(self.representation, other.representation)
        )

    def __hash__(self) -> int:
        return hash(self.state_id)

    @property
    def to_play(self) -> int:
        """Return the player to move; 0 where the metadata name none."""
        return int(self.metadata.get("to_play", 0))


@dataclass(frozen=True, slots=True)
class MCTSTrace:
    """One search, by action and state ids.

    Attributes:
        root_state_id: where it started.
        num_simulations: select-expand-evaluate-back-up passes.
        visit_counts: action id -> passes, over the legal actions.
        q_values: action id -> mean backed-up value in [-1, 1] for the player to move at the root; 0
            where unvisited.
        prior_probs: action id -> the policy before the search, after root noise.
        selected_action: action id that was executed.
        tree_depth: longest path from the root.
        search_time: seconds.
        value_estimates: state id -> what the search makes of it for the player to move there: of
            the root, and of each visited successor.
        evaluations: positions that the network was asked for.
    """

    root_state_id: str
    num_simulations: int
    visit_counts: Mapping[str, int]
    q_values: Mapping[str, float]
    prior_probs: Mapping[str, float]
    selected_action: str
    tree_depth: int
    search_time: float
    value_estimates: Mapping[str, float] = field(default_factory=dict)
    evaluations: int = 0


@dataclass(frozen=True, slots=True)
class SelfPlayEpisode:
    """One run, however it ended.

    Attributes:
        task_id: of the task.
        initial_state: where it started.
        actions: `[T]`.
        states: `[T + 1]`, from the initial to the last one; `[T]` without the initial one is
            understood too.
        rewards: `[T]`, of each step, for the player who moved; the result comes with the last.
        mcts_traces: `[T]`, or none where no search chose.
        outcome: `success` (a derivation that the grader passed; a game that the player who started
            did not lose), `failure`, `timeout`, `error`.
        metadata: JSON values; `reason` says why it ended, `kind`, `num_players`, `num_actions` and
            `episode` (the rest of the record) are those of ours.
    """

    task_id: str
    initial_state: State
    actions: Sequence[Action]
    states: Sequence[State]
    rewards: Sequence[float]
    mcts_traces: Sequence[MCTSTrace]
    outcome: EpisodeOutcome
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def total_reward(self) -> float:
        """Return the sum of rewards in the view of the player who started."""
        starter = self.initial_state.to_play
        return sum(
            reward if mover == starter else -reward
            for reward, mover in zip(self.rewards, self.movers(), strict=True)
        )

    @property
    def episode_length(self) -> int:
        """Return the number of actions."""
        return len(self.actions)

    @property
    def search_efficiency(self) -> float:
        """Return reward / (simulations x seconds); 0 where nothing was searched."""
        simulations = sum(trace.num_simulations for trace in self.mcts_traces)
        work = simulations * sum(trace.search_time for trace in self.mcts_traces)
        return self.total_reward / work if work > 0 else 0.0

    @property
    def solution_path(self) -> list[str]:
        """Return the action ids that led to a success; empty for any other outcome."""
        return [a.action_id for a in self.actions] if self.outcome == "success" else []

    def before(self) -> list[State]:
        """Return `[T]`, the state before each action.

        Raises:
            MalformedEpisodeError: if the numbers of states, actions, rewards or traces do not fit.
        """
        steps, states = len(self.actions), list(self.states)
        if not states or states[0].state_id != self.initial_state.state_id:
            states = [self.initial_state, *states]
        given = (len(states), len(self.rewards), len(self.mcts_traces))
        if given[0] not in (steps, steps + 1) and (steps or given[0] > 1):
            raise self._malformed(given)
        if given[1] != steps or given[2] not in (0, steps):
            raise self._malformed(given)
        return states[:steps]

    def movers(self) -> list[int]:
        """Return `[T]`, the player who made each action."""
        return [state.to_play for state in self.before()]

    def _malformed(self, given: tuple[int, int, int]) -> MalformedEpisodeError:
        return MalformedEpisodeError(
            f"episode of {self.task_id!r} has {len(self.actions)} actions, but {given[0]} states "
            f"with the initial one, {given[1]} rewards and {given[2]} traces; expected one reward "
            "and one trace (or no traces at all) for each action, and one state more"
        )
