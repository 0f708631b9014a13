"""Hand a better model over to whoever serves: into the model store, and live."""

from __future__ import annotations

import zlib

from neural.model_files import Model, StaleWeightsError
from neural.model_store import ModelStore, NoWeightsError
from tasks.protocol import TaskKind
from training.compare import CompareConfig, Comparison, compare
from training.gate import GateConfig, GateResult, run_gate


def promote(
    store: ModelStore,
    kind: TaskKind,
    model: Model,
    beaten: str,
    config: CompareConfig,
    why: str,
    gate: GateConfig | None = None,
) -> tuple[bool, str]:
    """Make a model live, unless another one is live that it does not beat.

    Args:
        store: of the home folder.
        kind: whose model.
        model: that won a comparison.
        beaten: weights version of what it won against.
        config: of a comparison with the live model, where that is another one.
        why: goes into the store's history.
        gate: decides instead of a comparison, where games alone do.

    Returns:
        Whether it is live now, and the reason in words.
    """
    live = live_model(store, kind)
    if live is not None and live.card.weights_version not in (beaten, model.card.weights_version):
        against: Comparison | GateResult = (
            compare(kind, live, model, config)
            if gate is None
            else run_gate(kind, live, model, gate, zlib.crc32(model.card.weights_version.encode()))
        )
        if not against.accepted:
            return False, f"{live.card.name} stays live: {against.why}"
        why = f"{why}; against {live.card.name}: {against.why}"
    name = store.add(model)
    store.use(name, [kind], reason=why)
    return True, f"{name} is live: {why}"


def live_model(store: ModelStore, kind: TaskKind) -> Model | None:
    """Return the model that the kind uses; None where it has none, or one of other rules."""
    try:
        return store.active(kind)
    except (NoWeightsError, StaleWeightsError):
        return None
