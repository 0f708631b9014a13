"""What an episode teaches: rows with targets, or the reason why it teaches nothing.

A policy is learned only from what a grader passed, or from the searches of a game played to its
end, where the result is the measure. Failures teach values, with less weight: they show a limit
of the search more than a property of the position. Targets are made from the environment's own
states: the actions are replayed, so a stored state cannot disagree with the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphs.episode import Episode
from graphs.mcts.policy import visit_policy
from tasks.catalogue import Catalogue
from tasks.protocol import Environment, FloatArray, TaskKind
from training.derivation import ReplayError, replay, without_detours
from training.rows import Row, TargetSource
from training.value_targets import returns_of, td_lambda

FAILURE_WEIGHT = (
    0.3  # of a failure's value target; the weight the contract gives to negative examples
)


class NothingToLearnError(ValueError):
    """An episode without a usable target; the message is the reason, in a few words."""


@dataclass(slots=True)
class Harvest:
    """What a run over many episodes gave.

    Attributes:
        rows: by kind name.
        kept: episodes used, by (origin, outcome).
        skipped: episodes not used, by reason.
        starts: by kind name, the initial states that were met, so that a comparison can leave
            them out.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    starts: dict[str, set[Any]] = field(default_factory=dict)

    def of_kind(self, kind: str) -> list[Row]:
        """Return the rows of a kind, empty if there are none."""
        return self.rows.get(kind, [])


def harvest(episodes: Iterable[Episode], kinds: Catalogue, wanted: Sequence[str]) -> Harvest:
    """Take the rows of all episodes and their children; none is lost without a reason."""
    result = Harvest()
    for whole in episodes:
        for episode in whole.walk():
            if episode.children:
                continue  # a composed message: its parts carry the actions
            try:
                if not (whole.train and episode.train):
                    raise NothingToLearnError("its owner opted out of training")
                if episode.task.kind not in wanted:
                    raise NothingToLearnError("of a kind that is not trained here")
                kind = kinds[episode.task.kind]
                rows = rows_of_episode(episode, kind)
            except NothingToLearnError as reason:
                result.skipped[str(reason)] += 1
                continue
            assert kind.environment is not None
            result.rows.setdefault(kind.name, []).extend(rows)
            result.starts.setdefault(kind.name, set()).add(kind.environment.initial(episode.task))
            result.kept[episode.origin, episode.outcome] += 1
    return result


def rows_of_episode(episode: Episode, kind: TaskKind) -> list[Row]:
    """Return the rows of one episode without children.

    Raises:
        NothingToLearnError: if it holds no usable target.
    """
    environment = kind.environment
    if environment is None:
        raise NothingToLearnError("no environment to learn in")
    if episode.outcome in ("cancelled", "error", "out_of_budget"):
        raise NothingToLearnError(f"the run was broken off: {episode.outcome}")
    actions = tuple(s.action for s in episode.steps)
    if not actions and episode.answer is not None:
        actions = episode.answer.actions
    if not actions and episode.answer is not None:
        raise NothingToLearnError("answered in text, without actions")
    try:
        states = replay(environment, episode.task, actions)
    except ReplayError:
        raise NothingToLearnError("its actions do not replay under the present rules") from None
    searches = [
        np.array(s.search.visit_counts) if s.search is not None else None for s in episode.steps
    ]
    visits = [v for v in searches if v is not None and v.any()]
    policies = visits if actions and len(visits) == len(actions) else None
    if environment.num_players > 1:
        return _rows_of_game(episode, environment, states, actions, policies)
    if episode.verdict is None or episode.verdict.passed is None:
        if episode.answer is not None:
            raise NothingToLearnError("not graded")
    elif episode.verdict.passed and environment.is_terminal(states[-1]):
        return solved_rows(environment, states, actions, policies)
    return failed_rows(environment, states)


def solved_rows(
    environment: Environment[Any],
    states: Sequence[Any],
    actions: Sequence[int],
    visits: Sequence[np.ndarray] | None = None,
) -> list[Row]:
    """Return the rows of a derivation that a grader passed, detours cut out.

    Args:
        environment: the kind's.
        states: `len(actions) + 1`, the last one an end.
        actions: executed.
        visits: `[A]` visit counts per action, where a search of fixed size chose each; None
            otherwise, and the executed actions are the targets.
    """
    counts = dict(zip(states, visits, strict=False)) if visits is not None else {}
    states, actions = without_detours(environment, states, actions)
    end = float(environment.returns(states[-1])[0])
    values = returns_of([0.0] * len(actions), [0] * len(actions), environment.discount, end)
    source: TargetSource = "visits" if counts else "path"
    return [
        Row(
            state,
            visit_policy(counts[state], 1.0)
            if counts
            else one_hot(action, environment.num_actions),
            source,
            value,
            1.0,
            1.0,
        )
        for state, action, value in zip(states, actions, values, strict=False)
    ]


def failed_rows(environment: Environment[Any], states: Sequence[Any]) -> list[Row]:
    """Return value rows of a single player's run that found no accepted end.

    A run that stopped on the way counts as if it had gone on to the step limit in vain, which is
    what a search that goes so deep backs up; an end that the grader refused counts -1 there.
    """
    ended = environment.is_terminal(states[-1])
    distance = 0 if ended else max(environment.max_steps - (len(states) - 1), 0)
    last = -(environment.discount**distance)
    steps = len(states) - 1
    values = returns_of([0.0] * steps, [0] * steps, environment.discount, last)
    rows = [
        Row(s, None, "none", v, 0.0, FAILURE_WEIGHT) for s, v in zip(states, values, strict=False)
    ]
    if not ended:
        rows.append(Row(states[-1], None, "none", last, 0.0, FAILURE_WEIGHT))
    return rows


def game_rows(
    environment: Environment[Any],
    states: Sequence[Any],
    visits: Sequence[Any],
    root_values: Sequence[float] = (),
    value_from_search: float = 0.0,
    trace_decay: float | None = None,
) -> list[Row]:
    """Return the rows of a two-player game played to its end, each move chosen by a search.

    Args:
        environment: the game's.
        states: `len(visits) + 1`, the last one an end.
        visits: `[A]` visit counts per move.
        root_values: what each move's search thought of its position.
        value_from_search: share of the value target that is the root value instead of the return.
            The return alone is the truth about one game, with the chance of its noise in it; half
            and half lowers the error on held-out positions (bench/tictactoe.py).
        trace_decay: lambda in [0, 1] of TD(lambda) over the root values (`value_targets`), which
            then are the value targets instead; None: no such targets.
    """
    final = environment.returns(states[-1])
    movers = [environment.to_play(state) for state in states[:-1]]
    believed = [min(max(value, -1.0), 1.0) for value in root_values]
    if trace_decay is not None:
        end = float(final[movers[-1]])
        nothing = [0.0] * len(visits)
        values = td_lambda(nothing, believed, movers, environment.discount, trace_decay, end)
    else:
        left = range(len(visits), 0, -1)
        values = [
            float(final[mover]) * environment.discount**steps
            for mover, steps in zip(movers, left, strict=True)
        ]
    if trace_decay is None and value_from_search:
        share = value_from_search
        mixed = zip(values, believed, strict=True)
        values = [(1.0 - share) * result + share * thought for result, thought in mixed]
    return [
        Row(state, visit_policy(counts, 1.0), "visits", value, 1.0, 1.0)
        for state, counts, value in zip(states, visits, values, strict=False)
    ]


def one_hot(action: int, num_actions: int) -> FloatArray:
    """Return `[A]` with all mass on one action."""
    policy = np.zeros(num_actions, np.float32)
    policy[action] = 1.0
    return policy


def with_rehearsal(
    new: list[Row], old: Sequence[Row], share: float, rng: np.random.Generator
) -> list[Row]:
    """Add as many old rows, drawn without replacement, as make up `share` of the result."""
    wanted = round(len(new) * share / (1.0 - share)) if old else 0
    index = rng.permutation(len(old))[:wanted]
    return [*new, *(old[i] for i in index.tolist())]


def _rows_of_game(
    episode: Episode,
    environment: Environment[Any],
    states: Sequence[Any],
    actions: Sequence[int],
    visits: Sequence[np.ndarray] | None,
) -> list[Row]:
    """Return a played game's rows, or the policy row of a single move that the grader passed."""
    if not actions:
        raise NothingToLearnError("no move was made")
    if environment.is_terminal(states[-1]) and visits is not None and len(actions) > 1:
        return game_rows(environment, states, visits)
    if episode.verdict is None or episode.verdict.passed is None:
        raise NothingToLearnError("not graded")
    if not episode.verdict.passed:
        raise NothingToLearnError("a single move graded wrong: it has no return")
    policy = one_hot(actions[0], environment.num_actions)
    source: TargetSource = "path"
    if visits is not None and int(np.argmax(visits[0])) == actions[0]:
        policy, source = visit_policy(visits[0], 1.0), "visits"
    return [Row(states[0], policy, source, 0.0, 1.0, 0.0)]
