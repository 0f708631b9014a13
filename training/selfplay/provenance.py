"""What a training run notes at its start, so that anyone can make the same start again.

From the same seed, code and versions the first iterations' games and weights come out the same bit
by bit on a processor with the same instruction set, and nearly the same elsewhere.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import numpy as np
import torch

from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig
from neural.device import instruction_set
from neural.model_files import Model
from neural.policy_value import PolicyValueNet
from tasks.protocol import TaskKind
from training.fit import FitConfig, total_loss
from training.rows import Examples
from training.selfplay.config import LoopConfig
from training.selfplay.records import PlayedShards
from training.solving import environment_of, fixed_tasks, initial_states, observe

PACKAGES = ("tandem", "torch", "numpy", "numba")
NOTED = 2  # first iterations
POSITIONS, SIMULATIONS = 2000, 100  # of the reference


def noted(
    before: Mapping[str, Any],
    played: PlayedShards,
    loss: float | None,
    config: LoopConfig,
    seed: int,
    learner: Model,
) -> dict[str, Any]:
    """Return the notes after one more of the first NOTED iterations, as JSON values.

    Args:
        before: the notes so far; empty at the start.
        played: the iteration's shards.
        loss: of the learner, by `reference_loss`.
        config: of the run.
        seed: of the run.
        learner: after it.
    """
    learners = before.get("learners", {})
    counts = {
        "games": played.games,
        "evaluations": played.evaluations,
        "simulations": played.figures()["simulations"],
    }
    earlier = before.get("played", {})
    return {
        "instruction_set": instruction_set(),
        "threads": torch.get_num_threads(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        "seed": seed,
        "kinds": list(config.kinds),
        "games": config.games,
        "shards": {**before.get("shards", {}), **played.hashes()},
        "played": {name: count + earlier.get(name, 0) for name, count in counts.items()},
        "learners": {**learners, learner.card.name: learner.card.weights_version},
        "loss": loss,
    }


def reference_loss(kind: TaskKind, net: PolicyValueNet) -> float | None:
    """Return a net's loss against a search without a network, over positions of the test split.

    Every processor makes the same targets, and no run has a part in them, so that nets of two runs
    can be told apart by chance in their weights alone, not by chance in their games. None for
    kinds that are no compiled games of two.
    """
    environment = environment_of(kind)
    if environment.rules is None or environment.num_players != 2:
        return None
    states = initial_states(kind, fixed_tasks(kind, "test", POSITIONS))
    search = CompiledSearch(environment, SearchConfig(simulations=SIMULATIONS), len(states), 0)
    for tree, state in enumerate(states):
        search.reset(tree, environment.rules.to_words(state))
    search.run_uniform()
    visits = search.visit_counts().astype(np.float32)
    observations, legal = observe(environment, states)
    once = np.ones(len(states), np.float32)
    examples = Examples(
        observations,
        legal,
        visits / visits.sum(1, keepdims=True),
        search.root_values().astype(np.float32),
        once,
        once,
        np.arange(len(states)),
        {"visits": len(states)},
    )
    return total_loss(net, examples, FitConfig())
