"""One decision of a network over a flat observation: what `/predict` answers.

The observation comes from outside, so there is no position behind it to ask for legal actions: they
are read from it where the kind's observation shows them (`seen_boards`), else the caller sends
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.errors import ApiError
from app.schemas import PredictRequest, flat_numbers
from app.seen_boards import LEGAL_OF
from graphs.nets import StoredNets
from neural.evaluation import Evaluation
from neural.inference import NetEvaluator
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue
from tasks.protocol import BoolArray, FloatArray, TaskKind

DEFAULT_KIND = "search/tictactoe"


@dataclass(frozen=True, slots=True)
class Seen:
    """A state that is known by its observation alone."""

    observation: FloatArray
    legal: BoolArray


class SeenEnvironment:
    """As much of an environment as a network needs to judge a `Seen`."""

    def __init__(self, version: str) -> None:
        self.version = version

    def observe(self, state: Seen) -> FloatArray:
        """Return what was sent."""
        return state.observation

    def legal(self, state: Seen) -> BoolArray:
        """Return what was sent or read from it."""
        return state.legal


class Predictor:
    """Decides over observations, joined with other callers of the same moment."""

    def __init__(self, kinds: Catalogue, nets: StoredNets, models: ModelStore) -> None:
        self._kinds, self._nets, self._models = kinds, nets, models
        self._named: dict[str, NetEvaluator] = {}

    async def decide(self, asked: PredictRequest) -> tuple[int, Evaluation, NetEvaluator]:
        """Return the action, the evaluation and who judged.

        Raises:
            ApiError: 404 for an unknown model, 422 for a state that is none.
        """
        kind, net = self._net(asked.model)
        state = _seen(asked, kind, net)
        environment: Any = SeenEnvironment(net.environment_version)
        (evaluation,) = await net.evaluate(environment, [state])
        return _choose(evaluation.priors, asked.temperature, asked.seed), evaluation, net

    def _net(self, name: str | None) -> tuple[TaskKind, NetEvaluator]:
        wanted = name or DEFAULT_KIND
        for kind in self._kinds:
            if kind.name == wanted:
                net = self._nets.evaluator(kind)
                if net is None:
                    raise ApiError(404, f"kind {wanted} has no weights", "model_not_found", "model")
                return kind, net
        for entry in self._models.entries() if wanted not in self._named else ():
            if entry.card.name == wanted:
                model = self._models.load(wanted, self._kinds[entry.card.kind])
                self._named[wanted] = NetEvaluator(model)
        if wanted not in self._named:
            known = [k.name for k in self._kinds.learned()]
            known += [entry.card.name for entry in self._models.entries()]
            message = f"no model {wanted!r}; known: {', '.join(known)}"
            raise ApiError(404, message, "model_not_found", "model")
        net = self._named[wanted]
        return self._kinds[net.card.kind], net


def _seen(asked: PredictRequest, kind: TaskKind, net: NetEvaluator) -> Seen:
    shape = net.card.shape
    expected = int(np.prod(shape.observation_shape))
    try:
        numbers = flat_numbers(asked.state)
        if len(numbers) != expected:
            raise ValueError(
                f"it has {len(numbers)} numbers; {kind.name} expects {expected} "
                f"(shape {list(shape.observation_shape)}, row by row)"
            )
        observation = np.array(numbers, dtype=np.float32)
        legal = _legal(asked, kind, observation, shape.num_actions)
    except ValueError as error:
        raise ApiError(422, f"state: {error}", "invalid_state", "state") from error
    return Seen(observation.reshape(shape.observation_shape), legal)


def _legal(
    asked: PredictRequest, kind: TaskKind, observation: FloatArray, num_actions: int
) -> BoolArray:
    if asked.legal is not None:
        if len(asked.legal) != num_actions or not any(asked.legal):
            raise ApiError(
                422,
                f"legal: has {len(asked.legal)} entries, {sum(asked.legal)} true; {kind.name} "
                f"expects {num_actions} with at least one true",
                "invalid_state",
                "legal",
            )
        return np.array(asked.legal, dtype=np.bool_)
    if kind.name not in LEGAL_OF:
        raise ApiError(
            422,
            f"legal: the legal actions of {kind.name} cannot be read from its observation; send "
            f"{num_actions} booleans",
            "invalid_state",
            "legal",
        )
    return LEGAL_OF[kind.name](observation)


def _choose(priors: FloatArray, temperature: float, seed: int | None) -> int:
    """Draw an action from the priors; temperature 0 takes the most probable one."""
    if temperature < 1e-3:
        return int(priors.argmax())
    logs = np.log(np.maximum(priors.astype(np.float64), 1e-300)) / temperature
    weights = np.where(priors > 0, np.exp(logs - logs.max()), 0.0)
    return int(np.random.default_rng(seed).choice(len(priors), p=weights / weights.sum()))
