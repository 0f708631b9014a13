"""Play one whole run of a task, awaited: searches, the live net, and an outcome in every case.

Runs awaited side by side share the network's batches. A game is played against oneself to its
end; a derivation is searched anew at each step. What the records look like is `trace_records`;
bulk self-play for training is `games` and `derivations`. Source and departures: as `games`.
"""

from __future__ import annotations

import asyncio
import logging
import time
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch

from graphs.budget import Budget, Spend
from graphs.episode import Episode, Outcome, Step, id_time, new_id
from graphs.mcts.policy import sample_action, visit_policy
from graphs.mcts.search import TreeSearch, arun_search
from graphs.mcts.summary import SearchSummary
from graphs.nets import StoredNets, code_version
from neural.evaluation import Evaluator
from neural.model_files import training_command
from neural.model_store import ModelStore, NoWeightsError
from neural.uniform import UniformEvaluator
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import Answer, Environment, Task, TaskKind, Verdict
from training.selfplay.asked import AskedTask, read_task
from training.selfplay.played import LOST, REFUSED, SOLVER
from training.selfplay.trace_records import documented
from training.selfplay.traces import SelfPlayEpisode, State
from training.settings import load_training_settings
from training.solving import environment_of
from training.system_config import MCTSConfig

log = logging.getLogger(__name__)


class Judges(Protocol):
    """Who judges the positions of a kind: nets (`graphs.nets`), or anything else."""

    def evaluator(self, kind: TaskKind) -> Evaluator | None:
        """Return the judge of the kind, or None where there is none."""
        ...


class PositionSearch(Protocol):
    """A search of one's own, such as `graphs.hybrid.PolicyGuidedMCTS`."""

    async def search(
        self, environment: Environment[Any], state: Any, *, simulations: int, seed: int
    ) -> tuple[int, dict[str, Any]]:
        """Return an action, and at least {summary: SearchSummary}."""
        ...


class ForeignAgentError(TypeError):
    """An agent of one's own where this version only plays with policy/value nets."""


@dataclass(slots=True)
class _Run:
    """A run under way."""

    task: Task
    kind: TaskKind
    position: Any
    steps: list[Step] = field(default_factory=list)
    plan: tuple[int, ...] = ()  # the rest of the last solution that a search saw
    spend: Spend = field(default_factory=Spend)
    weights: str = ""


class SelfPlayEpisodeGenerator:
    """Plays episodes with search and the live net of each task's kind."""

    def __init__(
        self,
        hrm_agent: Any = None,
        trm_agent: Any = None,
        mcts_config: Mapping[str, Any] | MCTSConfig | None = None,
        device: str = "cpu",
        *,
        nets: Judges | None = None,
        search: PositionSearch | None = None,
        catalogue: Catalogue | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Prepare; nets are loaded when a task needs them.

        Args:
            hrm_agent: None; agents of one's own do not play here.
            trm_agent: None.
            mcts_config: num_simulations, c_puct and the other keys of MCTSConfig.
            device: of the nets.
            nets: that play; without them those that are live in TANDEM_HOME, or shipped. Kinds
                that are not learned are searched without a net where there is none.
            search: chooses by itself, instead of search with the nets; c_puct, noise and
                temperature are then its own affair.
            catalogue: of the kinds; the shipped ones without it.
            seed: of noise and choices. The n-th run of a task is the same whatever runs beside it.
            clock: seconds.

        Raises:
            ForeignAgentError: if an agent was given.
            SystemConfigError: if a search setting is unknown or out of range.
        """
        refuse_agents(hrm_agent, trm_agent)
        self.config = (
            mcts_config if isinstance(mcts_config, MCTSConfig) else MCTSConfig.of(mcts_config)
        )
        self._kinds = catalogue or default_catalogue()
        self._nets: Judges = nets or StoredNets(ModelStore(load_training_settings().home), device)
        self._search, self._seed, self._clock = search, seed, clock
        self._times: Counter[str] = Counter()

    async def generate_episode(
        self, task: AskedTask, max_steps: int = 50, timeout: float = 60.0
    ) -> SelfPlayEpisode:
        """Play a task; whatever goes wrong is the episode's outcome, with a reason.

        Args:
            task: a Task, a text that a kind reads, or a mapping with kind and payload.
            max_steps: actions; a run that needs more has failed.
            timeout: seconds for the whole run.

        Returns:
            outcome `success`: the grader passed the derivation, or the player who started did not
            lose the game; `failure`: neither; `timeout`; `error`: the task or its kind, or the
            net, cannot be used. metadata["reason"] says why. What was played until then is kept.
        """
        run: _Run | None = None
        try:
            read = read_task(task, self._kinds)
            kind = self._kinds[read.kind]
            run = _Run(read, kind, environment_of(kind).initial(read))
            async with asyncio.timeout(timeout):
                await self._play(run, max_steps, self._clock() + timeout)
            outcome, reason, answer, verdict = _result(run, max_steps)
            episode = self._episode(run, outcome, reason, answer, verdict)
            return documented(kind, episode)
        except TimeoutError:
            reason = f"no end within {timeout} seconds"
            return self._broken_off(task, run, "out_of_budget", reason)
        except Exception as error:  # noqa: BLE001 the solver's edge: a run must not end its batch
            log.warning("a self-play run failed", extra={"error": repr(error)})
            return self._broken_off(task, run, "error", f"{type(error).__name__}: {error}")

    async def _play(self, run: _Run, max_steps: int, deadline: float) -> None:
        environment = environment_of(run.kind)
        again = self._times[run.task.id]
        self._times[run.task.id] += 1
        rng = np.random.default_rng([self._seed, zlib.crc32(run.task.id.encode()), again])
        limit = max_steps if environment.num_players > 1 else min(max_steps, environment.max_steps)
        while not environment.is_terminal(run.position) and len(run.steps) < limit:
            if self._search is None:
                action, summary = await self._choose(run, environment, rng, deadline)
            else:
                action, about = await self._search.search(
                    environment,
                    run.position,
                    simulations=self.config.num_simulations,
                    seed=int(rng.integers(2**31)),
                )
                summary = about["summary"]
            _advance(run, environment, action, summary)
            await asyncio.sleep(0)  # a run whose judge waits for nobody lets the others on

    async def _choose(
        self,
        run: _Run,
        environment: Environment[Any],
        rng: np.random.Generator,
        deadline: float,
    ) -> tuple[int, SearchSummary]:
        """Search the run's position and choose an action."""
        evaluator = self._nets.evaluator(run.kind)
        if evaluator is None and run.kind.solved_by != "learned":
            evaluator = UniformEvaluator()  # the kind has no net yet: search finds ends by itself
        elif evaluator is None:
            raise NoWeightsError(
                f"no weights for {run.kind.name}; train them: {training_command(run.kind.name)}"
            )
        run.weights = evaluator.name.partition("@")[2]
        alone, place = environment.num_players == 1, len(run.steps)
        search = TreeSearch(
            environment,
            [run.position],
            self.config.searching(stop_at_solution=alone),
            rng,
            root_depths=[place],
            clock=self._clock,
        )
        await arun_search(
            search, environment, evaluator, should_stop=lambda: self._clock() >= deadline
        )
        if self._clock() >= deadline:
            raise TimeoutError
        summary = search.summary(0)
        visits = np.array(summary.visit_counts)
        run.plan = search.solution(0) or run.plan[1:]
        temperature = self.config.temperature(place)
        if alone and run.plan:
            return run.plan[0], summary
        if not alone and temperature > 0.0:
            return sample_action(visit_policy(visits, temperature), rng), summary
        return int(visits.argmax()), summary

    def _episode(
        self,
        run: _Run,
        outcome: Outcome,
        reason: str,
        answer: Answer | None = None,
        verdict: Verdict | None = None,
    ) -> Episode:
        identity = new_id()
        versions = {"code": code_version()}
        if run.weights:
            versions[f"net:{run.kind.name}"] = run.weights
        return Episode(
            id=identity,
            task=run.task,
            solver=SOLVER,
            versions=versions,
            mode="neural_only",
            seed=self._seed,
            budget=Budget(),
            spend=run.spend,
            outcome=outcome,
            started_at=id_time(identity),
            origin="selfplay",
            answer=answer,
            verdict=verdict,
            source="search" if run.steps else "none",
            steps=tuple(run.steps),
            failure=reason,
        )

    def _broken_off(
        self, asked: AskedTask, run: _Run | None, outcome: Outcome, reason: str
    ) -> SelfPlayEpisode:
        if run is not None:
            try:
                return documented(run.kind, self._episode(run, outcome, reason))
            except Exception as error:  # noqa: BLE001 the same edge: the kind's own code is broken
                reason = f"{reason}; and its record cannot be made: {error!r}"
        return SelfPlayEpisode(
            task_id=run.task.id if run is not None else _name_of(asked),
            initial_state=State("", torch.zeros(0)),
            actions=[],
            states=[],
            rewards=[],
            mcts_traces=[],
            outcome="timeout" if outcome == "out_of_budget" else "error",
            metadata={"reason": reason},
        )


def refuse_agents(hrm_agent: Any, trm_agent: Any) -> None:
    """Refuse agents, which cannot play or train yet.

    Raises:
        ForeignAgentError: if there is one.
    """
    if hrm_agent is not None or trm_agent is not None:
        raise ForeignAgentError(
            "hrm_agent and trm_agent must be None: self-play uses policy/value nets"
        )


def _advance(run: _Run, environment: Environment[Any], action: int, summary: SearchSummary) -> None:
    """Make an action and record it."""
    legal = np.flatnonzero(environment.legal(run.position)).tolist()
    step = Step(
        state=environment.describe(run.position),
        legal=tuple(legal),
        to_play=environment.to_play(run.position),
        action=action,
        action_text=environment.describe_action(run.position, action),
        search=summary,
    )
    run.position = environment.step(run.position, action)
    run.steps.append(step)
    run.spend.simulations += summary.simulations
    run.spend.evaluations += summary.evaluations
    run.spend.seconds += summary.seconds


def _result(run: _Run, max_steps: int) -> tuple[Outcome, str, Answer | None, Verdict | None]:
    """Return how a run ended that nothing broke off."""
    environment = environment_of(run.kind)
    ended = environment.is_terminal(run.position)
    actions = tuple(step.action for step in run.steps)
    if not ended:
        return "failed", f"no end within {max_steps} actions", None, None
    if not actions:
        return "error", "the task starts at an end; there is nothing to play", None, None
    answer = run.kind.answer_from_actions(run.task, actions)
    if environment.num_players > 1:
        result = float(environment.returns(run.position)[run.steps[0].to_play])
        return ("solved", "", answer, None) if result >= 0 else ("failed", LOST, answer, None)
    verdict = run.kind.grade(run.task, answer)
    if verdict.passed:
        return "solved", "", answer, verdict
    return "failed", REFUSED, answer, verdict


def _name_of(asked: AskedTask) -> str:
    if isinstance(asked, Task):
        return asked.id
    if isinstance(asked, Mapping):
        return str(asked.get("task_id", asked.get("id", "")))
    return ""
