"""What a training run notes at its start, so that anyone can make the same start again.

From the same seed, code and versions the first iterations' games and weights come out the same bit
by bit on a processor with the same instruction set, and nearly the same elsewhere.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import torch

from neural.device import instruction_set
from neural.model_files import Model
from training.selfplay.config import LoopConfig
from training.selfplay.records import PlayedShards

PACKAGES = ("tandem", "torch", "numpy", "numba")


NOTED = 2  # first iterations


def noted(
    before: Mapping[str, Any],
    played: PlayedShards,
    loss: float,
    config: LoopConfig,
    seed: int,
    learner: Model,
) -> dict[str, Any]:
    """Return the notes after one more iteration, as JSON values; of the first NOTED are any.

    Args:
        before: the notes so far; empty at the start.
        played: the iteration's shards.
        loss: after its fit, over all rows that it was given (`fit.total_loss`): few enough rows are
            held out for chance to move their loss by more than another processor does.
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
