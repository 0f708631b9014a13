"""Episodes in the documented form, and back: the same run, nothing lost.

The documented form shows each step's search by ids; what it has no field for (task, budget,
decisions) travels as JSON in its metadata. Letters: `A` actions.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch

from graphs.episode import Episode, Outcome, Step, episode_from_json, episode_to_json
from graphs.mcts.summary import SearchSummary
from tasks.catalogue import Catalogue
from tasks.protocol import Environment, TaskKind
from training.derivation import replay
from training.selfplay.traces import (
    Action,
    EpisodeOutcome,
    MalformedEpisodeError,
    MCTSTrace,
    SelfPlayEpisode,
    State,
)
from training.solving import environment_of

OUTCOMES: dict[Outcome, EpisodeOutcome] = {
    "solved": "success",
    "failed": "failure",
    "unverified": "failure",
    "out_of_budget": "timeout",
    "cancelled": "error",
    "error": "error",
}


def documented(kind: TaskKind, episode: Episode) -> SelfPlayEpisode:
    """Return an episode without children in the documented form.

    Args:
        kind: of the episode's task.
        episode: its steps are replayed.

    Raises:
        ReplayError: if its actions are not legal under the present rules.
    """
    environment = environment_of(kind)
    positions = replay(environment, episode.task, [step.action for step in episode.steps])
    states = [state_of(environment, position) for position in positions]
    ended = environment.is_terminal(positions[-1])
    record = episode_to_json(replace(episode, steps=()))
    record["steps"] = [_rest(step) for step in episode.steps]
    traces = [
        trace_of(environment, position, step.action, step.search)
        for position, step in zip(positions, episode.steps, strict=False)
        if step.search is not None
    ]
    return SelfPlayEpisode(
        task_id=episode.task.id,
        initial_state=states[0],
        actions=[_action(environment, step) for step in episode.steps],
        states=states,
        rewards=_rewards(environment, episode, positions),
        mcts_traces=traces,
        outcome=OUTCOMES[episode.outcome],
        metadata={
            "kind": kind.name,
            "query": episode.task.prompt,
            "num_players": environment.num_players,
            "num_actions": environment.num_actions,
            "ended": ended,
            "reason": episode.failure or ("solved" if environment.num_players == 1 else "not lost"),
            "target_source": "visit counts",
            "episode": json.loads(json.dumps(record)),  # as it comes back from a file
        },
    )


def undocumented(kinds: Catalogue, episode: SelfPlayEpisode) -> Episode:
    """Return the episode that `documented` showed.

    Raises:
        MalformedEpisodeError: if it was not made by `documented`.
        EpisodeFormatError: if the record in its metadata is of another schema.
    """
    if "episode" not in episode.metadata:
        raise MalformedEpisodeError(
            f"the run of {episode.task_id!r} has no record: it was not made from an episode"
        )
    record = dict(episode.metadata["episode"])
    width = int(episode.metadata["num_actions"])
    searches = iter(episode.mcts_traces)
    record["steps"] = [
        {
            "state": state.metadata["text"],
            "legal": state.metadata["legal"],
            "to_play": state.to_play,
            "action": int(action.action_id),
            "action_text": action.parameters["text"],
            "search": _summary(next(searches), width).to_json() if searched else None,
            "decision": decision,
            "reward": reward,
        }
        for state, action, (reward, decision, searched) in zip(
            episode.before(), episode.actions, record["steps"], strict=True
        )
    ]
    return episode_from_json(record, kinds)


def state_of(environment: Environment[Any], position: Any) -> State:
    """Return a position in the documented form."""
    legal: list[int] = []
    if not environment.is_terminal(position):
        legal = np.flatnonzero(environment.legal(position)).tolist()
    return State(
        state_id=state_id(environment, position),
        representation=torch.from_numpy(np.array(environment.observe(position), np.float32)),
        metadata={
            "to_play": environment.to_play(position),
            "legal": legal,
            "text": environment.describe(position),
        },
    )


def state_id(environment: Environment[Any], position: Any) -> str:
    """Return 16 hexadecimal digits: equal for equal positions under the same rules."""
    return hashlib.sha256(f"{environment.version}|{position!r}".encode()).hexdigest()[:16]


def trace_of(
    environment: Environment[Any], position: Any, action: int, search: SearchSummary
) -> MCTSTrace:
    """Return a search from a position, which chose an action, in the documented form."""
    legal = np.flatnonzero(environment.legal(position)).tolist()
    values = {state_id(environment, position): search.root_value}
    mover = environment.to_play(position)
    for other in legal:
        if search.visit_counts[other]:
            following = environment.step(position, other)
            sign = 1.0 if environment.to_play(following) == mover else -1.0
            worth = sign * search.action_values[other] / environment.discount
            values.setdefault(state_id(environment, following), worth)
    return MCTSTrace(
        root_state_id=state_id(environment, position),
        num_simulations=search.simulations,
        visit_counts={str(a): search.visit_counts[a] for a in legal},
        q_values={str(a): search.action_values[a] for a in legal},
        prior_probs={str(a): search.priors[a] for a in legal},
        selected_action=str(action),
        tree_depth=search.depth,
        search_time=search.seconds,
        value_estimates=values,
        evaluations=search.evaluations,
    )


def _rest(step: Step) -> list[Any]:
    """Return what the documented form of a step has no field for."""
    decision = asdict(step.decision) if step.decision is not None else None
    return [step.reward, decision, step.search is not None]


def _summary(trace: MCTSTrace, width: int) -> SearchSummary:
    visits, priors, values = [0] * width, [0.0] * width, [0.0] * width
    for action, count in trace.visit_counts.items():
        place = int(action)
        visits[place] = count
        priors[place], values[place] = trace.prior_probs[action], trace.q_values[action]
    return SearchSummary(
        visit_counts=tuple(visits),
        priors=tuple(priors),
        action_values=tuple(values),
        root_value=trace.value_estimates[trace.root_state_id],
        simulations=trace.num_simulations,
        evaluations=trace.evaluations,
        depth=trace.tree_depth,
        seconds=trace.search_time,
    )


def _action(environment: Environment[Any], step: Step) -> Action:
    visits = step.search.visit_counts if step.search is not None else ()
    return Action(
        action_id=str(step.action),
        action_type="step" if environment.num_players == 1 else "move",
        parameters={"text": step.action_text},
        confidence=visits[step.action] / sum(visits) if any(visits) else 1.0,
    )


def _rewards(environment: Environment[Any], episode: Episode, positions: list[Any]) -> list[float]:
    """Return each step's reward, with the result on the last one, for the player who moved.

    A derivation that stopped on the way counts as if it had gone on to the step limit in vain; a
    run that was broken off has no result.
    """
    rewards = [step.reward for step in episode.steps]
    if not rewards or OUTCOMES[episode.outcome] not in ("success", "failure"):
        return rewards
    end = positions[-1]
    ended = environment.is_terminal(end)
    if environment.num_players > 1:
        if ended:
            rewards[-1] += float(environment.returns(end)[episode.steps[-1].to_play])
    elif episode.outcome == "solved" and ended:
        rewards[-1] += float(environment.returns(end)[0])
    elif episode.outcome == "failed":
        left = 0 if ended else max(environment.max_steps - len(rewards), 0)
        rewards[-1] -= environment.discount**left
    return rewards
