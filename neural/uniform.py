"""A judge that knows nothing: uniform priors and value 0, for search before there is a net."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from neural.evaluation import Evaluation
from tasks.protocol import Environment


class UniformEvaluator:
    """Gives every legal action the same prior; a search with it learns from ends alone."""

    name = "no-net"

    async def evaluate(
        self, environment: Environment[Any], states: Sequence[Any]
    ) -> list[Evaluation]:
        """Judge the states alike."""
        found = []
        for state in states:
            legal = environment.legal(state).astype(np.float32)
            found.append(Evaluation(legal / legal.sum(), 0.0, 0.0, self.name))
        return found
