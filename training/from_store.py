"""Learn from what was asked: recorded episodes in, a compared and promoted model out.

The net that serves now is the start, so what it knows is not thrown away; where it is a trained
one, some tasks that it solves itself are rehearsed beside what was asked. Test tasks that
somebody asked are left out of the comparison, calibration tasks out of the calibration.
"""

from __future__ import annotations

import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from graphs.episode import Episode
from graphs.store.store import Store
from neural.model_files import RANDOM_PREFIX, Model, make_model, random_model
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.augment import augmented
from training.calibrate import calibrate
from training.compare import CompareConfig, Comparison, compare
from training.examples import Harvest, harvest
from training.fit import FitConfig, FitReport, fit
from training.gate import GateConfig, run_gate
from training.promote import live_model, promote
from training.rows import Row, to_examples
from training.selfplay.derivations import DerivationConfig
from training.selfplay.played import rows_of
from training.selfplay.playing import play
from training.selfplay.recipes import recipe_for
from training.solving import environment_of

ENOUGH = 20  # episodes with a policy target; fewer cannot be split into training and held-out rows
OPTED_OUT = "its owner opted out of training"


class TooFewEpisodesError(ValueError):
    """Not enough to learn from; the message says how many there are and what is needed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreConfig:
    """How to learn from the store.

    Attributes:
        episodes: newest ones used per kind; None means all.
        rehearsed: tasks that a trained champion solves beside them.
        seed: of everything random.
        device: of the fit.
        command: what was typed, for the card.
        release: make a winner live.
        fit, compare: the later steps.
        gate: for kinds that games alone decide, instead of their recipe's.
    """

    episodes: int | None = None
    rehearsed: int = 100
    seed: int = 0
    device: str = "cpu"
    command: str = ""
    release: bool = True
    fit: FitConfig = field(default_factory=lambda: FitConfig(epochs=40, patience=10))
    compare: CompareConfig = field(default_factory=CompareConfig)
    gate: GateConfig | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreFit:
    """What became of one kind.

    Attributes:
        kept: episodes used, by `origin/outcome`.
        skipped: episodes not used, by reason.
        released: whether the new model is live; `why` in words.
    """

    kind: str
    model: Model
    kept: dict[str, int]
    skipped: dict[str, int]
    report: FitReport
    comparison: Comparison
    released: bool
    why: str
    seconds: float


def fit_from_store(
    store: Store,
    models: ModelStore,
    catalogue: Catalogue,
    kind: TaskKind,
    config: StoreConfig,
    on_step: Callable[[str], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> StoreFit:
    """Train a kind on what the store holds of it.

    Args:
        store: of the home folder.
        models: of the same home.
        catalogue: what the episodes are read with.
        kind: that is trained.
        config: how.
        on_step: told what is going on, for people.
        clock: seconds.

    Raises:
        TooFewEpisodesError: if fewer than ENOUGH episodes have a policy target.
    """
    started = clock()
    tell = on_step or (lambda step: None)
    tell("reading episodes")
    found = read_store(store, catalogue, kind, config.episodes)
    kept = {f"{origin}/{outcome}": n for (origin, outcome), n in sorted(found.kept.items())}
    rows = found.of_kind(kind.name)
    _check_enough(kind, found, rows)
    champion = _champion(models, kind, config.seed)
    rng = np.random.default_rng([config.seed, zlib.crc32(kind.name.encode())])
    rehearsed = _rehearsal(kind, champion, config, rng) if config.rehearsed else []
    environment = environment_of(kind)
    examples = to_examples(
        environment, augmented(environment, kind.name, [*rows, *rehearsed], rng), 0.5
    )
    tell("fitting")
    fitted = fit(champion.net, examples, config.fit, config.seed, device=config.device)
    tell("calibrating")
    seen = found.starts.get(kind.name, set())
    gate = _gate(kind, config)
    temperature = None if gate is None else 1.0
    calibrated = calibrate(kind, fitted.net, seen=seen, temperature=temperature)
    sources: Counter[str] = Counter()
    for (origin, _), count in found.kept.items():
        sources[origin] += count
    model = make_model(
        fitted.net,
        kind=kind.name,
        environment=environment,
        calibration=calibrated.priors,
        search_calibration=calibrated.search,
        training={
            "run": "fit from store",
            "command": config.command,
            "seed": config.seed,
            "games": sum(sources.values()),
            "episodes_by_source": dict(sorted(sources.items())),
            "episodes_by_outcome": kept,
            "episodes_skipped": dict(sorted(found.skipped.items())),
            "rehearsed_rows": len(rehearsed),
            "seconds": round(clock() - started, 1),
            "fit": fitted.report.to_json(),
        },
        created_at=datetime.now(UTC),
        parent=champion.card.weights_version,
    )
    tell("comparing")
    if gate is None:
        verdict = compare(kind, champion, model, config.compare, seen)
    else:
        verdict = _by_games(kind, champion, model, gate, config.seed)
    released, why = False, verdict.why
    if verdict.accepted and config.release:
        beaten = champion.card.weights_version
        released, why = promote(models, kind, model, beaten, config.compare, verdict.why, gate)
    return StoreFit(
        kind=kind.name,
        model=model,
        kept=kept,
        skipped=dict(found.skipped),
        report=fitted.report,
        comparison=verdict,
        released=released,
        why=why,
        seconds=clock() - started,
    )


def read_store(store: Store, catalogue: Catalogue, kind: TaskKind, newest: int | None) -> Harvest:
    """Harvest the kind's episodes; those that may not be used are counted among the skipped."""
    reader = store.episodes(catalogue, kind=kind.name, newest_first=True, limit=newest)
    result = harvest((_of_kind(e, kind.name) for e in reader), catalogue, [kind.name])
    for broken in reader.skipped:
        result.skipped[f"cannot be read: {broken.reason.partition(':')[2].strip()[:60]}"] += 1
    allowed = sum(1 for _ in store.episodes(catalogue, kind=kind.name))
    everything = sum(1 for _ in store.episodes(catalogue, kind=kind.name, trainable=False))
    if everything > allowed:
        result.skipped[OPTED_OUT] += everything - allowed
    return result


def _of_kind(episode: Episode, kind: str) -> Episode:
    """Leave out the parts of a composed message that are of other kinds."""
    if not episode.children:
        return episode
    parts = tuple(c for c in episode.children if c.children or c.task.kind == kind)
    return replace(episode, children=parts)


def _check_enough(kind: TaskKind, found: Harvest, rows: Sequence[Row]) -> None:
    policy_starts = {row.state for row in rows if row.policy is not None}
    solved = sum(n for (_, outcome), n in found.kept.items() if outcome == "solved")
    if solved >= ENOUGH and policy_starts:
        return
    skipped = ", ".join(f"{n} {reason}" for reason, n in sorted(found.skipped.items())) or "none"
    raise TooFewEpisodesError(
        f"{solved} recorded episodes of {kind.name} were solved and can be learned from; at least "
        f"{ENOUGH} are needed. Skipped: {skipped}. Ask more (`tandem solve`, the server), or train "
        f"by self-play: python -m training.cli self-play --kind {kind.name}"
    )


def _gate(kind: TaskKind, config: StoreConfig) -> GateConfig | None:
    """Return the gate of a kind that games alone decide, None for any other."""
    own = recipe_for(kind).gate
    return own if own is None else config.gate or own


def _by_games(
    kind: TaskKind, champion: Model, challenger: Model, gate: GateConfig, seed: int
) -> Comparison:
    found = run_gate(kind, champion, challenger, gate, seed)
    return Comparison(
        kind=kind.name,
        champion=found.champion,
        challenger=found.challenger,
        accepted=found.accepted,
        why=found.why,
        champion_figures={},
        challenger_figures={"score": found.score},
        differences={},
    )


def _champion(models: ModelStore, kind: TaskKind, seed: int) -> Model:
    return live_model(models, kind) or random_model(kind.name, environment_of(kind), seed)


def _rehearsal(
    kind: TaskKind, champion: Model, config: StoreConfig, rng: np.random.Generator
) -> list[Row]:
    """Return rows of what a trained champion plays; an untrained net has no old skills."""
    if champion.card.name.startswith(RANDOM_PREFIX):
        return []
    recipe = replace(recipe_for(kind), derivations=DerivationConfig(easy_share=1.0))
    first = int(rng.integers(10**8))
    runs = play(kind, champion, recipe, config.rehearsed, level=1.0, first=first, seed=config.seed)
    known = [run for run in runs if run.passed or run.searches]
    shares = (recipe.value_from_search, recipe.trace_decay)
    return [row for run in known for row in rows_of(kind, run, *shares)]
