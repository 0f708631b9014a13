"""Which models exist, where they lie, and which one each kind uses.

Shipped weights lie in the package, trained ones under the home folder, and `random:SEED` names an
untrained net that lies nowhere. How files are written and checked is `model_files`; how choices are
kept is `model_choice`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from neural.model_choice import Change, ModelChoice, ModelChoiceError
from neural.model_files import (
    RANDOM_PREFIX,
    Card,
    Model,
    load_card,
    load_model,
    random_model,
    save_model,
    shipped_name,
    training_command,
)
from tasks.protocol import Environment, TaskKind

SHIPPED = Path(__file__).parent / "weights"
NAME_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Origin = Literal["shipped", "trained"]


class UnknownModelError(LookupError):
    """A model name or version that is not in the store, or not for this kind."""


class NoWeightsError(UnknownModelError):
    """A kind without shipped weights; the message names the command that trains them."""


class ModelNameError(ValueError):
    """A name that a trained model cannot have."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model on disk; `active` says whether its kind uses it."""

    card: Card
    origin: Origin
    active: bool


class ModelStore:
    """Models of one home folder; any number of processes may share it.

    Args:
        home: the folder of the installation, for files in `home/models`; None: shipped models only.
        shipped: folder of the shipped weights.
        clock: returns the time of a change, with its zone.
    """

    def __init__(
        self,
        home: Path | None,
        *,
        shipped: Path = SHIPPED,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = home / "models" if home is not None else None
        self._shipped = shipped
        self._choice = ModelChoice(self._folder, clock)

    def active(self, kind: TaskKind) -> Model:
        """Load the model that a kind uses.

        Raises:
            NoWeightsError: if it uses its shipped weights and there are none.
            UnknownModelError: if its model is gone.
            StaleWeightsError, BrokenWeightsError: as `load_model` does.
        """
        return self.load(self.active_name(kind.name), kind)

    def active_name(self, kind_name: str) -> str:
        """Return the name of the model that a kind uses: the shipped one unless `use` chose."""
        return self._choice.names().get(kind_name, shipped_name(kind_name))

    def use(
        self, name: str, kinds: Iterable[TaskKind], reason: str = "asked for"
    ) -> dict[str, str]:
        """Make kinds use a model, from now on and in every process; return kind -> name.

        Args:
            name: a model's name, which is then used for its own kind, or `random:SEED` for all.
            kinds: kinds that have an environment.
            reason: goes into the history.

        Raises:
            UnknownModelError: if there is no such model, or its kind is not among `kinds`.
            StaleWeightsError, BrokenWeightsError: if it does not load; nothing is changed then.
        """
        chosen = list(kinds)
        if not name.startswith(RANDOM_PREFIX):
            own = self._card_of(name).kind
            chosen = [kind for kind in chosen if kind.name == own]
        if not chosen:
            raise UnknownModelError(f"model {name!r} is for none of the kinds that were given")
        for kind in chosen:
            self.load(name, kind)
        defaults = [(kind.name, shipped_name(kind.name)) for kind in chosen]
        self._choice.change(defaults, name, reason)
        return {kind.name: name for kind in chosen}

    def add(self, model: Model) -> str:
        """Keep a trained model on disk and return its name; its kind goes on with what it uses.

        Raises:
            ModelNameError: if the name is no file name or is that of a shipped model.
            ModelChoiceError: if there is no home folder.
        """
        if self._folder is None:
            raise ModelChoiceError("no home folder was given, so no model can be kept; give one")
        name = model.card.name
        if not NAME_RULE.fullmatch(name) or (self._shipped / f"{name}.json").exists():
            raise ModelNameError(f"a trained model cannot be named {name!r}; leave the name out")
        save_model(model, self._folder / name)
        return name

    def load(self, name: str, kind: TaskKind) -> Model:
        """Load a model by name, shipped, trained or `random:SEED`, for a kind.

        Raises:
            NoWeightsError: if it is the kind's shipped model and there is none.
            UnknownModelError: if there is none of this name, or it is another kind's.
            StaleWeightsError, BrokenWeightsError: as `load_model` does.
        """
        environment = _environment_of(kind)
        if name.startswith(RANDOM_PREFIX):
            return random_model(kind.name, environment, _seed_of(name))
        if name == shipped_name(kind.name) and self._path_of(name) is None:
            raise NoWeightsError(
                f"no weights for {kind.name} in {self._shipped}; train them with "
                f"`{training_command(kind.name)}` or use random:SEED"
            )
        path = self._known_path(name)
        owner = load_card(path).kind
        if owner != kind.name:
            raise UnknownModelError(f"model {name!r} is for {owner}, not for {kind.name}")
        return load_model(path, environment)

    def find_version(self, weights_version: str, kind: TaskKind) -> Model:
        """Load the model of a kind by the hash of its weights, as episodes record it.

        Random models are found when they are or were in use.

        Raises:
            UnknownModelError: if no model of the kind has these weights.
            StaleWeightsError, BrokenWeightsError: as `load_model` does.
        """
        for _, card in self._cards():
            if card.kind == kind.name and card.weights_version == weights_version:
                return self.load(card.name, kind)
        used = {change.after for change in self.history() if change.kind == kind.name}
        for name in sorted(used):
            if name.startswith(RANDOM_PREFIX):
                model = self.load(name, kind)
                if model.card.weights_version == weights_version:
                    return model
        raise UnknownModelError(f"no model of {kind.name} has weights {weights_version!r}")

    def entries(self) -> list[ModelEntry]:
        """Return all models on disk, shipped ones first, then by name.

        Raises:
            BrokenWeightsError: if a card does not read.
        """
        names = self._choice.names()
        return [
            ModelEntry(card, origin, names.get(card.kind, shipped_name(card.kind)) == card.name)
            for origin, card in self._cards()
        ]

    def history(self) -> list[Change]:
        """Return all changes of what kinds use, oldest first."""
        return self._choice.history()

    def stamp(self) -> tuple[int, ...]:
        """Return a value that differs after every `use`, here or in another process."""
        return self._choice.stamp()

    def _cards(self) -> Iterator[tuple[Origin, Card]]:
        for path in sorted(self._shipped.glob("*.json")):
            yield "shipped", load_card(path)
        for path in sorted(self._folder.glob("*/*.json")) if self._folder is not None else ():
            if path.stem == path.parent.name:
                yield "trained", load_card(path)

    def _card_of(self, name: str) -> Card:
        return load_card(self._known_path(name))

    def _known_path(self, name: str) -> Path:
        path = self._path_of(name)
        if path is None:
            known = ", ".join(card.name for _, card in self._cards()) or "none"
            raise UnknownModelError(f"no model {name!r}; known: {known}, and random:SEED")
        return path

    def _path_of(self, name: str) -> Path | None:
        if not NAME_RULE.fullmatch(name):
            return None
        places = [self._shipped / f"{name}.json"]
        if self._folder is not None:
            places.append(self._folder / name / f"{name}.json")
        return next((path for path in places if path.exists()), None)


def _environment_of(kind: TaskKind) -> Environment[Any]:
    if kind.environment is None:
        raise UnknownModelError(f"kind {kind.name} has no environment, so no net can play it")
    return kind.environment


def _seed_of(name: str) -> int:
    seed = name.removeprefix(RANDOM_PREFIX)
    if not seed.isdecimal() or int(seed) >= 2**63:
        raise UnknownModelError(f"model {name!r}: SEED must be a whole number below 2**63")
    return int(seed)
