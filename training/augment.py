"""More rows from the same experience: images of a state under its kind's symmetries.

The symmetries are pure functions beside the kinds' rules; a kind that is not named here is used
as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tasks.math import equation_symmetry
from tasks.math.equation_rewriting import EquationEnvironment
from tasks.protocol import Environment, FloatArray, Task, WordArray
from tasks.search import connect_four_symmetry, tictactoe_symmetry
from tasks.search.connect_four_rules import COLUMNS
from training.rows import Row, merged

EQUATION_ORDERS = 3  # shuffled copies of an equation beside the original
Pair = tuple[Any, "FloatArray | None"]


@dataclass(frozen=True, slots=True)
class Symmetry:
    """What is known about a kind's symmetries.

    Attributes:
        group: equal for states that are images of each other.
        images: state, policy or None, rng -> images with their policies, the original first.
    """

    group: Callable[[Any], Hashable]
    images: Callable[[Any, FloatArray | None, np.random.Generator], list[Pair]]


def augmented(
    environment: Environment[Any], kind: str, rows: Iterable[Row], rng: np.random.Generator
) -> list[Row]:
    """Return the rows with their images, merged by state; images count like originals."""
    symmetry = symmetry_of(environment, kind)
    if symmetry is None:
        return merged(rows)
    return merged(image for row in merged(rows) for image in _images(symmetry, row, rng))


def symmetry_of(environment: Environment[Any], kind: str) -> Symmetry | None:
    """Return the symmetries of a shipped kind, None for any other."""
    if kind == "search/tictactoe":
        return Symmetry(
            tictactoe_symmetry.canonical, lambda s, p, _: tictactoe_symmetry.images(s, p)
        )
    if kind == "search/connect_four":
        return Symmetry(
            connect_four_symmetry.canonical, lambda s, p, _: connect_four_symmetry.images(s, p)
        )
    if isinstance(environment, EquationEnvironment):
        equations = environment
        return Symmetry(
            equation_symmetry.canonical, lambda s, p, rng: _orders(equations, s, p, rng)
        )
    return None


@dataclass(frozen=True, slots=True)
class Mirror:
    """A symmetry of two images, on compiled states.

    Attributes:
        words: `[N, W]` -> `[N, W]` images.
        actions: `[A]`, the image of each action.
    """

    words: Callable[[WordArray], WordArray]
    actions: NDArray[np.int64]


def mirror_of(kind: str) -> Mirror | None:
    """Return the mirror of a shipped kind, None for any other."""
    if kind == "search/connect_four":
        return Mirror(connect_four_symmetry.mirror_words, np.arange(COLUMNS)[::-1].copy())
    return None


def unseen(
    environment: Environment[Any], tasks: Iterable[Task], kind: str, seen: Collection[Any]
) -> list[Task]:
    """Return the tasks whose initial state is no image of a state that training has met."""
    symmetry = symmetry_of(environment, kind)
    group: Callable[[Any], Hashable] = symmetry.group if symmetry else lambda state: state
    met = {group(state) for state in seen}
    return [task for task in tasks if group(environment.initial(task)) not in met]


def _images(symmetry: Symmetry, row: Row, rng: np.random.Generator) -> Sequence[Row]:
    group = symmetry.group(row.state)
    pairs = symmetry.images(row.state, row.policy, rng)
    return [replace(row, state=state, policy=policy, group=group) for state, policy in pairs]


def _orders(
    environment: EquationEnvironment,
    state: Any,
    policy: FloatArray | None,
    rng: np.random.Generator,
) -> list[Pair]:
    pairs: list[Pair] = [(state, policy)]
    for _ in range(EQUATION_ORDERS):
        image = equation_symmetry.reordered(state, rng)
        if policy is None:
            pairs.append((image, None))
            continue
        moved = equation_symmetry.image_of_policy(environment, state, image, policy)
        if moved is not None:
            pairs.append((image, moved))
    return pairs
