"""A tiny one-player kind with slots: bring every counter to 0 by lowering or halving it."""

from typing import Any

import numpy as np

from tasks.protocol import IllegalActionError, Task, task_id
from tasks.search.tictactoe import TicTacToeKind

TICTACTOE = TicTacToeKind()
SLOTS, TOP = 5, 4
LOWER, HALVE = 0, 1


class SlotGame:
    version = "counters-1"
    num_actions = SLOTS * 2
    observation_shape: tuple[int, ...] = (SLOTS, TOP + 1)
    num_players = 1
    max_steps = 20
    discount = 0.99
    rules = None

    def initial(self, task: Task) -> tuple[int, ...]:
        rng = np.random.default_rng(task.seed)
        return tuple(int(n) for n in rng.integers(1, TOP + 1, SLOTS))

    def legal(self, state: tuple[int, ...]) -> Any:
        return np.array([allowed for n in state for allowed in (n > 0, n in (2, 4))])

    def step(self, state: tuple[int, ...], action: int) -> tuple[int, ...]:
        if not self.legal(state)[action]:
            raise IllegalActionError(f"action {action} is not legal in {state}")
        slot, verb = divmod(action, 2)
        after = state[slot] - 1 if verb == LOWER else state[slot] // 2
        return (*state[:slot], after, *state[slot + 1 :])

    def is_terminal(self, state: tuple[int, ...]) -> bool:
        return not any(state)

    def returns(self, state: tuple[int, ...]) -> Any:
        return np.ones(1, np.float32)

    def to_play(self, state: tuple[int, ...]) -> int:
        return 0

    def observe(self, state: tuple[int, ...]) -> Any:
        return np.eye(TOP + 1, dtype=np.float32)[list(state)]

    def describe(self, state: tuple[int, ...]) -> str:
        return str(state)

    def describe_action(self, state: tuple[int, ...], action: int) -> str:
        return f"{'lower' if action % 2 == LOWER else 'halve'} counter {action // 2}"


class SlotKind:
    name = "test/counters"

    def __init__(self, environment: Any = None) -> None:
        self.environment = environment or SlotGame()


def slot_task(seed: int) -> Task:
    payload = TICTACTOE.generate(0, 0.0, "train").payload
    return Task(
        task_id("test/counters", payload, seed, "train"),
        "test/counters",
        "",
        payload,
        0.5,
        seed,
        "train",
    )


def slot_states(count: int) -> list[tuple[int, ...]]:
    game = SlotGame()
    return [game.initial(slot_task(seed)) for seed in range(count)]


def board_states(count: int, seed: int = 0) -> list[Any]:
    """Tic-tac-toe positions that are not over, by random play."""
    game, rng = TICTACTOE.environment, np.random.default_rng(seed)
    states: list[Any] = []
    while len(states) < count:
        state = game.initial(TICTACTOE.generate(0, 0.0, "train"))
        while not game.is_terminal(state):
            states.append(state)
            state = game.step(state, int(rng.choice(np.flatnonzero(game.legal(state)))))
    return states[:count]
