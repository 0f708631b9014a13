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
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphs.episode import new_id
from neural.calibration import UNCALIBRATED
from neural.model_files import Model, make_model, random_model, save_model, shipped_name
from neural.model_store import ModelStore
from neural.policy_value import PolicyValueNet
from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.fit import FitReport, fit
from training.promote import live_model, promote
from training.rows import Examples
from training.selfplay.checkpoint import (
    load_checkpoint,
    newest_checkpoint,
    prune,
    save_checkpoint,
)
from training.selfplay.chunks import Chunk, chunks_of
from training.selfplay.config import LoopConfig, changes
from training.selfplay.derivations import next_level
from training.selfplay.judging import Judged, judge
from training.selfplay.lessons import Lessons
from training.selfplay.provenance import NOTED, noted, reference_loss
from training.selfplay.recipes import Recipe, with_comparison_of
from training.selfplay.records import PlayedShards, Record, main_figure, read_played
from training.selfplay.repair import played_by
from training.selfplay.shards import load_shard
from training.selfplay.state import KindState, RunState
from training.selfplay.steps import Clocks, UnderWay
from training.selfplay.workers import WorkerPool
from training.solving import environment_of

LEARNERS = "learners"


class SelfPlay:
    """A training run in a folder; goes on from its newest checkpoint, if it has one.

    Attributes:
        state: after the last finished iteration.
        resumed: whether the folder held a checkpoint.
        changed: what a resumed run was asked for that differs from before, in words.
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
            config: a folder with a checkpoint keeps its seed; what else differs is in `changed`.
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
        self._under_way: dict[str, UnderWay] = {}
        self._asked = config.games
        newest = checkpoint or newest_checkpoint(folder / "checkpoints")
        self.resumed = newest is not None
        if newest is not None:
            self.state = load_checkpoint(newest, catalogue)
        else:
            self.state = RunState(seed=config.seed, iteration=0, kinds={})
        asked = replace(config, seed=self.state.seed).to_json(catalogue)
        self.changed = changes(self.state.config, asked) if self.resumed else []
        self.state.config = asked
        for name in config.kinds:
            if name not in self.state.kinds:
                self.state.kinds[name] = self._begin(catalogue[name])

    def iterate(self, last: bool = False) -> list[Record]:
        """Make one iteration of all kinds, and its checkpoint; return one record per kind.

        Args:
            last: whether the run ends with it: then every kind tries for the champion's place.
        """
        self.play()
        self.learn()
        return self.compare(last=last)

    def play(self, games: int | None = None) -> dict[str, PlayedShards]:
        """Begin an iteration: play, or find what was played of it; return the shards by kind.

        Args:
            games: of all kinds together, instead of the configured number.
        """
        if not self._under_way:
            self.state.iteration += 1
            self._asked = games or self._config.games
            share, left = divmod(self._asked, len(self._config.kinds))
            for place, name in enumerate(self._config.kinds):
                kind, known = self._catalogue[name], self.state.kinds[name]
                began = Clocks(self._clock)
                played = self._play(kind, known, self._config.recipe(kind), share + (place < left))
                known.seconds += began.seconds()
                known.cpu_seconds += began.cpu_seconds()
                self._under_way[name] = UnderWay(played, {"play": began.seconds()})
        return {name: step.played for name, step in self._under_way.items()}

    def learn(self, given: Mapping[str, Examples] | None = None) -> dict[str, FitReport]:
        """Go on with the iteration: fit the learners; return the reports by kind.

        Args:
            given: examples by kind, instead of what was played and is rehearsed; of a kind that
                has no games under way the learner is fitted to them all the same.

        Raises:
            FitError: if a fit is no training.
        """
        names = self._under_way if given is None else given
        return {name: self._learn(self._catalogue[name], given) for name in names}

    def compare(self, games: int | None = None, last: bool = False) -> list[Record]:
        """End the iteration: let the learners try for the champions' places; make a checkpoint.

        Args:
            games: of each comparison, or tasks for one player, instead of the configured number.
            last: see `iterate`.

        Raises:
            UnfinishedIterationError: if a kind has not learned.
        """
        state = self.state
        for name, step in self._under_way.items():
            step.fitted(name)
        records = [self._compare(self._catalogue[name], games, last) for name in self._under_way]
        self._under_way = {}
        state.history.extend(records)
        save_checkpoint(state, self._folder / "checkpoints")
        prune(self._folder / "checkpoints", self._merits())
        return records

    def judged(self, games: int | None = None) -> dict[str, Judged]:
        """Compare learners and champions by kind, outside an iteration; nobody is promoted."""
        return {
            name: self._judge(self._catalogue[name], known, {}, games)
            for name, known in self.state.kinds.items()
            if name in self._config.kinds
        }

    @property
    def under_way(self) -> bool:
        """Say whether an iteration was begun and not ended."""
        return bool(self._under_way)

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
        before = int(live.card.training.get("iterations", 0)) if live else 0
        known = KindState(champion=champion, learner=champion.net, trained_before=before)
        self._save_learner(kind, known)
        return known

    def _learn(self, kind: TaskKind, given: Mapping[str, Examples] | None) -> FitReport:
        known, recipe, began = (
            self.state.kinds[kind.name],
            self._config.recipe(kind),
            Clocks(self._clock),
        )
        step = self._under_way.get(kind.name)
        if given is None:
            examples = self._lessons.examples(kind, recipe, known.shards, self._seed(kind, 4))
        else:
            examples = given[kind.name]
        fitted = fit(
            known.learner,
            examples,
            recipe.fit_of(known.age(max(self.state.iteration, 1))),
            self._seed(kind, 3 if step is not None else 6),
            known.optimiser,
            self._config.device,
        )
        known.learner, known.optimiser = fitted.net, fitted.optimiser
        known.seconds += began.seconds()
        known.cpu_seconds += began.cpu_seconds()
        if step is None:
            return fitted.report
        learner = self._save_learner(kind, known, fitted.report)
        if len(known.provenance.get("learners", {})) < NOTED:
            known.provenance = noted(
                known.provenance,
                step.played,
                reference_loss(kind, fitted.net),
                replace(self._config, games=self._asked),
                self.state.seed,
                learner,
            )
        step.learned(fitted.report, examples, began.seconds())
        return fitted.report

    def _compare(self, kind: TaskKind, games: int | None, last: bool) -> Record:
        known, step = self.state.kinds[kind.name], self._under_way[kind.name]
        began = Clocks(self._clock)
        account = self._account(kind, known, step.fitted(kind.name))
        judged = self._judge(kind, known, account, games, last)
        known.cpu_seconds += began.cpu_seconds()
        released = self._release(kind, known, judged) if judged.accepted else ""
        step.seconds["compare"] = began.seconds()
        return step.record(self.state.iteration, kind.name, known, judged, released)

    def _judge(
        self,
        kind: TaskKind,
        known: KindState,
        account: dict[str, Any],
        games: int | None,
        last: bool = True,
    ) -> Judged:
        recipe = self._config.recipe(kind)
        return judge(
            kind,
            known.champion,
            known.learner,
            recipe if games is None else with_comparison_of(recipe, games),
            account,
            iteration=self.state.iteration,
            rating=known.rating,
            seed=self._seed(kind, 5),
            last=last,
        )

    def _play(self, kind: TaskKind, known: KindState, recipe: Recipe, games: int) -> PlayedShards:
        """Play what an interrupted iteration has not; the level moves with the result."""
        chunks = chunks_of(
            kind.name,
            recipe.chunk,
            games if known.age(self.state.iteration) > recipe.warm_up else -(-games // 3),
            iteration=self.state.iteration,
            run_seed=self.state.seed,
            level=known.level,
            first=known.tasks_drawn,
        )
        shards = self._folder / "shards"
        champion = recipe.player == "champion"
        player = known.champion if champion else self._learner_model(kind, known)
        found = played_by(player, [shards / f"{chunk.name}.json" for chunk in chunks])
        card = save_model(player, self._folder / "player" / shipped_name(kind.name))
        now = replace(recipe, games=recipe.games_of(known.age(self.state.iteration)))
        report = self._pool.play(chunks, card, now, shards, self._counter(kind, chunks))
        played = read_played([shards / f"{chunk.name}.json" for chunk in chunks])
        known.cpu_seconds += report.cpu_seconds + played.cpu_seconds(found)
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
        start = dict(known.champion.card.training)
        training = self._account(kind, known, report) if report else start
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
        if self._store is None or not self._config.release:
            return "not made live, as was asked"
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
            "iterations": known.age(self.state.iteration),
            "games": known.games,
            "evaluations": known.evaluations,
            "episodes_by_source": {"selfplay": known.games},
            "seconds": round(known.seconds, 1),
            "cpu_seconds": round(known.cpu_seconds, 3),
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
