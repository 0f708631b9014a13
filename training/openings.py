"""Where games begin: a game's first position, and positions that chance has played from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from tasks.protocol import SPLIT_SIZE, Task, TaskKind
from training.solving import environment_of

FIRST_POSITIONS = {  # as prompts
    "search/tictactoe": "tic-tac-toe: best first move",
    "search/connect_four": "Connect four, X to move:" + 6 * "\n. . . . . . .",
}


def first_task(kind: TaskKind) -> Task | None:
    """Return the task to play from a game's first position; None for games not known here.

    Raises:
        ValueError: if the kind does not read its own first position.
    """
    text = FIRST_POSITIONS.get(kind.name)
    first = kind.parse(text) if text is not None else None
    if text is not None and first is None:
        raise ValueError(f"{kind.name} does not read {text!r}; mend FIRST_POSITIONS")
    return first


def random_openings(kind: TaskKind, plies: tuple[int, int], seed: int) -> Iterator[Any]:
    """Draw positions by random play, without end.

    Each is drawn afresh, so that one may come again, and as often as its mirror image: scores from
    them are independent and of one distribution, which is what a test on them rests on.

    Args:
        kind: of two players; games of one that is not in FIRST_POSITIONS go on from tasks of its
            test split.
        plies: fewest and most random moves, each number as likely; games that end before are
            drawn again.
        seed: of everything.
    """
    environment = environment_of(kind)
    rng = np.random.default_rng([seed, 3])
    first = first_task(kind)
    while True:
        task = first
        if task is None:
            task = kind.generate(int(rng.integers(SPLIT_SIZE)), float(rng.random()), "test")
        state = environment.initial(task)
        for _ in range(int(rng.integers(plies[0], plies[1], endpoint=True))):
            if environment.is_terminal(state):
                break
            state = environment.step(state, int(rng.choice(environment.legal(state).nonzero()[0])))
        if not environment.is_terminal(state):
            yield state
