"""The documented trainer: the training loop, a step or an iteration at a time, off the event loop.

The loop itself is `loop`. The documented face counts iterations from 0, records count from 1.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from neural.device import use_threads
from neural.model_files import Model
from tasks.catalogue import Catalogue, default_catalogue
from training.extraction import TrainingDataExtractor, TrainingExample
from training.given_examples import examples_by_kind
from training.match import match, summary
from training.quality import quality_metrics
from training.resources import resource_usage
from training.selfplay.loop import SelfPlay
from training.selfplay.played_episodes import PlayedEpisodes
from training.selfplay.records import Record, main_figure
from training.selfplay.repair import repair
from training.selfplay.run_lock import RunLock
from training.selfplay.traces import SelfPlayEpisode
from training.selfplay.trainer_config import TrainerConfigError, loop_config
from training.selfplay.workers import WorkerPool

T = TypeVar("T")
TrainingData = PlayedEpisodes | Sequence[SelfPlayEpisode] | Mapping[Any, Sequence[TrainingExample]]


class SelfPlayTrainer:
    """Trains the policy/value nets of all learned kinds; winners stay in `checkpoint_dir`.

    Attributes:
        run: the training loop; its state is that after the last finished iteration.
    """

    def __init__(
        self,
        hrm_agent: Any = None,
        trm_agent: Any = None,
        config: Mapping[str, Any] | None = None,
        device: str = "cpu",
        checkpoint_dir: str | Path = "checkpoints",
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Start, or go on from a checkpoint in `checkpoint_dir`.

        Args:
            hrm_agent: None; agents of one's own are not trained by this loop.
            trm_agent: None.
            config: games_per_iteration, batch_size, parallel_batch_size (games side by side),
                max_buffer_size (episodes), mcts {num_simulations, c_puct, temperature_init,
                temperature_final (0: the most visited move)}; besides, kinds, seed, threads of
                one operation (1; with more the last bits of a result may differ between runs),
                value_loss and td_lambda (`training.value_loss`, `training.value_targets`).
            device: of the fit.
            checkpoint_dir: for checkpoints, episodes and the best models.
            catalogue: of the kinds; the shipped ones without it.

        Raises:
            TrainerConfigError: if a key is unknown or an agent was given.
        """
        if hrm_agent is not None or trm_agent is not None:
            raise TrainerConfigError(
                "hrm_agent and trm_agent must be None: this loop trains policy/value nets"
            )
        self._folder = Path(checkpoint_dir)
        self._catalogue = catalogue or default_catalogue()
        self._config = loop_config(dict(config or {}), device, self._catalogue)
        self._threads = int((config or {}).get("threads", 1))
        self._whole = False
        self.run = SelfPlay(self._config, self._catalogue, self._folder)

    async def iteration(self, i: int) -> dict[str, Any]:
        """Make iteration `i`, from 0: play, train, evaluate; a finished one returns its record.

        Raises:
            TrainerConfigError: if an earlier iteration has not been made.
        """
        if i == self._next:
            await self.train(await self.run_self_play(), i)
            await self.evaluate_models()
        elif i > self._next:
            raise TrainerConfigError(f"iteration {i} cannot be made before iteration {self._next}")
        history = self.run.state.history
        return _summary(i, [r for r in history if r["iteration"] == i + 1], history)

    async def run_self_play(self, num_games: int | None = None) -> PlayedEpisodes:
        """Play the games of the next iteration; if they are played already, return them.

        Args:
            num_games: of all kinds together; games_per_iteration without it.
        """
        if num_games is not None and num_games < len(self._config.kinds):
            raise TrainerConfigError(
                f"{num_games} games for {len(self._config.kinds)} kinds; give one each at least"
            )
        played = await self._off_the_loop(lambda: self.run.play(num_games))
        shards = self._folder / "shards"
        return PlayedEpisodes(self.run.state.iteration - 1, played, shards, self._catalogue)

    async def train(self, data: TrainingData, i: int) -> dict[str, Any]:
        """Fit the learners.

        Args:
            data: what `run_self_play` returned (older games are rehearsed beside them), other
                episodes, or examples as TrainingDataExtractor returns them (fitted as they are).
            i: the iteration, from 0, that is under way or comes next.

        Returns:
            {policy_loss, value_loss, legality_loss (means over kinds), kinds: {kind: report}}.

        Raises:
            TrainerConfigError: if it is not that iteration.
            UnfittableExampleError: if the examples are of no known kind.
            FitError: if the fit is no training.
        """
        if i != self._next or (isinstance(data, PlayedEpisodes) and data.iteration != i):
            raise TrainerConfigError(
                f"iteration {i} is not the next one, {self._next}, or the games are of another"
            )
        if isinstance(data, PlayedEpisodes):
            reports = await self._off_the_loop(self.run.learn)
        else:
            examples = data
            if not isinstance(examples, Mapping):
                examples = TrainingDataExtractor().extract_examples(data)
            given = examples_by_kind(examples, self._catalogue)
            foreign = sorted(set(given) - set(self._config.kinds))
            if foreign:
                raise TrainerConfigError(f"{', '.join(foreign)} is not trained in this run")
            reports = await self._off_the_loop(lambda: self.run.learn(given))
        losses = [report.after for report in reports.values()]
        return {
            **{
                f"{part}_loss": sum(getattr(loss, part) for loss in losses) / len(losses)
                for part in ("policy", "value", "legality")
            },
            "kinds": {name: report.to_json() for name, report in reports.items()},
        }

    async def evaluate_models(self, num_eval_games: int | None = None) -> dict[str, Any]:
        """Compare the learners with the champions.

        This ends the iteration that is under way: winners take over, a checkpoint is written.
        Outside one nobody is promoted.

        Args:
            num_eval_games: of each comparison, or tasks for one player; the recipe's own without
                it.

        Returns:
            {eval_success_rate, eval_avg_reward, eval_avg_length, eval_avg_efficiency, accepted:
            {kind: bool}, why: {kind: text}}.

        Raises:
            UnfinishedIterationError: if the iteration has played but not trained.
        """
        if self.run.under_way:
            records = await self._off_the_loop(lambda: self.run.compare(num_eval_games))
            found = {record["kind"]: record["comparison"] for record in records}
        else:
            judged = await self._off_the_loop(lambda: self.run.judged(num_eval_games))
            found = {name: one.comparison for name, one in judged.items()}
        return {
            **_evaluation([one["challenger_figures"] for one in found.values()]),
            "accepted": {name: one["accepted"] for name, one in found.items()},
            "why": {name: one["why"] for name, one in found.items()},
        }

    def compare_models(
        self,
        old: Model | Mapping[str, Model],
        new: Model | Mapping[str, Model],
        num_games: int,
    ) -> dict[str, float | str]:
        """Let two models of a kind, or several by kind, meet.

        Args:
            old: stays unless the new one is shown to be better.
            new: of the same kinds.
            num_games: of each kind at most (games, or tasks where there is one player).

        Returns:
            {old_win_rate, new_win_rate, draw_rate, recommendation ("deploy_new" only if the
            sequential test accepts in every kind, else "keep_old"), games, why}.

        Raises:
            TrainerConfigError: if they are not of the same kinds.
        """
        before, after = _by_kind(old), _by_kind(new)
        if set(before) != set(after) or not before:
            raise TrainerConfigError(
                f"old models of {', '.join(sorted(before)) or 'no kind'} and new ones of "
                f"{', '.join(sorted(after)) or 'no kind'}; compare models of the same kinds"
            )
        if num_games < 1:
            raise TrainerConfigError(
                f"num_games {num_games} decide nothing; let them play 2 or more"
            )
        return summary(
            [
                match(self._catalogue[name], before[name], after[name], num_games)
                for name in sorted(before)
            ]
        )

    @property
    def best_model(self) -> dict[str, Model]:
        """Return the champion of each kind; its files are under `checkpoint_dir`/best."""
        return {name: self.run.state.kinds[name].champion for name in self._config.kinds}

    def get_quality_metrics(self) -> dict[str, float]:
        """Return figures over the last 10 iterations; see `training.quality`."""
        return quality_metrics(self.run.state.history)

    def get_resource_usage(self) -> dict[str, float]:
        """Return processor, memory and graphics memory in use; see `training.resources`."""
        return resource_usage()

    def load_checkpoint(self, path: str | Path) -> int:
        """Go on from a checkpoint, or the newest below a folder; return finished iterations.

        Raises:
            BrokenCheckpointError: if there is no complete checkpoint.
        """
        chosen = Path(path)
        inside = (chosen / "state.json").exists()
        self._folder = chosen.parents[1] if inside else chosen
        self._whole = False
        self.run = SelfPlay(
            self._config,
            self._catalogue,
            self._folder,
            checkpoint=chosen if inside or not chosen.is_dir() else None,
        )
        return self.run.state.iteration

    @property
    def _next(self) -> int:
        """Return the iteration, from 0, that is under way or comes next."""
        return self.run.state.iteration - (1 if self.run.under_way else 0)

    async def _off_the_loop(self, step: Callable[[], T]) -> T:
        return await asyncio.to_thread(self._locked, step)

    def _locked(self, step: Callable[[], T]) -> T:
        """Make a step while no other run works in the folder; put the folder right before."""
        use_threads(self._threads)  # a new thread takes all processors, whatever others were told
        with RunLock(self._folder, "SelfPlayTrainer"):
            if not self._whole:
                pool = WorkerPool(0, catalogue=self._catalogue)
                repair(self._folder, self.run.state, self._catalogue, self._config.recipe, pool)
                self._whole = True
            return step()


def _by_kind(models: Model | Mapping[str, Model]) -> Mapping[str, Model]:
    return {models.card.kind: models} if isinstance(models, Model) else models


def _summary(i: int, records: list[Record], history: list[Record]) -> dict[str, Any]:
    """Return the documented keys: sums over kinds for numbers, means over kinds for shares."""
    best = [main_figure(r) for r in history if r["comparison"]["accepted"]]
    return {
        "iteration": i,
        "num_episodes": sum(record["games"] for record in records),
        "success_rate": _mean([record["solved"] for record in records]),
        "num_policy_examples": sum(record["policy_examples"] for record in records),
        "num_value_examples": sum(record["value_examples"] for record in records),
        **_evaluation([record["comparison"]["challenger_figures"] for record in records]),
        "best_model_metric": max(best, default=0.0),
        **{
            f"{part}_loss": _mean([record["fit"]["after"][part] for record in records])
            for part in ("policy", "value")
        },
        "kinds": {record["kind"]: record for record in records},
    }


def _evaluation(tests: list[Mapping[str, float]]) -> dict[str, float]:
    """Return means over kinds, no numbers where none was compared; of a match the score."""
    tests = [test for test in tests if test]
    return {
        "eval_success_rate": _mean(
            [t.get("solved", t.get("right", t.get("score"))) for t in tests]
        ),
        "eval_avg_reward": _mean([t["reward"] for t in tests]),
        "eval_avg_length": _mean([t["length"] for t in tests]),
        "eval_avg_efficiency": _mean([t["efficiency"] for t in tests]),
    }


def _mean(values: Sequence[Any]) -> float:
    return float(sum(values)) / len(values) if values else math.nan
