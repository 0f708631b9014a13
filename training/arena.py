"""Let two players of a game meet from the same openings, once in each seat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphs.mcts.search import SearchConfig
from neural.evaluation import BatchEvaluator
from tasks.protocol import Environment
from training.solving import searched

Mover = Callable[[Sequence[Any]], Sequence[int]]
"""States with the player to move -> one legal action each."""


def arena(
    environment: Environment[Any], first: Mover, second: Mover, openings: Sequence[Any]
) -> NDArray[np.float64]:
    """Play two games from each opening.

    Args:
        environment: of two players.
        first: moves first in one game of each pair, second in the other.
        second: the other player.
        openings: `[n]` states that are no ends.

    Returns:
        `[n]` in [-1, 1]: the mean return of `first` over the pair.
    """
    scores: NDArray[np.float64] = both_returns(environment, first, second, openings).mean(axis=1)
    return scores


def both_returns(
    environment: Environment[Any], first: Mover, second: Mover, openings: Sequence[Any]
) -> NDArray[np.float64]:
    """Play as `arena` does; return `[n, 2]`, of `first` where it moves first and second."""
    movers = (first, second)
    scores = np.zeros((len(openings), 2))
    for seat_of_first in (0, 1):
        states = list(openings)
        starters = [environment.to_play(state) for state in states]
        going_on = list(range(len(states)))
        while going_on:
            for who in (0, 1):
                turn = [
                    n
                    for n in going_on
                    if not environment.is_terminal(states[n])
                    and (environment.to_play(states[n]) != starters[n]) == (who != seat_of_first)
                ]
                moves = movers[who]([states[n] for n in turn]) if turn else []
                for n, action in zip(turn, moves, strict=True):
                    states[n] = environment.step(states[n], action)
            going_on = [n for n in going_on if not environment.is_terminal(states[n])]
        for n, state in enumerate(states):
            player = starters[n] if seat_of_first == 0 else 1 - starters[n]
            scores[n, seat_of_first] = float(environment.returns(state)[player])
    return scores


def search_mover(
    environment: Environment[Any], evaluator: BatchEvaluator, simulations: int
) -> Mover:
    """Return the player that searches and makes the most visited move; no noise, no chance."""
    config = SearchConfig(simulations=simulations)

    def move(states: Sequence[Any]) -> list[int]:
        search = searched(environment, evaluator, states, config, 0)
        return [int(np.argmax(search.summary(tree).visit_counts)) for tree in range(len(states))]

    return move
