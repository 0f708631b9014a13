"""One run of self-play, and the same run as an Episode.

Bulk self-play keeps runs in columns (`shards`); whoever wants episodes gets them from here. The
two forms convert into each other without loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphs.budget import Budget, Spend
from graphs.episode import Episode, Outcome, Step, id_time
from graphs.mcts.summary import SearchSummary
from tasks.protocol import Environment, Task, TaskKind
from training.derivation import replay
from training.examples import NothingToLearnError, failed_rows, game_rows, solved_rows
from training.rows import Row
from training.solving import environment_of

SOLVER = "selfplay"
NOT_FOUND = "the search found no solution"
REFUSED = "the grader refused the answer"
LOST = "the player who started lost the game"


@dataclass(frozen=True, slots=True)
class Played:
    """A finished run of self-play.

    Attributes:
        id: time-ordered, the episode's.
        task: where it started.
        actions: from the start to the end; none where a search found no solution.
        searches: what chose each action of a game; none for a derivation, which one search found.
        passed: a derivation by the grader; a game if the player who started did not lose it.
        simulations, evaluations: of all its searches.
        seconds: its share of the time that the runs beside it took together.
    """

    id: str
    task: Task
    actions: tuple[int, ...]
    searches: tuple[SearchSummary, ...]
    passed: bool
    simulations: int
    evaluations: int
    seconds: float


def rows_of(
    kind: TaskKind,
    run: Played,
    value_from_search: float = 0.0,
    trace_decay: float | None = None,
) -> list[Row]:
    """Return what a run teaches.

    Args:
        kind: of the run's task.
        run: a game or a derivation.
        value_from_search: share of a game's value target that is the search's own root value.
        trace_decay: lambda of a game's TD(lambda) targets, which then stand instead.
    """
    environment = environment_of(kind)
    states = replay(environment, run.task, run.actions)
    if run.searches:
        counts = [search.visit_counts for search in run.searches]
        values = [search.root_value for search in run.searches]
        return game_rows(environment, states, counts, values, value_from_search, trace_decay)
    if run.passed:
        return solved_rows(environment, states, run.actions)
    return failed_rows(environment, states)


def to_episode(kind: TaskKind, run: Played, versions: dict[str, str], seed: int) -> Episode:
    """Return the run as an episode.

    Args:
        kind: of the run's task.
        run: a game or a derivation.
        versions: what it ran with.
        seed: of the iteration that it belongs to.
    """
    outcome: Outcome = "solved" if run.passed else "failed"
    answer = verdict = None
    if run.actions:
        answer = kind.answer_from_actions(run.task, run.actions)
        if not _is_whole_game(kind, run):  # whose result is known, the worth of its moves is not
            verdict = kind.grade(run.task, answer)
    return Episode(
        id=run.id,
        task=run.task,
        solver=SOLVER,
        versions=versions,
        mode="neural_only",
        seed=seed,
        budget=Budget(),
        spend=Spend(simulations=run.simulations, evaluations=run.evaluations, seconds=run.seconds),
        outcome=outcome,
        started_at=id_time(run.id),
        origin="selfplay",
        answer=answer,
        verdict=verdict,
        source="search" if run.actions else "none",
        steps=_steps(environment_of(kind), run),
        failure=""
        if run.passed
        else LOST
        if run.searches
        else REFUSED
        if run.actions
        else NOT_FOUND,
    )


def from_episode(episode: Episode) -> Played:
    """Return a self-play episode as a run.

    Raises:
        NothingToLearnError: if it does not come from self-play.
    """
    if episode.origin != "selfplay":
        raise NothingToLearnError(f"an episode from {episode.origin}, not from self-play")
    searches = tuple(s.search for s in episode.steps if s.search is not None)
    return Played(
        id=episode.id,
        task=episode.task,
        actions=tuple(step.action for step in episode.steps),
        searches=searches,
        passed=episode.outcome == "solved",
        simulations=episode.spend.simulations,
        evaluations=episode.spend.evaluations,
        seconds=episode.spend.seconds,
    )


def _is_whole_game(kind: TaskKind, run: Played) -> bool:
    environment = environment_of(kind)
    last = replay(environment, run.task, run.actions)[-1]
    return environment.num_players > 1 and len(run.actions) > 1 and environment.is_terminal(last)


def _steps(environment: Environment[Any], run: Played) -> tuple[Step, ...]:
    states = replay(environment, run.task, run.actions)
    searches = run.searches or (None,) * len(run.actions)
    return tuple(
        Step(
            state=environment.describe(state),
            legal=tuple(int(a) for a in environment.legal(state).nonzero()[0]),
            to_play=environment.to_play(state),
            action=action,
            action_text=environment.describe_action(state, action),
            search=search,
        )
        for state, action, search in zip(states, run.actions, searches, strict=False)
    )
