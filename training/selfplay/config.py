"""What a training run is asked to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.resources import usable_processors
from training.selfplay.recipes import Recipe, recipe_for


class LoopConfigError(ValueError):
    """A training run that cannot be made as it was asked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopConfig:
    """A training run.

    Attributes:
        kinds: names.
        games: per iteration, shared equally among the kinds.
        seed: of everything random.
        fresh: start from random weights instead of the live ones.
        device: of the fit.
        recipes: by kind name, where they are not the default ones.
        command: what was typed, for the cards.
        release: whether winners go live where a model store was given.
        keep: kind name, state -> whether the state may be trained on; None keeps all.
    """

    kinds: tuple[str, ...]
    games: int = 400
    seed: int = 0
    fresh: bool = False
    device: str = "cpu"
    recipes: Mapping[str, Recipe] = field(default_factory=dict)
    command: str = ""
    release: bool = True
    keep: Callable[[str, Any], bool] | None = None

    def __post_init__(self) -> None:
        if not self.kinds or self.games < len(self.kinds):
            raise LoopConfigError(
                f"{self.games} games for {len(self.kinds)} kinds; give one each at least"
            )

    def recipe(self, kind: TaskKind) -> Recipe:
        """Return how a kind is trained."""
        return self.recipes.get(kind.name) or recipe_for(kind)

    def to_json(self, kinds: Catalogue) -> dict[str, Any]:
        """Return everything that decides what the run does, recipes included, as JSON values."""
        plain = {
            "kinds": self.kinds,
            "games": self.games,
            "seed": self.seed,
            "device": self.device,
            "command": self.command,
            "recipes": {name: asdict(self.recipe(kinds[name])) for name in self.kinds},
        }
        read: dict[str, Any] = json.loads(json.dumps(plain))
        return read


def changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return in words what differs between two `to_json`, apart from the command.

    Of kinds that only one of them trains nothing more is said.
    """
    both = set(before["kinds"]) & set(now["kinds"])
    old, new = (
        _flat("", {**one, "recipes": {name: one["recipes"][name] for name in both}})
        for one in (before, now)
    )
    return [
        f"{name} was {old.get(name)} and is {new.get(name)}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name) and name != "command"
    ]


def _flat(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flat(f"{prefix}{key}.", value)
        else:
            flat[prefix + key] = value
    return flat


def useful_workers(config: LoopConfig, kinds: Catalogue) -> int:
    """Return how many processes can play at once: one a processor, 0 where nothing is divided."""
    divided = any(config.recipe(kinds[name]).chunk is not None for name in config.kinds)
    return usable_processors() if divided else 0
