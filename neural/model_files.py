"""A net on disk: NAME.safetensors with the tensors, NAME.json with the card that describes them.

The card is written last and removed first, so its existence means that the weights beside it are
complete. Which model is in use is `model_store`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors_torch

from neural.calibration import UNCALIBRATED, Calibration
from neural.durable import flush_folder, write_durably
from neural.policy_value import (
    NetShape,
    PolicyValueNet,
    ShapeError,
    empty_net,
    fresh_net,
    shape_for,
)
from tasks.protocol import Environment

CARD_FORMAT = 1
RANDOM_PREFIX = "random:"
TEXT_FAMILY = "text/"  # kinds made of labelled texts


class StaleWeightsError(RuntimeError):
    """Weights trained under other rules than the environment's; the message says how to retrain."""


class BrokenWeightsError(RuntimeError):
    """Files that are not what their card says, or no card at all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What is known about a set of weights.

    Attributes:
        name: file name without ending, or `random:SEED`.
        kind: the task kind it was trained for.
        environment_version: the rules it was trained under.
        weights_version: hash of the tensors, 16 hexadecimal digits.
        shape: of the net.
        calibration: of its priors and confidence.
        search_calibration: of how sure visit counts are of their favourite (two players).
        training: how it was made, as JSON values: run, command, games, episodes_by_source, seconds,
            seed, losses, metrics, where they are known.
        parent: weights_version that training started from; empty for none.
        created_at: time in ISO 8601, UTC; empty for weights made from a seed.
    """

    name: str
    kind: str
    environment_version: str
    weights_version: str
    shape: NetShape
    calibration: Calibration
    training: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""
    created_at: str = ""
    search_calibration: Calibration = UNCALIBRATED

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, with the format's number."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        return {
            "format": CARD_FORMAT,
            **plain,
            "shape": self.shape.to_json(),
            "calibration": self.calibration.to_json(),
            "search_calibration": self.search_calibration.to_json(),
            "training": dict(self.training),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Card:
        """Read back `to_json`.

        Raises:
            BrokenWeightsError: if a field is missing, unknown or out of range, or the format is
                another.
        """
        if not isinstance(data, dict) or data.get("format") != CARD_FORMAT:
            raise BrokenWeightsError(f"not a model card of format {CARD_FORMAT}")
        try:
            given = {key: value for key, value in data.items() if key != "format"}
            shape = NetShape.from_json(given["shape"])
            calibration = Calibration.from_json(given["calibration"])
            search = Calibration.from_json(given["search_calibration"])
            own = {"shape": shape, "calibration": calibration, "search_calibration": search}
            return cls(**{**given, **own})
        except (KeyError, TypeError, ShapeError) as error:
            raise BrokenWeightsError(f"model card does not read: {error!r}") from error


@dataclass(frozen=True, slots=True)
class Model:
    """A net and its card; whoever changes the net must make a new Model."""

    net: PolicyValueNet
    card: Card


def make_model(
    net: PolicyValueNet,
    *,
    kind: str,
    environment: Environment[Any],
    calibration: Calibration,
    training: Mapping[str, Any],
    created_at: datetime,
    parent: str = "",
    name: str = "",
    search_calibration: Calibration = UNCALIBRATED,
) -> Model:
    """Describe a trained net by a card; named like `math-equations-0123abcd` by default."""
    version = weights_version(net)
    card = Card(
        name=name or f"{shipped_name(kind)}-{version[:8]}",
        kind=kind,
        environment_version=environment.version,
        weights_version=version,
        shape=net.shape,
        calibration=calibration,
        training=training,
        parent=parent,
        created_at=created_at.isoformat(timespec="seconds"),
        search_calibration=search_calibration,
    )
    return Model(net, card)


def random_model(kind_name: str, environment: Environment[Any], seed: int) -> Model:
    """Make an untrained model; the same kind of shape and seed give the same weights everywhere."""
    net = fresh_net(shape_for(environment), seed)
    card = Card(
        name=f"{RANDOM_PREFIX}{seed}",
        kind=kind_name,
        environment_version=environment.version,
        weights_version=weights_version(net),
        shape=net.shape,
        calibration=UNCALIBRATED,
        training={"run": "none: random weights", "seed": seed},
    )
    return Model(net, card)


def save_model(model: Model, directory: Path) -> Path:
    """Write both files, weights first; return the card's path.

    A kill at any instant leaves the old pair, no card, or the new pair.

    Raises:
        BrokenWeightsError: if the net is no longer the one that the card describes.
    """
    card = model.card
    if weights_version(model.net) != card.weights_version:
        raise BrokenWeightsError(
            f"net {card.name!r} changed after its card was made; make a new one"
        )
    path = directory / f"{card.name}.json"
    directory.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    flush_folder(directory)
    tensors = {key: value.contiguous().cpu() for key, value in model.net.state_dict().items()}
    write_durably(path.with_suffix(".safetensors"), safetensors_torch.save(tensors))
    text = json.dumps(card.to_json(), indent=1, allow_nan=False) + "\n"
    write_durably(path, text.encode())
    return path


def load_model(path: Path, environment: Environment[Any]) -> Model:
    """Read a model by the path of its card and check it against the environment.

    Raises:
        BrokenWeightsError: if the card is missing or unreadable, or the tensors are not those of
            the card.
        StaleWeightsError: if the environment has changed since the training; names the command to
            retrain.
    """
    card = load_card(path)
    check_fits(card, environment)
    weights = path.with_suffix(".safetensors")
    net = empty_net(card.shape)
    try:
        net.load_state_dict(safetensors_torch.load(weights.read_bytes()))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise BrokenWeightsError(f"weights {weights} do not fit their card: {error}") from error
    found = weights_version(net)
    if found != card.weights_version:
        raise BrokenWeightsError(
            f"weights {weights} have hash {found}, but their card says {card.weights_version}; "
            f"restore the file or retrain with `{training_command(card.kind)}`"
        )
    return Model(net, card)


def load_card(path: Path) -> Card:
    """Read a card alone.

    Raises:
        BrokenWeightsError: if it is missing or does not read.
    """
    try:
        return Card.from_json(json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise BrokenWeightsError(f"no model card at {path}") from error
    except ValueError as error:
        raise BrokenWeightsError(f"model card {path} is not JSON: {error}") from error
    except BrokenWeightsError as error:
        raise BrokenWeightsError(f"{path}: {error}") from error


def check_fits(card: Card, environment: Environment[Any]) -> None:
    """Refuse weights whose environment is not this one.

    Raises:
        StaleWeightsError: with the command that retrains.
    """
    shape = card.shape
    rules = (card.environment_version, tuple(shape.observation_shape), shape.num_actions)
    now = (environment.version, tuple(environment.observation_shape), environment.num_actions)
    if rules != now:
        raise StaleWeightsError(
            f"weights {card.name!r} were trained for environment {rules[0]!r} with observations "
            f"{list(rules[1])} and {rules[2]} actions, but {card.kind} is now {now[0]!r} with "
            f"{list(now[1])} and {now[2]}; retrain with `{training_command(card.kind)}`"
        )


def weights_version(net: PolicyValueNet) -> str:
    """Return 16 hexadecimal digits of the SHA-256 of all tensors, names, types and shapes."""
    digest = hashlib.sha256()
    for name, tensor in sorted(net.state_dict().items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]


def training_command(kind_name: str) -> str:
    """Return the command that trains weights for a kind."""
    if kind_name.startswith(TEXT_FAMILY):
        name = kind_name.removeprefix(TEXT_FAMILY)
        return f"python -m training.cli intents --name {name} --data FILE"
    return f"python -m training.cli self-play --kind {kind_name}"


def shipped_name(kind_name: str) -> str:
    """Return the name of a kind's shipped weights: `math/equations` -> `math-equations`."""
    return kind_name.replace("/", "-")
