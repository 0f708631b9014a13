"""Equations that differ in the order of their terms alone, and the same step in each.

Order matters a little to the rewriting: terms combine with the first like term before them. An
action is therefore carried over by what it does, not by its slot, and one that does nothing like
it has no image.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from tasks.math.equation_rewriting import NUM_ACTIONS, VERBS, EquationEnvironment, K
from tasks.math.equation_state import Body, Equation, Side
from tasks.protocol import FloatArray


def canonical(equation: Equation) -> Hashable:
    """Return what equations share that differ in the order of terms or the unknown's name."""
    return _sorted(equation.left), _sorted(equation.right)


def reordered(equation: Equation, rng: np.random.Generator) -> Equation:
    """Shuffle the terms of both sides; sides with more terms than slots stay as they are."""
    name, left, right = equation
    return Equation(name, _shuffled(left, rng), _shuffled(right, rng))


def image_of_action(
    environment: EquationEnvironment, equation: Equation, image: Equation, action: int
) -> int | None:
    """Return the image's action whose result is an image of the action's; None without one."""
    wanted = canonical(environment.step(equation, action))
    for candidate in environment.legal(image).nonzero()[0].tolist():
        same_verb = candidate % VERBS == action % VERBS
        if same_verb and canonical(environment.step(image, candidate)) == wanted:
            return int(candidate)
    return None


def image_of_policy(
    environment: EquationEnvironment, equation: Equation, image: Equation, policy: FloatArray
) -> FloatArray | None:
    """Return the policy `[A]` over the image's actions; None if one with mass has no image."""
    moved = np.zeros(NUM_ACTIONS, np.float32)
    for action in policy.nonzero()[0].tolist():
        target = image_of_action(environment, equation, image, action)
        if target is None:
            return None
        moved[target] += policy[action]
    return moved


def _shuffled(side: Side, rng: np.random.Generator) -> Side:
    if not 1 < len(side) <= K:
        return side
    return tuple(side[place] for place in rng.permutation(len(side)).tolist())


def _sorted(side: Side) -> Hashable:
    return tuple(sorted((num, den, _key(body)) for num, den, body in side))


def _key(body: Body) -> tuple[object, ...]:
    """Return the body in a form that compares; the order within brackets counts."""
    if isinstance(body, int):
        return (body,)
    return (2, *((num, den, _key(inner)) for num, den, inner in body))
