"""Scores of pairs by chance, and the rules of promotion that stand beside the project's own.

A table is `[3, 3]`: probabilities of (loss, draw, win) for the challenger where it moves first, by
those where it moves second. Letters: `R` rounds, `T` pairs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.pairs import PlayedPair

Array = NDArray[np.float64]
SCORES = np.add.outer([0.0, 0.5, 1.0], [0.0, 0.5, 1.0]) / 2.0
NAIVE_GAMES = 40


@dataclass(frozen=True, slots=True)
class Drawn:
    """Rounds of pairs.

    Attributes:
        first, second: `[R, T]` 0 for a loss, 1 for a draw, 2 for a win, by seat.
    """

    first: NDArray[np.int8]
    second: NDArray[np.int8]

    @property
    def scores(self) -> Array:
        """Return `[R, T]` in [0, 1]."""
        return (self.first + self.second) / 4.0


def tables() -> dict[str, Array]:
    """Return tables by name; not all have a mean of a half before `tilted`."""
    no_draws = np.outer([0.5, 0.0, 0.5], [0.5, 0.0, 0.5])
    one_seat_wins = np.zeros((3, 3))
    one_seat_wins[2, 0], one_seat_wins[0, 2] = 0.7, 0.3
    return {
        "all-or-nothing": np.diag([0.5, 0.0, 0.5]),
        "no-draws": no_draws,
        "first-seat-wins-62-percent": np.outer([0.32, 0.06, 0.62], [0.62, 0.06, 0.32]),
        "opening-decides-60-percent": 0.6 * one_seat_wins + 0.4 * no_draws,
        "draws-90-percent": np.outer([0.05, 0.9, 0.05], [0.05, 0.9, 0.05]),
        "rare-double-wins": np.array([[0.0, 0.04, 0.0], [0.0, 0.94, 0.0], [0.0, 0.0, 0.02]]),
        "small-wins-double-losses": np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]]),
    }


def table_of(pairs: Iterable[PlayedPair]) -> Array:
    """Return the shares of played pairs."""
    table = np.zeros((3, 3))
    for pair in pairs:
        table[round(pair.first) + 1, round(pair.second) + 1] += 1.0
    return table / table.sum()


def tilted(table: Array, mean: float) -> Array:
    """Return the table nearest in relative entropy whose mean score is `mean`.

    Raises:
        ValueError: if no weighing of its entries has that mean.
    """
    reachable = SCORES[table > 0.0]
    if not reachable.min() < mean < reachable.max():
        raise ValueError(f"scores from {reachable.min()} to {reachable.max()} have no mean {mean}")
    low, high = -200.0, 200.0
    for _ in range(100):
        middle = (low + high) / 2.0
        weighed = table * np.exp(middle * (SCORES - mean))
        weighed /= weighed.sum()
        low, high = (middle, high) if (weighed * SCORES).sum() < mean else (low, middle)
    return weighed


def draw(table: Array, rounds: int, pairs: int, rng: np.random.Generator) -> Drawn:
    """Draw rounds of pairs."""
    cells = rng.choice(9, size=(rounds, pairs), p=table.ravel() / table.sum()).astype(np.int8)
    return Drawn(cells // 3, cells % 3)


def naive_promotions(drawn: Drawn) -> dict[str, float]:
    """Return the share of rounds that two rules over 40 games promote."""
    games = np.concatenate(
        [seat[:, : NAIVE_GAMES // 2] for seat in (drawn.first, drawn.second)], axis=1
    )
    wins, losses = (games == 2).sum(axis=1), (games == 0).sum(axis=1)
    return {
        "wins-above-1.1-of-losses": float((wins > 1.1 * losses).mean()),
        "wins-60-percent": float((wins >= 0.6 * NAIVE_GAMES).mean()),
    }


def rival_rulings(scores: Array, alternative: float = 0.55) -> dict[str, tuple[float, float]]:
    """Return the share of rounds that other tests accept, and their mean games.

    `z-each-look` asks a one-sided z at 5 % after every pair from the twentieth on; `ratio` is the
    sequential likelihood ratio over pairs, in the normal approximation that chess engines are
    tested with, its bounds for 5 % and 10 %; `grapa` bets as this project does, but on the mean
    that it has seen (Waudby-Smith and Ramdas 2024, aGRAPA).
    """
    length = scores.shape[1]
    pairs = np.arange(1, length + 1)
    means = scores.cumsum(axis=1) / pairs
    variances = np.maximum((scores**2).cumsum(axis=1) / pairs - means**2, 1e-3)
    z = (means - 0.5) * np.sqrt(pairs / variances)
    step = alternative - 0.5
    ratio = pairs * step * (2.0 * means - 0.5 - alternative) / (2.0 * variances)
    z[:, :20], ratio[:, :20] = -np.inf, 0.0
    nothing = np.zeros(scores.shape, np.bool_)
    up, down = _grapa(scores, 0.5), _grapa(1.0 - scores, 1.0 - alternative)
    return {
        "z-each-look": _ended(z > 1.645, nothing),
        "ratio": _ended(ratio >= math.log(0.9 / 0.05), ratio <= math.log(0.1 / 0.95)),
        "grapa": _ended(up >= math.log(20.0), down >= math.log(10.0)),
    }


def _grapa(scores: Array, bound: float) -> Array:
    gains = scores - bound
    before = 4.0 + np.arange(scores.shape[1])
    sums = np.cumsum(gains, axis=1) - gains
    squares = 4.0 * 0.125 + np.cumsum(gains**2, axis=1) - gains**2
    stakes = np.clip((sums / before) / (squares / before), 0.0, 0.9 / bound)
    return np.cumsum(np.log1p(stakes * gains), axis=1)


def _ended(accepted: NDArray[np.bool_], rejected: NDArray[np.bool_]) -> tuple[float, float]:
    length = accepted.shape[1]
    first = [np.where(hit.any(1), hit.argmax(1), length) for hit in (accepted, rejected)]
    pairs = np.minimum(np.minimum(*first) + 1, length)
    return float((first[0] < first[1]).mean()), 2.0 * float(pairs.mean())
