"""The training loop: play, learn, compare, promote; one checkpoint per iteration.

In one iteration, per kind: the player (the champion, or the net under training itself) plays with
noise; its runs become shards on disk; a copy of the learner is fitted to their rows and to older
ones; it is compared with the champion; if it is better it is the next champion and, where a model
store was given, goes live. A learner that lost goes on learning from where it is. Source: Silver et
al. 2017, AlphaGo Zero, "Self-play training pipeline", and 2018, AlphaZero, for players that are
not gated; departures: expert iteration for one player, tests with a stated error rate instead of
55 % of games.

Everything random in an iteration comes from the run's seed and the iteration's number, and its
shards are found again, so an iteration that a kill interrupted is made again from the last
checkpoint with the same games.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from graphs.episode import new_id
from neural.calibration import UNCALIBRATED
from neural.model_files import Model, make_model, random_model, save_model, shipped_name
from neural.model_store import ModelStore
from neural.policy_value import PolicyValueNet
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.fit import FitReport, fit
from training.promote import live_model, promote
from training.selfplay.checkpoint import (
    load_checkpoint,
    newest_checkpoint,
    prune,
    save_checkpoint,
)
from training.selfplay.chunks import Chunk, chunks_of
from training.selfplay.config import LoopConfig
from training.selfplay.derivations import next_level
from training.selfplay.judging import Judged, judge
from training.selfplay.lessons import Lessons
from training.selfplay.provenance import noted
from training.selfplay.recipes import Recipe
from training.selfplay.records import PlayedShards, Record, main_figure, read_played
from training.selfplay.shards import load_shard
from training.selfplay.state import KindState, RunState
from training.selfplay.workers import WorkerPool
from training.solving import environment_of

LEARNERS = "learners"


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
        pool: WorkerPool | None = None,
    ) -> None:
        """Start or resume.

        Args:
            config: the kinds, seed and games of a folder with a checkpoint stay what they were
                there, apart from the number of games.
            catalogue: holds the kinds.
            folder: for checkpoints, shards and the nets after each iteration.
            store: where winners go live; None trains without releasing anything.
            on_progress: told the kind and the number of its finished games of this iteration.
            clock: seconds.
            checkpoint: of this folder, to go on from instead of the newest one.
            pool: processes that play; None plays in this one.
        """
        self._config = config
        self._catalogue = catalogue
        self._folder = folder
        self._store = store
        self._progress = on_progress or (lambda kind, done: None)
        self._clock = clock
        self._pool = pool or WorkerPool(0, catalogue=catalogue)
        self._lessons = Lessons(folder / "shards", catalogue, config.keep)
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
        known = KindState(champion=champion, learner=champion.net)
        self._save_learner(kind, known)
        return known

    def _iterate_kind(self, kind: TaskKind, known: KindState, games: int) -> Record:
        recipe = self._config.recipe(kind)
        marks, processor = [self._clock()], time.process_time()
        played = self._play(kind, known, recipe, games)
        marks.append(self._clock())
        examples = self._lessons.examples(kind, recipe, known.shards, self._seed(kind, 4))
        fitted = fit(
            known.learner,
            examples,
            recipe.fit_of(self.state.iteration),
            self._seed(kind, 3),
            known.optimiser,
            self._config.device,
        )
        known.learner, known.optimiser = fitted.net, fitted.optimiser
        marks.append(self._clock())
        known.seconds += marks[-1] - marks[0]
        known.cpu_seconds += time.process_time() - processor
        processor = time.process_time()
        learner = self._save_learner(kind, known, fitted.report)
        if not known.provenance:
            known.provenance = noted(played, fitted.report, self._config, self.state.seed, learner)
        judged = judge(
            kind,
            known.champion,
            fitted.net,
            recipe,
            self._account(kind, known, fitted.report),
            iteration=self.state.iteration,
            rating=known.rating,
            seed=self._seed(kind, 5),
        )
        known.cpu_seconds += time.process_time() - processor
        released = self._release(kind, known, judged) if judged.accepted else ""
        marks.append(self._clock())
        return {
            "iteration": self.state.iteration,
            "kind": kind.name,
            **played.figures(),
            "level": known.level,
            "policy_examples": int((examples.policy_weights > 0).sum()),
            "value_examples": int((examples.value_weights > 0).sum()),
            "fit": fitted.report.to_json(),
            "calibration": judged.calibration,
            "confidence_ece": judged.challenger.card.calibration.ece,
            "comparison": judged.comparison,
            "rating": judged.rating,
            "weights_version": judged.challenger.card.weights_version,
            "released": released,
            "cpu_seconds": known.cpu_seconds,
            "seconds": dict(zip(("play", "fit", "compare"), np.diff(marks).tolist(), strict=True)),
        }

    def _play(self, kind: TaskKind, known: KindState, recipe: Recipe, games: int) -> PlayedShards:
        """Play what an interrupted iteration has not; the level moves with the result."""
        chunks = chunks_of(
            kind.name,
            recipe.chunk,
            games if self.state.iteration > recipe.warm_up else -(-games // 3),
            iteration=self.state.iteration,
            run_seed=self.state.seed,
            level=known.level,
            first=known.tasks_drawn,
        )
        shards = self._folder / "shards"
        found = [c for c in chunks if (shards / f"{c.name}.json").exists()]
        champion = recipe.player == "champion"
        player = known.champion if champion else self._learner_model(kind, known)
        card = save_model(player, self._folder / "player" / shipped_name(kind.name))
        now = replace(recipe, games=recipe.games_of(self.state.iteration))
        report = self._pool.play(chunks, card, now, shards, self._counter(kind, chunks))
        played = read_played([shards / f"{chunk.name}.json" for chunk in chunks])
        known.cpu_seconds += report.cpu_seconds + played.cpu_seconds({c.name for c in found})
        known.shards += [chunk.name for chunk in chunks]
        known.games += played.games
        known.tasks_drawn += played.games
        known.evaluations += played.evaluations
        if environment_of(kind).num_players == 1:
            runs = [
                run
                for chunk in chunks
                for run in load_shard(shards / f"{chunk.name}.json", self._catalogue).runs
            ]
            known.level = next_level(known.level, runs)
        return played

    def _counter(self, kind: TaskKind, chunks: list[Chunk]) -> Callable[[str, int], None]:
        done = {chunk.name: 0 for chunk in chunks}

        def count(chunk: str, finished: int) -> None:
            done[chunk] = finished
            self._progress(kind.name, sum(done.values()))

        return count

    def _learner_model(self, kind: TaskKind, known: KindState) -> Model:
        return self._named(kind, known.learner, {}, f"iteration-{self.state.iteration - 1:04d}")

    def _save_learner(
        self, kind: TaskKind, known: KindState, report: FitReport | None = None
    ) -> Model:
        """Keep the net after this iteration: for curves, and as the player of later shards."""
        untrained = {"run": "none: random weights"}
        training = self._account(kind, known, report) if report else untrained
        name = f"iteration-{self.state.iteration:04d}"
        model = self._named(kind, known.learner, training, name)
        save_model(model, self._folder / LEARNERS / shipped_name(kind.name))
        return model

    def _named(
        self, kind: TaskKind, net: PolicyValueNet, training: dict[str, Any], name: str
    ) -> Model:
        return make_model(
            net,
            kind=kind.name,
            environment=environment_of(kind),
            calibration=UNCALIBRATED,
            training=training,
            created_at=datetime.now(UTC),
            name=name,
        )

    def _release(self, kind: TaskKind, known: KindState, judged: Judged) -> str:
        beaten = known.champion.card.weights_version
        known.champion = judged.challenger
        known.rating = judged.rating or 0.0
        save_model(judged.challenger, self._folder / "best" / shipped_name(kind.name))
        if self._store is None:
            return "not released: trained without a model store"
        recipe = self._config.recipe(kind)
        why = str(judged.comparison["why"])
        _, told = promote(
            self._store, kind, judged.challenger, beaten, recipe.compare, why, recipe.gate
        )
        return told

    def _account(self, kind: TaskKind, known: KindState, report: FitReport) -> dict[str, Any]:
        return {
            "run": "self-play",
            "run_id": new_id(),
            "command": self._config.command,
            "seed": self.state.seed,
            "iterations": self.state.iteration,
            "games": known.games,
            "evaluations": known.evaluations,
            "episodes_by_source": {"selfplay": known.games},
            "seconds": round(known.seconds, 1),
            "cpu_seconds": round(known.cpu_seconds, 1),
            "fit": report.to_json(),
            "calibrated_on": "the calibration split; games also reach its positions in self-play"
            if environment_of(kind).num_players > 1
            else "the calibration split, which training never sees",
            "provenance": known.provenance,
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
