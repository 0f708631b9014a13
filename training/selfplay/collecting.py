"""Collect examples from played games into a buffer that survives a kill.

Games are numbered; which one comes next is saved with the records, so a collection that was
interrupted goes on where it was last saved, and what was lost since is played again. Who plays is
`episode_generator`, or any other source of episodes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, runtime_checkable

from rich.console import Console
from rich.progress import Progress

from graphs.budget import Budget, Spend
from graphs.llm.client import language_model_of
from graphs.llm.evaluator import LLMEvaluator
from graphs.llm.policy import CallPolicy, LanguageModel
from neural.evaluation import Evaluator
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import Task, TaskKind
from training.experience import ExperienceBuffer
from training.policy_example import PolicyTrainingExample, policy_examples
from training.selfplay.asked import AskedTask
from training.selfplay.episode_generator import PositionSearch, SelfPlayEpisodeGenerator
from training.selfplay.traces import SelfPlayEpisode

NOTE = "collection"


class CollectorConfigError(ValueError):
    """A setting that is unknown or out of its range."""


@runtime_checkable
class EpisodeSource(Protocol):
    """Plays a task, like SelfPlayEpisodeGenerator."""

    async def generate_episode(
        self, task: AskedTask, max_steps: int = 50, timeout: float = 60.0
    ) -> SelfPlayEpisode:
        """Return the episode, whatever went wrong in it."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectorConfig:
    """How to collect.

    Attributes:
        kind: whose tasks are played.
        difficulty_range: of the tasks, in [0, 1]; it goes from the first to the second over and
            over, `cycle` tasks long.
        cycle: tasks.
        first_task: index in the train split of the first one.
        max_steps, timeout: of one game; actions and seconds.
        parallel: games side by side.
        mcts: keys of MCTSConfig, where no engine was given.
        seed: of noise and choices, where no engine was given.
        llm_share: of the games, those whose positions the language model judges; None: all of them
            without an engine, none with one.
        progress: show a bar, where there is a terminal.
    """

    kind: str = "search/tictactoe"
    difficulty_range: tuple[float, float] = (0.0, 1.0)
    cycle: int = 100
    first_task: int = 0
    max_steps: int = 50
    timeout: float = 60.0
    parallel: int = 8
    mcts: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    llm_share: float | None = None
    progress: bool = True

    def __post_init__(self) -> None:
        low, high = self.difficulty_range
        if not 0.0 <= low <= high <= 1.0 or not 0.0 <= (self.llm_share or 0.0) <= 1.0:
            raise CollectorConfigError(
                f"difficulty_range {self.difficulty_range} must rise in [0, 1], llm_share "
                f"{self.llm_share} be in [0, 1]"
            )
        if min(self.cycle, self.parallel, self.max_steps) < 1:
            raise CollectorConfigError("cycle, parallel and max_steps must be 1 or more")

    @classmethod
    def of(cls, given: Mapping[str, Any] | None) -> CollectorConfig:
        """Read a mapping of settings.

        Raises:
            CollectorConfigError: if one is unknown or out of its range.
        """
        known = {each.name for each in fields(cls)}
        unknown = sorted(set(given or {}) - known)
        if unknown:
            raise CollectorConfigError(
                f"unknown settings {', '.join(unknown)}; known: {', '.join(sorted(known))}"
            )
        return cls(**(given or {}))

    def task(self, kind: TaskKind, number: int) -> Task:
        """Return the task of a game, from 0."""
        low, high = self.difficulty_range
        place = (number % self.cycle) / max(self.cycle - 1, 1)
        return kind.generate(self.first_task + number, low + (high - low) * place, "train")


class DataCollector:
    """Plays games and keeps what their searches teach.

    Attributes:
        buffer: of the examples.
        outcomes: games of this object by outcome.
        reasons: why games were broken off, counted.
    """

    def __init__(
        self,
        mcts_engine: EpisodeSource | PositionSearch | None,
        llm_client: object | None,
        buffer: ExperienceBuffer,
        config: Mapping[str, Any] | CollectorConfig | None = None,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        """Prepare, and go on with what the buffer's folder holds.

        Args:
            mcts_engine: plays: SelfPlayEpisodeGenerator, SelfPlayDataGenerator, or a search such
                as `graphs.hybrid.PolicyGuidedMCTS`; None: search with the live nets, or with the
                language model if there is one.
            llm_client: a LangChain chat model or an object with `async generate(prompt) -> str`;
                judges the positions of `llm_share` of the games.
            buffer: for the examples; an empty one loads its file, if there is one.
            config: see CollectorConfig.
            catalogue: of the kinds; the shipped ones without it.

        Raises:
            CollectorConfigError: if a setting is unknown or out of range.
            BrokenExperienceError: if the buffer's file cannot be used.
            UnknownKindError: if there is no such kind.
        """
        self.config = config if isinstance(config, CollectorConfig) else CollectorConfig.of(config)
        self.buffer = buffer
        self.outcomes: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        kinds = catalogue or default_catalogue()
        self._kind = kinds[self.config.kind]
        self._engine = _engine(mcts_engine, self.config, kinds)
        self._by_model = _by_model(llm_client, self.config, kinds) if llm_client else None
        default = 1.0 if mcts_engine is None else 0.0
        share = self.config.llm_share if self.config.llm_share is not None else default
        self._share = share if llm_client else 0.0
        if not len(buffer) and buffer.is_saved():
            buffer.load()
        state = buffer.notes.get(NOTE, {})
        self._games, self._batch = int(state.get("games", 0)), state.get("batch")

    @property
    def games(self) -> int:
        """Return how many games were collected, those of earlier processes included."""
        return self._games

    async def collect_game(self) -> list[PolicyTrainingExample]:
        """Play the next game; keep and return its examples, none where it was broken off."""
        return self._keep(await self._play(self._games))

    async def collect_batch(self, num_games: int, save_every: int = 10) -> dict[str, Any]:
        """Play games and save the buffer now and then, where it has a folder.

        An unfinished batch of as many games, found in the folder, is finished instead of a new one.

        Args:
            num_games: 1 or more.
            save_every: games between two saves; also after the last.

        Returns:
            {games (of this batch, in this call), resumed (played in an earlier one), examples,
            outcomes: {outcome: n}}.
        """
        if num_games < 1 or save_every < 1:
            raise CollectorConfigError(
                f"num_games {num_games} and save_every {save_every} must be 1 or more"
            )
        resumed = self._resume(num_games)
        done, examples, before = resumed, 0, Counter(self.outcomes)
        with Progress(
            console=Console(stderr=True), transient=True, disable=not self.config.progress
        ) as bar:
            shown = bar.add_task(f"games of {self._kind.name}", total=num_games, completed=done)
            while done < num_games:
                to_save = save_every - (done - resumed) % save_every
                count = min(self.config.parallel, to_save, num_games - done)
                numbers = range(self._games, self._games + count)
                for episode in await asyncio.gather(*map(self._play, numbers)):
                    examples += len(self._keep(episode))
                done += count
                bar.update(shown, completed=done)
                self._batch = {"games": num_games, "done": done} if done < num_games else None
                if (done - resumed) % save_every == 0 or done == num_games:
                    self._save()
        return {
            "games": done - resumed,
            "resumed": resumed,
            "examples": examples,
            "outcomes": dict(self.outcomes - before),
        }

    def _resume(self, num_games: int) -> int:
        if self._batch is not None and self._batch["games"] == num_games:
            return int(self._batch["done"])
        return 0

    def _play(self, number: int) -> Any:
        task = self.config.task(self._kind, number)
        by_model = int((number + 1) * self._share) > int(number * self._share)
        engine = self._by_model if by_model and self._by_model else self._engine
        return engine.generate_episode(task, self.config.max_steps, self.config.timeout)

    def _keep(self, episode: SelfPlayEpisode) -> list[PolicyTrainingExample]:
        self._games += 1
        self.outcomes[episode.outcome] += 1
        if episode.outcome in ("timeout", "error"):
            self.reasons[str(episode.metadata.get("reason", ""))] += 1
        examples = policy_examples([episode])
        self.buffer.add_batch(examples)
        return examples

    def _save(self) -> None:
        self.buffer.notes[NOTE] = {"games": self._games, "batch": self._batch}
        if self.buffer.has_folder:
            self.buffer.save()


class _ModelJudges:
    """The language model as the judge of every kind; it pays without limit."""

    def __init__(self, model: LanguageModel) -> None:
        self._model, self._spend = model, Spend()

    def evaluator(self, kind: TaskKind) -> Evaluator:
        return LLMEvaluator(self._model, kind, self._spend, Budget())


def _engine(given: Any, config: CollectorConfig, kinds: Catalogue) -> EpisodeSource:
    if isinstance(given, EpisodeSource):
        return given
    return SelfPlayEpisodeGenerator(
        mcts_config=config.mcts, search=given, catalogue=kinds, seed=config.seed
    )


def _by_model(client: object, config: CollectorConfig, kinds: Catalogue) -> EpisodeSource:
    judges = _ModelJudges(language_model_of(client, CallPolicy()))
    return SelfPlayEpisodeGenerator(
        mcts_config=config.mcts, nets=judges, catalogue=kinds, seed=config.seed
    )
