"""The training loop: play, learn, calibrate, compare, promote; one checkpoint per iteration.

In one iteration, per kind: the champion plays with noise; its runs become a shard on disk; a copy
of the learner is fitted to their rows and to older ones; it is calibrated and compared with the
champion; if it is better it is the next champion and, where a model store was given, goes live. A
learner that lost goes on learning from where it is. Source: Silver et al. 2017, AlphaGo Zero,
"Self-play training pipeline"; departures: expert iteration for one player, a paired test with a
margin instead of 55 % of games.

Everything random in an iteration comes from the run's seed and the iteration's number, and its
shards are found again, so an iteration that a kill interrupted is made again from the last
checkpoint with the same runs and ids.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from graphs.episode import new_id
from neural.model_files import Model, make_model, random_model, save_model, shipped_name
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.augment import augmented
from training.calibrate import calibrate
from training.compare import Comparison, compare
from training.examples import with_rehearsal
from training.fit import FitReport, fit
from training.promote import live_model, promote
from training.rows import Row, merged, to_examples
from training.selfplay.checkpoint import (
    load_checkpoint,
    newest_checkpoint,
    prune,
    save_checkpoint,
)
from training.selfplay.config import LoopConfig
from training.selfplay.derivations import next_level
from training.selfplay.played import rows_of
from training.selfplay.playing import play
from training.selfplay.recipes import Recipe
from training.selfplay.records import Record, main_figure, play_figures
from training.selfplay.shards import Shard, load_shard, save_shard
from training.selfplay.state import KindState, RunState
from training.solving import environment_of


class SelfPlay:
    """A training run in a folder; goes on from its newest checkpoint, if it has one.

    Attributes:
        state: after the last finished iteration.
        resumed: whether the folder held a checkpoint.
    """

    def __init__(
        self,
        config: LoopConfig,
        catalogue: Catalogue,
        folder: Path,
        store: ModelStore | None = None,
        on_progress: Callable[[str, int], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
        checkpoint: Path | None = None,
    ) -> None:
        """Start or resume.

        Args:
            config: the kinds, seed and games of a folder with a checkpoint stay what they were
                there, apart from the number of games.
            catalogue: holds the kinds.
            folder: for checkpoints and shards.
            store: where winners go live; None trains without releasing anything.
            on_progress: told the kind and the number of its finished games of this iteration.
            clock: seconds.
            checkpoint: of this folder, to go on from instead of the newest one.
        """
        self._config = config
        self._catalogue = catalogue
        self._folder = folder
        self._store = store
        self._progress = on_progress or (lambda kind, done: None)
        self._clock = clock
        self._rows: dict[str, list[Row]] = {}
        newest = checkpoint or newest_checkpoint(folder / "checkpoints")
        self.resumed = newest is not None
        if newest is not None:
            self.state = load_checkpoint(newest, catalogue)
        else:
            self.state = RunState(seed=config.seed, iteration=0, kinds={})
        for name in config.kinds:
            if name not in self.state.kinds:
                self.state.kinds[name] = self._begin(catalogue[name])

    def iterate(self) -> list[Record]:
        """Make one iteration of all kinds, and its checkpoint; return one record per kind."""
        state, config = self.state, self._config
        state.iteration += 1
        share, left = divmod(config.games, len(config.kinds))
        records = []
        for place, name in enumerate(config.kinds):
            games = share + (place < left)
            records.append(self._iterate_kind(self._catalogue[name], state.kinds[name], games))
        state.history.extend(records)
        save_checkpoint(state, self._folder / "checkpoints")
        prune(self._folder / "checkpoints", self._merits())
        return records

    @property
    def buffered(self) -> int:
        """Return how many played runs the next fit may use."""
        windows = {n: self._config.recipe(self._catalogue[n]).window for n in self._config.kinds}
        oldest = {name: self.state.iteration - window for name, window in windows.items()}
        played = [r for r in self.state.history if r["iteration"] > oldest.get(r["kind"], 0)]
        return sum(record["games"] for record in played if record["kind"] in windows)

    def _begin(self, kind: TaskKind) -> KindState:
        live = live_model(self._store, kind) if self._store and not self._config.fresh else None
        environment = environment_of(kind)
        champion = live or random_model(kind.name, environment, self.state.seed)
        return KindState(champion=champion, learner=champion.net)

    def _iterate_kind(self, kind: TaskKind, known: KindState, games: int) -> Record:
        recipe = self._config.recipe(kind)
        marks = [self._clock()]
        shard = self._play(kind, known, recipe, games)
        marks.append(self._clock())
        rows = self._training_rows(kind, known, recipe, shard)
        examples = to_examples(environment_of(kind), rows, recipe.repeat_power)
        fitted = fit(
            known.learner,
            examples,
            recipe.fit,
            self._seed(kind, 3),
            known.optimiser,
            self._config.device,
        )
        marks.append(self._clock())
        calibrated = calibrate(kind, fitted.net, tasks=recipe.calibration_tasks)
        marks.append(self._clock())
        known.seconds += marks[-1] - marks[0]
        challenger = make_model(
            fitted.net,
            kind=kind.name,
            environment=environment_of(kind),
            calibration=calibrated.priors,
            search_calibration=calibrated.search,
            training=self._account(kind, known, fitted.report),
            created_at=datetime.now(UTC),
            parent=known.champion.card.weights_version,
        )
        verdict = compare(kind, known.champion, challenger, recipe.compare)
        known.learner, known.optimiser = fitted.net, fitted.optimiser
        released = self._release(kind, known, challenger, verdict) if verdict.accepted else ""
        marks.append(self._clock())
        seconds = dict(
            zip(("play", "fit", "calibrate", "compare"), np.diff(marks).tolist(), strict=True)
        )
        return {
            "iteration": self.state.iteration,
            "kind": kind.name,
            **play_figures(shard.runs),
            "level": known.level,
            "policy_examples": int((examples.policy_weights > 0).sum()),
            "value_examples": int((examples.value_weights > 0).sum()),
            "fit": fitted.report.to_json(),
            "calibration": calibrated.to_json(),
            "confidence_ece": calibrated.priors.ece,
            "comparison": verdict.to_json(),
            "weights_version": challenger.card.weights_version,
            "released": released,
            "seconds": seconds,
        }

    def _play(self, kind: TaskKind, known: KindState, recipe: Recipe, games: int) -> Shard:
        """Play, or find what an interrupted iteration played; the level moves with the result."""
        name = f"iteration-{self.state.iteration:04d}-{shipped_name(kind.name)}"
        path = self._folder / "shards" / f"{name}.json"
        if path.exists():
            shard = load_shard(path, self._catalogue)
        else:
            runs = play(
                kind,
                known.champion,
                recipe,
                games,
                level=known.level,
                first=known.tasks_drawn,
                seed=self._seed(kind, 1),
                on_run=lambda done: self._progress(kind.name, done),
            )
            shard = Shard(
                kind.name,
                environment_of(kind).version,
                known.champion.card.weights_version,
                self.state.iteration,
                self.state.seed,
                tuple(runs),
            )
            save_shard(shard, path)
        known.shards.append(name)
        known.games += len(shard.runs)
        known.tasks_drawn += len(shard.runs)
        if environment_of(kind).num_players == 1:
            known.level = next_level(known.level, shard.runs)
        return shard

    def _training_rows(
        self, kind: TaskKind, known: KindState, recipe: Recipe, shard: Shard
    ) -> list[Row]:
        """Return the new rows and a share of older ones, merged; rows of a shard are made once."""
        window = known.shards[-recipe.window :]
        self._rows[window[-1]] = self._rows_of_shard(kind, recipe, shard)
        for name in window[:-1]:
            if name not in self._rows:
                path = self._folder / "shards" / f"{name}.json"
                older = load_shard(path, self._catalogue)
                self._rows[name] = self._rows_of_shard(kind, recipe, older)
        for name in known.shards[: -recipe.window]:
            self._rows.pop(name, None)
        old = [row for name in window[:-1] for row in self._rows[name]]
        rng = np.random.default_rng(self._seed(kind, 4))
        return merged(with_rehearsal(self._rows[window[-1]], old, recipe.rehearsal_share, rng))

    def _rows_of_shard(self, kind: TaskKind, recipe: Recipe, shard: Shard) -> list[Row]:
        keep = self._config.keep
        rows = [
            row
            for run in shard.runs
            for row in rows_of(kind, run, recipe.value_from_search)
            if keep is None or keep(kind.name, row.state)
        ]
        rng = np.random.default_rng([shard.seed, shard.iteration, 5])
        return augmented(environment_of(kind), kind.name, rows, rng)

    def _release(
        self, kind: TaskKind, known: KindState, challenger: Model, verdict: Comparison
    ) -> str:
        beaten = known.champion.card.weights_version
        known.champion = challenger
        save_model(challenger, self._folder / "best" / shipped_name(kind.name))
        if self._store is None:
            return "not released: trained without a model store"
        config = self._config.recipe(kind).compare
        _, why = promote(self._store, kind, challenger, beaten, config, verdict.why)
        return why

    def _account(self, kind: TaskKind, known: KindState, report: FitReport) -> dict[str, Any]:
        return {
            "run": "self-play",
            "run_id": new_id(),
            "command": self._config.command,
            "seed": self.state.seed,
            "iterations": self.state.iteration,
            "games": known.games,
            "episodes_by_source": {"selfplay": known.games},
            "seconds": round(known.seconds, 1),
            "fit": report.to_json(),
            "calibrated_on": "the calibration split; games also reach its positions in self-play"
            if environment_of(kind).num_players > 1
            else "the calibration split, which training never sees",
        }

    def _seed(self, kind: TaskKind, use: int) -> int:
        """Return a seed of its own for each use of randomness, kind and iteration of this run."""
        text = f"{self.state.seed} {self.state.iteration} {kind.name} {use}"
        return zlib.crc32(text.encode())

    def _merits(self) -> dict[int, float]:
        merits: dict[int, float] = {}
        for record in self.state.history:
            merit = main_figure(record)
            merits[record["iteration"]] = merits.get(record["iteration"], 0.0) + merit
        return merits
