"""Environments, positions and evaluators for tests of the search."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from neural.evaluation import Evaluation
from tasks.protocol import BatchRules, BoolArray, Environment, FloatArray, IllegalActionError
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment

GAME = TicTacToeEnvironment()
TARGET, CEILING = 21, 64


@dataclass(frozen=True, slots=True)
class Number:
    """How far the ladder has been climbed."""

    height: int


class Ladder:
    """One player climbs from 0 to 21 by +1, *2 and -3; above 64 is lost. At 0 only +1 is legal."""

    version = "ladder-1"
    num_actions = 3
    observation_shape: tuple[int, ...] = (2,)
    num_players = 1
    max_steps = 8
    discount = 0.9
    rules: BatchRules | None

    def __init__(self) -> None:
        self.rules = BatchRules(
            1,
            ladder_step,
            ladder_legal,
            ladder_observe,
            lambda state: np.array([state.height], np.int64),
            lambda words: Number(int(words[0])),
        )

    def legal(self, state: Number) -> BoolArray:
        return np.array([True, state.height > 0, state.height > 3])

    def step(self, state: Number, action: int) -> Number:
        if not self.legal(state)[action]:
            raise IllegalActionError(f"action {action} at {state.height}")
        return Number((state.height + 1, state.height * 2, state.height - 3)[action])

    def is_terminal(self, state: Number) -> bool:
        return state.height == TARGET or state.height > CEILING

    def returns(self, state: Number) -> FloatArray:
        return np.array([1.0 if state.height == TARGET else -1.0], np.float32)

    def to_play(self, state: Number) -> int:
        return 0

    def observe(self, state: Number) -> FloatArray:
        return np.array([state.height, state.height % 3], np.float32)

    def initial(self, task: Any) -> Number:
        return Number(0)

    def describe(self, state: Number) -> str:
        return str(state.height)

    def describe_action(self, state: Number, action: int) -> str:
        return ("+1", "*2", "-3")[action]


@njit
def ladder_step(state: NDArray[np.int64], action: int, out: NDArray[np.int64]) -> int:
    height = state[0]
    out[0] = height + 1 if action == 0 else height * 2 if action == 1 else height - 3
    return 1 if out[0] == TARGET else 3 if out[0] > CEILING else 0


@njit
def ladder_legal(state: NDArray[np.int64], out: BoolArray) -> None:
    out[0] = True
    out[1] = state[0] > 0
    out[2] = state[0] > 3


@njit
def ladder_observe(state: NDArray[np.int64], out: FloatArray) -> None:
    out[0] = state[0]
    out[1] = state[0] % 3


class Hashed:
    """Random but fixed priors and values for every observation; `version` picks which."""

    def __init__(self, environment: Environment[Any], version: str = "hashed-1") -> None:
        self.version = version
        self.name = f"net:test@{version}"
        self.environment_version = environment.version
        self.asked = 0

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        self.asked += len(observations)
        priors = np.zeros(legal.shape, np.float32)
        values = np.zeros(len(legal), np.float32)
        for row, observation in enumerate(observations):
            salt = zlib.crc32(self.version.encode())
            rng = np.random.default_rng(zlib.crc32(observation.tobytes(), salt))
            weights = rng.random(legal.shape[1]) * legal[row]
            priors[row] = weights / weights.sum()
            values[row] = rng.uniform(-1, 1)
        return priors, values

    async def evaluate(self, environment: Environment[Any], states: Any) -> list[Evaluation]:
        observations = np.stack([environment.observe(state) for state in states])
        legal = np.stack([environment.legal(state) for state in states])
        priors, values = self.evaluate_batch(observations, legal)
        return [
            Evaluation(priors[row], float(values[row]), 0.0, self.name)
            for row in range(len(states))
        ]


class Equal:
    """Equal priors and value 0."""

    version = "equal"

    def __init__(self, environment: Environment[Any]) -> None:
        self.environment_version = environment.version

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        priors = (legal / legal.sum(axis=1, keepdims=True)).astype(np.float32)
        return priors, np.zeros(len(legal), np.float32)


class Table:
    """Uniform priors, and values for the player to move from a table over tic-tac-toe's boards."""

    def __init__(self, values: dict[Board, float], version: str = "table") -> None:
        self.version = version
        self.environment_version = GAME.version
        self._values = np.zeros((512, 512), np.float32)
        for board, value in values.items():
            own, other = GAME.rules.to_words(board)  # type: ignore[union-attr]
            self._values[own, other] = value

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        bits = 2 ** np.arange(9)
        own = (observations[:, :9] @ bits).astype(int)
        other = (observations[:, 9:18] @ bits).astype(int)
        priors = (legal / legal.sum(axis=1, keepdims=True)).astype(np.float32)
        return priors, self._values[own, other]


@cache
def value_of(board: Board) -> int:
    """Return the game's value for the player to move, by complete search."""
    if GAME.is_terminal(board):
        return int(GAME.returns(board)[GAME.to_play(board)])
    return max(-value_of(GAME.step(board, a)) for a in legal_actions(board))


def legal_actions(board: Board) -> list[int]:
    return np.flatnonzero(GAME.legal(board)).tolist()


def best_actions(board: Board) -> set[int]:
    value = value_of(board)
    return {a for a in legal_actions(board) if -value_of(GAME.step(board, a)) == value}


def wins(board: Board) -> set[int]:
    """Return the moves that win at once."""
    mover = GAME.to_play(board)
    after = {a: GAME.step(board, a) for a in legal_actions(board)}
    return {a for a, b in after.items() if GAME.is_terminal(b) and GAME.returns(b)[mover] > 0}


def blocks(board: Board) -> set[int]:
    """Return the moves after which the other player cannot win at once."""
    return {a for a in legal_actions(board) if not wins_next(GAME.step(board, a))}


def wins_next(board: Board) -> set[int]:
    return set() if GAME.is_terminal(board) else wins(board)


@cache
def positions() -> tuple[Board, ...]:
    """Return every reachable position with a move to play: 4520."""
    seen: dict[Board, None] = {}
    waiting = [Board(0, 0)]
    while waiting:
        board = waiting.pop()
        if board not in seen and not GAME.is_terminal(board):
            seen[board] = None
            waiting.extend(GAME.step(board, a) for a in legal_actions(board))
    return tuple(sorted(seen))
