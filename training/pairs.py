"""Let two evaluators meet in pairs of games, one from each seat, many side by side.

Both players search, without noise, and make the most visited move, the first of equals. So a pair
is a function of its opening: an opening that comes again has its result already. With compiled
rules a pair that ends makes room for the next one and every evaluation is remembered; Python rules
are played in groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from graphs.mcts.cache import WordCache
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig
from neural.evaluation import BatchEvaluator
from tasks.protocol import BatchRules, Environment
from training.arena import Mover, both_returns
from training.solving import searched

CACHED = 2**17
Players = tuple[BatchEvaluator, BatchEvaluator]


@dataclass(frozen=True, slots=True)
class PlayedPair:
    """Two games from one opening.

    Attributes:
        opening: a state.
        first, second: return of player 0 in [-1, 1], where it moves first and second.
    """

    opening: Any
    first: float
    second: float

    @property
    def score(self) -> float:
        """Return the mean over the games in [0, 1]: a draw is a half."""
        return 0.5 + (self.first + self.second) / 4.0


@dataclass(slots=True)
class Spent:
    """What playing took.

    Attributes:
        games: played to the end.
        moves, simulations, evaluations: of both players; a remembered evaluation is not counted.
    """

    games: int = 0
    moves: int = 0
    simulations: int = 0
    evaluations: int = 0


def play_pairs(
    environment: Environment[Any],
    players: Players,
    openings: Iterable[Any],
    config: SearchConfig,
    side_by_side: int,
    spent: Spent,
) -> Iterator[PlayedPair]:
    """Play pairs as long as they are taken, and yield them in the order of the openings.

    Args:
        environment: of two players.
        players: 0 and 1.
        openings: states that are no ends; may be endless.
        config: of each move's search.
        side_by_side: pairs under way at once; the results do not depend on it.
        spent: is added to.
    """
    if environment.rules is None:
        return _play_groups(environment, players, openings, config, side_by_side, spent)
    match = _Match(environment, environment.rules, players, config, side_by_side, spent)
    return match.play(iter(openings))


@dataclass(slots=True)
class _Game:
    """A game under way in a tree of both searches.

    Attributes:
        opening: where it began.
        seat: player 0 moves first (0) or second (1).
        starter: the environment's player who moves first.
    """

    opening: Any
    seat: int
    starter: int
    state: Any


@dataclass(slots=True)
class _Match:
    """Games of compiled rules: game `n` is tree `n` of the search of whoever moves."""

    environment: Environment[Any]
    rules: BatchRules
    players: Players
    config: SearchConfig
    side_by_side: int
    spent: Spent
    searches: tuple[CompiledSearch, ...] = ()
    games: dict[int, _Game] = field(default_factory=dict)
    turns: tuple[set[int], set[int]] = field(default_factory=lambda: (set(), set()))
    free: list[int] = field(default_factory=list)
    results: dict[Any, dict[int, float]] = field(default_factory=dict)

    def play(self, openings: Iterator[Any]) -> Iterator[PlayedPair]:
        """Keep the tables full; yield pairs in order."""
        trees = 2 * self.side_by_side
        self.searches = tuple(self._search(player, trees) for player in self.players)
        self.free = list(range(trees))[::-1]
        waiting: list[Any] = []
        more = True
        while more or waiting:
            while more and len(self.free) >= 2 and len(waiting) < trees:
                opening = next(openings, None)
                more = opening is not None
                if more:
                    waiting.append(opening)
                    if opening not in self.results:
                        self._begin(opening)
            while waiting and len(self.results[waiting[0]]) == 2:
                opening = waiting.pop(0)
                yield PlayedPair(opening, self.results[opening][0], self.results[opening][1])
            for who in (0, 1):
                self._advance(who)

    def _search(self, player: BatchEvaluator, trees: int) -> CompiledSearch:
        environment = self.environment
        cache = WordCache(
            player.version,
            environment.version,
            self.rules.words,
            environment.num_actions,
            entries=CACHED,
        )
        return CompiledSearch(environment, self.config, trees, 0, cache)

    def _begin(self, opening: Any) -> None:
        self.results[opening] = {}
        for seat in (0, 1):
            tree = self.free.pop()
            self.games[tree] = _Game(opening, seat, self.environment.to_play(opening), opening)
            self._search_next(tree, opening, seat)

    def _advance(self, who: int) -> None:
        """Make one round of a player's searches, and the moves of those that have finished."""
        turns = self.turns[who]
        if not turns:
            return
        search = self.searches[who]
        done = [tree for tree in search.advance(self.players[who]).tolist() if tree in turns]
        if not done:
            return
        visits, simulations = search.visit_counts(), search.simulations()
        evaluations = search.evaluations()
        for tree in done:
            game = self.games[tree]
            game.state = self.environment.step(game.state, int(visits[tree].argmax()))
            self.spent.moves += 1
            self.spent.simulations += int(simulations[tree])
            self.spent.evaluations += int(evaluations[tree])
            turns.remove(tree)
            if self.environment.is_terminal(game.state):
                self._end(tree, game)
            else:
                self._search_next(tree, game.state, 1 - who)

    def _search_next(self, tree: int, state: Any, who: int) -> None:
        self.turns[who].add(tree)
        self.searches[who].reset(tree, self.rules.to_words(state))

    def _end(self, tree: int, game: _Game) -> None:
        seat_of_0 = game.starter if game.seat == 0 else 1 - game.starter
        returns = self.environment.returns(game.state)
        self.results[game.opening][game.seat] = float(returns[seat_of_0])
        self.spent.games += 1
        del self.games[tree]
        self.free.append(tree)


def _play_groups(
    environment: Environment[Any],
    players: Players,
    openings: Iterable[Any],
    config: SearchConfig,
    side_by_side: int,
    spent: Spent,
) -> Iterator[PlayedPair]:
    """Play with Python rules, a group of pairs to the end before the next one."""
    remaining = iter(openings)
    movers = [_mover(environment, player, config, spent) for player in players]
    results: dict[Any, PlayedPair] = {}
    while group := list(islice(remaining, side_by_side)):
        new = [opening for opening in dict.fromkeys(group) if opening not in results]
        for opening, (first, second) in zip(
            new, both_returns(environment, movers[0], movers[1], new).tolist(), strict=True
        ):
            results[opening] = PlayedPair(opening, first, second)
        spent.games += 2 * len(new)
        yield from (results[opening] for opening in group)


def _mover(
    environment: Environment[Any], player: BatchEvaluator, config: SearchConfig, spent: Spent
) -> Mover:
    def move(states: Sequence[Any]) -> list[int]:
        search = searched(environment, player, states, config, 0)
        summaries = [search.summary(tree) for tree in range(len(states))]
        spent.moves += len(states)
        spent.simulations += sum(summary.simulations for summary in summaries)
        spent.evaluations += sum(summary.evaluations for summary in summaries)
        return [int(np.argmax(summary.visit_counts)) for summary in summaries]

    return move
