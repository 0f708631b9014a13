"""Play a two-player game against oneself: many games at once through the compiled search.

Every move is chosen by a search with noise at its root; a game that ends makes room for the next
one, so that batches stay full. Source: Silver et al. 2017, AlphaGo Zero, Methods, "Self-play";
departures: games also start from generated positions, and there is no resignation. Letters: `G`
trees, `A` actions, `W` state words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphs.episode import new_id
from graphs.mcts.cache import WordCache
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.rule_calls import UncompiledRulesError
from graphs.mcts.search import SearchConfig
from graphs.mcts.summary import SearchSummary
from neural.inference import NetEvaluator
from tasks.protocol import GOING_ON, Environment, Task, TaskKind
from training.examples import visit_policy
from training.selfplay.played import Played
from training.solving import environment_of, is_right


@dataclass(frozen=True, kw_only=True, slots=True)
class GameConfig:
    """How to play.

    Attributes:
        simulations: per move.
        c_puct: exploration weight.
        dirichlet_alpha, noise_share: of the noise on root priors.
        temperature, late_temperature: of the choice by visits, for the first `temperature_moves`
            of a game; afterwards the most visited move is played.
        side_by_side: G.
    """

    simulations: int = 48
    c_puct: float = 1.25
    dirichlet_alpha: float = 1.0
    noise_share: float = 0.25
    temperature: float = 1.0
    late_temperature: float = 0.0
    temperature_moves: int = 4
    side_by_side: int = 256


@dataclass(slots=True)
class _Seat:
    """A game under way in one tree."""

    start: int
    words: NDArray[np.int64]
    actions: list[int]
    searches: list[SearchSummary]


def play_games(
    kind: TaskKind,
    evaluator: NetEvaluator,
    starts: Sequence[Task],
    config: GameConfig,
    seed: int,
    on_game: Callable[[int], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Played]:
    """Play one game from each start, in the order of the starts.

    Args:
        kind: of two players, with compiled rules; its grader judges each game's first move.
        evaluator: plays both sides.
        starts: one per game.
        config: how.
        seed: of noise and choices; the same arguments give the same games.
        on_game: told the number of finished games, for progress.
        clock: seconds.

    Raises:
        UncompiledRulesError: if the environment has no compiled rules.
    """
    started = clock()
    environment = environment_of(kind)
    if environment.rules is None:
        raise UncompiledRulesError(
            f"{kind.name} has two players and no compiled rules; give its environment `rules`"
        )
    rules = environment.rules
    search = _search(environment, evaluator, config, min(config.side_by_side, len(starts)), seed)
    rng = np.random.default_rng([seed, 1])
    games: dict[int, Played] = {}
    seats: dict[int, _Seat] = {}
    waiting = iter(range(len(starts)))

    def seat_next(tree: int) -> None:
        start = next(waiting, None)
        if start is not None:
            words = rules.to_words(environment.initial(starts[start]))
            seats[tree] = _Seat(start, words, [], [])
            search.reset(tree, words)

    for tree in range(len(search)):
        seat_next(tree)
    while seats:
        for tree in search.advance(evaluator).tolist():
            seat = seats.get(tree)
            if seat is None:
                continue
            summary = search.summary(tree)
            action = _choose(summary, len(seat.actions), config, rng)
            seat.actions.append(action)
            seat.searches.append(summary)
            after = np.empty_like(seat.words)
            if rules.step(seat.words, action, after) == GOING_ON:
                seat.words = after
                search.reset(tree, after, len(seat.actions))
                continue
            games[seat.start] = _played(kind, starts[seat.start], seat)
            del seats[tree]
            seat_next(tree)
            if on_game is not None:
                on_game(len(games))
    each = (clock() - started) / max(len(starts), 1)
    return [replace(games[n], seconds=each) for n in range(len(starts))]


def _played(kind: TaskKind, start: Task, seat: _Seat) -> Played:
    return Played(
        id=new_id(),
        task=start,
        actions=tuple(seat.actions),
        searches=tuple(seat.searches),
        passed=is_right(kind, start, tuple(seat.actions[:1])),
        simulations=sum(s.simulations for s in seat.searches),
        evaluations=sum(s.evaluations for s in seat.searches),
        seconds=0.0,
    )


def _search(
    environment: Environment[Any],
    evaluator: NetEvaluator,
    config: GameConfig,
    trees: int,
    seed: int,
) -> CompiledSearch:
    assert environment.rules is not None
    cache = WordCache(
        evaluator.version, environment.version, environment.rules.words, environment.num_actions
    )
    searching = SearchConfig(
        simulations=config.simulations,
        c_puct=config.c_puct,
        dirichlet_alpha=config.dirichlet_alpha,
        noise_share=config.noise_share,
    )
    return CompiledSearch(environment, searching, trees, seed, cache)


def _choose(summary: SearchSummary, move: int, config: GameConfig, rng: np.random.Generator) -> int:
    visits = np.array(summary.visit_counts)
    early = move < config.temperature_moves
    temperature = config.temperature if early else config.late_temperature
    if temperature == 0.0:
        return int(visits.argmax())
    shares = visit_policy(visits, temperature).astype(np.float64)
    return int(rng.choice(len(visits), p=shares / shares.sum()))
