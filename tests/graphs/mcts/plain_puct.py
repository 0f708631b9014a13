"""A plain PUCT in float64, with dictionaries and objects: what the array engine must equal."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from neural.evaluation import BatchEvaluator
from tasks.protocol import Environment


@dataclass
class Edge:
    prior: float
    visits: int = 0
    total: float = 0.0
    node: Node | None = None

    def score(self, parent_visits: int, c_puct: float) -> float:
        mean = self.total / self.visits if self.visits else 0.0
        return mean + c_puct * self.prior * math.sqrt(parent_visits) / (1 + self.visits)


@dataclass
class Node:
    state: Any
    mover: int
    depth: int
    value: float = 0.0
    visits: int = 1  # its own evaluation and every pass through its edges
    edges: dict[int, Edge] = field(default_factory=dict)


def plain_search(
    environment: Environment[Any],
    state: Any,
    evaluator: BatchEvaluator,
    simulations: int,
    c_puct: float = 1.25,
    depth: int = 0,
) -> Node:
    """Return the root after so many simulations."""
    root = Node(state, environment.to_play(state), depth)
    judge(environment, root, evaluator)
    for _ in range(simulations):
        simulate(environment, root, evaluator, c_puct)
    return root


def judge(environment: Environment[Any], node: Node, evaluator: BatchEvaluator) -> None:
    legal = environment.legal(node.state)
    observation = environment.observe(node.state)
    priors, values = evaluator.evaluate_batch(observation[None], legal[None])
    node.value = float(values[0])
    node.edges = {a: Edge(float(priors[0, a])) for a in range(len(legal)) if legal[a]}


def simulate(
    environment: Environment[Any], node: Node, evaluator: BatchEvaluator, c_puct: float
) -> float:
    """Make one simulation from a node; return its value for the node's mover."""
    visits = node.visits
    action = max(node.edges, key=lambda a: node.edges[a].score(visits, c_puct))  # first of equals
    edge = node.edges[action]
    after = environment.step(node.state, action) if edge.node is None else edge.node.state
    if environment.is_terminal(after):
        value = float(environment.returns(after)[node.mover])
    elif environment.num_players == 1 and node.depth + 1 >= environment.max_steps:
        value = -1.0
    else:
        if edge.node is None:
            edge.node = Node(after, environment.to_play(after), node.depth + 1)
            judge(environment, edge.node, evaluator)
            value = edge.node.value
        else:
            value = simulate(environment, edge.node, evaluator, c_puct)
        value *= 1.0 if edge.node.mover == node.mover else -1.0
    value *= environment.discount
    node.visits += 1
    edge.visits += 1
    edge.total += value
    return value


def visit_counts(environment: Environment[Any], root: Node) -> tuple[int, ...]:
    actions = range(environment.num_actions)
    return tuple(root.edges[a].visits if a in root.edges else 0 for a in actions)
