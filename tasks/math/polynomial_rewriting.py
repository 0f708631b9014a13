"""The environment of `math/polynomials`: an action is a step that a careful pupil writes down.

An action names a node and a verb: `action = slot * VERBS + verb`. Slots are the first K nodes of
the expression that a rule applies to, inner ones first, so that no expression runs out of slots
before it is done. No verb expands or collects an expression: each applies one rule of
`polynomial_rules` once, and keeps the value. What the net sees is `polynomial_features`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from tasks.math.polynomial_features import FEATURES, observe
from tasks.math.polynomial_moves import EXPRESSION, Node, move_text, nodes_with_moves, sum_at
from tasks.math.polynomial_rules import CALL, VERBS, rewritten
from tasks.math.polynomial_state import (
    Bracket,
    Call,
    Definition,
    Polynomial,
    Sum,
    definition_text,
    monomials,
    sum_text,
)
from tasks.protocol import BatchRules, BoolArray, FloatArray, IllegalActionError, Task

K = 32
NUM_ACTIONS = K * VERBS


class PolynomialEnvironment:
    """Rewrite until a sum of unlike monomials is left: return 1; stuck before that: return -1."""

    version = "polynomials-1"
    num_actions = NUM_ACTIONS
    observation_shape: tuple[int, ...] = (K + 1, FEATURES)
    num_players = 1
    max_steps = 400
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Polynomial:
        """Return the expression that is asked for, with the definitions it needs."""
        start: Polynomial = task.payload.start()
        return start

    def legal(self, state: Polynomial) -> BoolArray:
        """Return `[224]` bool."""
        mask = np.zeros(NUM_ACTIONS, dtype=np.bool_)
        for slot, node in enumerate(moves(state)):
            for verb in node.verbs:
                mask[slot * VERBS + verb] = True
        return mask

    def step(self, state: Polynomial, action: int) -> Polynomial:
        """Return the expression after one rule."""
        node, verb = self._move(state, action)
        known = {definition.name: definition for definition in state.definitions}
        after = rewritten(sum_at(state, node.place), node.path, verb, known)
        if node.place == EXPRESSION:
            if verb == CALL:
                return needed(after, state.definitions)
            return Polynomial(after, state.definitions)
        changed = state.definitions[node.place]._replace(body=after)
        before, behind = state.definitions[: node.place], state.definitions[node.place + 1 :]
        definitions = (*before, changed, *behind)
        if verb == CALL:
            return needed(state.expression, definitions)
        return Polynomial(state.expression, definitions)

    def is_terminal(self, state: Polynomial) -> bool:
        """Say whether no rule applies."""
        return not moves(state)

    def returns(self, state: Polynomial) -> FloatArray:
        """Return `[1.0]` for an expanded and collected sum, else `[-1.0]`."""
        return np.full(1, 1.0 if is_solved(state) else -1.0, dtype=np.float32)

    def to_play(self, state: Polynomial) -> int:
        """Return 0, the only player."""
        return 0

    def observe(self, state: Polynomial) -> FloatArray:
        """Return `[K + 1, FEATURES]` float32; see `polynomial_features`."""
        return observe(state, moves(state), K)

    def describe(self, state: Polynomial) -> str:
        """Return `3*f(x) + 2*x where f(x) = x**2, k = 4`; steps of a derivation are written so."""
        text = sum_text(state.expression)
        if not state.definitions:
            return text
        return f"{text} where {', '.join(map(definition_text, state.definitions))}"

    def describe_action(self, state: Polynomial, action: int) -> str:
        """Return `combine 2*x and 3*x`, `expand (x + 1) in 3*(x + 1)`."""
        node, verb = self._move(state, action)
        text = move_text(sum_at(state, node.place), node.path, verb)
        if node.place == EXPRESSION:
            return text
        return f"{text} in the definition of {state.definitions[node.place].name}"

    def _move(self, state: Polynomial, action: int) -> tuple[Node, int]:
        nodes = moves(state)
        slot, verb = divmod(action, VERBS)
        if 0 <= slot < len(nodes) and verb in nodes[slot].verbs:
            return nodes[slot], verb
        raise IllegalActionError(
            f"action {action} (slot {slot}, verb {verb}) is not legal in {self.describe(state)}"
        )


@lru_cache(maxsize=4096)
def moves(state: Polynomial) -> tuple[Node, ...]:
    """Return the nodes that the slots stand for, at most K, each with its legal verbs."""
    return tuple(nodes_with_moves(state)[:K])


def is_solved(state: Polynomial) -> bool:
    """Say whether the expression is expanded and collected."""
    return not state.definitions and monomials(state.expression)


def needed(expression: Sum, definitions: tuple[Definition, ...]) -> Polynomial:
    """Keep the definitions that the expression uses, directly or through others."""
    known: Mapping[str, Definition] = {definition.name: definition for definition in definitions}
    used: set[str] = set()
    new = _used(expression) & known.keys()
    while new:
        used |= new
        inside = [_used(known[name].body) - {known[name].parameter} for name in new]
        new = set().union(*inside) & known.keys() - used
    kept = sorted(definition for definition in definitions if definition.name in used)
    return Polynomial(expression, tuple(kept))


def _used(terms: Sum) -> set[str]:
    used: set[str] = set()
    stack: list[Any] = [terms]
    while stack:
        for one in stack.pop():
            for base, _, _ in one.factors:
                if isinstance(base, str):
                    used.add(base)
                elif isinstance(base, Bracket):
                    stack.append(base.terms)
                elif isinstance(base, Call):
                    used.add(base.name)
                    stack.append(base.argument)
    return used
