"""Play a two-player game against oneself, many games at once.

Every move is chosen by a search with noise at its root. With compiled rules a game that ends makes
room for the next one, so that batches stay full. Source: Silver et al. 2017, AlphaGo Zero, Methods,
"Self-play"; departures: games also start from generated positions, and there is no resignation.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphs.episode import new_id
from graphs.mcts.cache import WordCache
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.policy import sample_action, visit_policy
from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from graphs.mcts.summary import SearchSummary
from neural.inference import NetEvaluator
from tasks.protocol import Environment, Task, TaskKind
from training.selfplay.played import Played
from training.solving import environment_of


@dataclass(frozen=True, kw_only=True, slots=True)
class GameConfig:
    """How to play.

    Attributes:
        simulations: per move.
        c_puct: exploration weight.
        dirichlet_alpha, noise_share: of the noise on root priors.
        temperature, late_temperature: of the choice by visits, for the first `temperature_moves`
            of a game; afterwards the most visited move is played.
        side_by_side: games under way at once.
        cache_entries: evaluations remembered among games played at once; a power of 2.
    """

    simulations: int = 48
    c_puct: float = 1.25
    dirichlet_alpha: float = 1.0
    noise_share: float = 0.25
    temperature: float = 1.0
    late_temperature: float = 0.0
    temperature_moves: int = 4
    side_by_side: int = 256
    cache_entries: int = 2**16

    def searching(self) -> SearchConfig:
        """Return how each move is searched."""
        return SearchConfig(
            simulations=self.simulations,
            c_puct=self.c_puct,
            dirichlet_alpha=self.dirichlet_alpha,
            noise_share=self.noise_share,
        )


@dataclass(slots=True)
class _Seat:
    """A game under way."""

    state: Any
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
        kind: of two players; nothing is graded, the rules decide who won.
        evaluator: plays both sides.
        starts: one per game.
        config: how.
        seed: of noise and choices; the same arguments give the same games.
        on_game: told the number of finished games, for progress.
        clock: seconds.
    """
    started = clock()
    environment = environment_of(kind)
    rng = np.random.default_rng([seed, 1])
    roots = [environment.initial(start) for start in starts]
    seats = [_Seat(root, [], []) for root in roots]
    play = _play_in_turns if environment.rules is None else _play_refilled
    for done, place in enumerate(play(environment, evaluator, seats, config, seed, rng), 1):
        assert environment.is_terminal(seats[place].state)
        if on_game is not None:
            on_game(done)
    each = (clock() - started) / max(len(starts), 1)
    played = zip(starts, roots, seats, strict=True)
    return [_played(environment, start, root, seat, each) for start, root, seat in played]


def _play_refilled(
    environment: Environment[Any],
    evaluator: NetEvaluator,
    games: list[_Seat],
    config: GameConfig,
    seed: int,
    rng: np.random.Generator,
) -> Iterator[int]:
    """Play with compiled rules; a tree whose game ends takes the next one. Yields ended games."""
    rules = environment.rules
    assert rules is not None
    cache = WordCache(
        evaluator.version,
        environment.version,
        rules.words,
        environment.num_actions,
        config.cache_entries,
    )
    trees = min(config.side_by_side, len(games))
    search = CompiledSearch(environment, config.searching(), trees, seed, cache)
    waiting = iter(range(len(games)))
    seated: dict[int, int] = {}

    def seat_next(tree: int) -> None:
        place = next(waiting, None)
        if place is not None:
            seated[tree] = place
            search.reset(tree, rules.to_words(games[place].state))

    for tree in range(trees):
        seat_next(tree)
    while seated:
        for tree in search.advance(evaluator).tolist():
            if tree not in seated:
                continue
            place = seated[tree]
            game = games[place]
            _move(environment, game, search.summary(tree), config, rng)
            if not environment.is_terminal(game.state):
                search.reset(tree, rules.to_words(game.state), len(game.actions))
                continue
            del seated[tree]
            seat_next(tree)
            yield place


def _play_in_turns(
    environment: Environment[Any],
    evaluator: NetEvaluator,
    games: list[_Seat],
    config: GameConfig,
    seed: int,
    rng: np.random.Generator,
) -> Iterator[int]:
    """Play with Python rules, one move of every game per search. Yields ended games."""
    for first in range(0, len(games), config.side_by_side):
        going_on = list(range(first, min(first + config.side_by_side, len(games))))
        noise = np.random.default_rng([seed, 2, first])
        while going_on:
            states = [games[place].state for place in going_on]
            search = TreeSearch(environment, states, config.searching(), noise)
            run_search(search, evaluator)
            for tree, place in enumerate(going_on):
                _move(environment, games[place], search.summary(tree), config, rng)
            ended = [p for p in going_on if environment.is_terminal(games[p].state)]
            going_on = [place for place in going_on if place not in ended]
            yield from ended


def _move(
    environment: Environment[Any],
    game: _Seat,
    summary: SearchSummary,
    config: GameConfig,
    rng: np.random.Generator,
) -> None:
    """Choose a move by visits and make it."""
    visits = np.array(summary.visit_counts)
    early = len(game.actions) < config.temperature_moves
    temperature = config.temperature if early else config.late_temperature
    action = int(visits.argmax())
    if temperature > 0.0:
        action = sample_action(visit_policy(visits, temperature), rng)
    game.state = environment.step(game.state, action)
    game.actions.append(action)
    game.searches.append(summary)


def _played(
    environment: Environment[Any], start: Task, root: Any, game: _Seat, seconds: float
) -> Played:
    result = environment.returns(game.state)[environment.to_play(root)]
    return Played(
        id=new_id(),
        task=start,
        actions=tuple(game.actions),
        searches=tuple(game.searches),
        passed=bool(result >= 0.0),
        simulations=sum(s.simulations for s in game.searches),
        evaluations=sum(s.evaluations for s in game.searches),
        seconds=seconds,
    )
