"""The live nets of a process: loaded once, swapped when another version becomes active."""

from __future__ import annotations

from importlib.metadata import version

from neural.inference import NetEvaluator
from neural.model_store import ModelStore, NoWeightsError
from tasks.protocol import TaskKind


class StoredNets:
    """Nets of a model store; a change of the active version is seen at the next request."""

    def __init__(self, store: ModelStore, device: str = "cpu") -> None:
        self._store = store
        self._device = device
        self._stamp = store.stamp()
        self._evaluators: dict[str, NetEvaluator | None] = {}

    @classmethod
    def shipped(cls) -> StoredNets:
        """Return the nets that come with the package."""
        return cls(ModelStore(None))

    def evaluator(self, kind: TaskKind) -> NetEvaluator | None:
        """Return the live net of the kind; None where it has no environment or no weights.

        Raises:
            StaleWeightsError: if the active weights were trained under other rules.
            BrokenWeightsError: if the active file is damaged.
        """
        if kind.environment is None:
            return None
        stamp = self._store.stamp()
        if stamp != self._stamp:
            self._evaluators.clear()
            self._stamp = stamp
        if kind.name not in self._evaluators:
            self._evaluators[kind.name] = self._load(kind)
        return self._evaluators[kind.name]

    def _load(self, kind: TaskKind) -> NetEvaluator | None:
        try:
            return NetEvaluator(self._store.active(kind), self._device)
        except NoWeightsError:
            return None


class FixedNets:
    """Given nets, for replaying a run or comparing versions."""

    def __init__(self, evaluators: dict[str, NetEvaluator]) -> None:
        self._evaluators = evaluators

    def evaluator(self, kind: TaskKind) -> NetEvaluator | None:
        """Return the given net of the kind, or None."""
        return self._evaluators.get(kind.name)


def code_version() -> str:
    """Return the installed version of the project."""
    return version("tandem")
