"""Documented episodes: really played, every end an outcome, the same run in both forms."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from graphs.mcts.policy import visit_policy
from graphs.nets import FixedNets
from neural.inference import NetEvaluator
from neural.model_files import Model
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import Task, TaskKind
from tests.training.conftest import EQUATION, GAME, random_net
from training.extraction import TrainingDataExtractor
from training.selfplay.episode_generator import ForeignAgentError, SelfPlayEpisodeGenerator
from training.selfplay.games import GameConfig, play_games
from training.selfplay.played import from_episode, to_episode
from training.selfplay.trace_records import documented, undocumented
from training.selfplay.traces import SelfPlayEpisode
from training.solving import environment_of
from training.system_config import MCTSConfig, SystemConfigError

SEARCH = {"num_simulations": 16, "c_puct": 1.25}
EASY = {"kind": EQUATION, "problem": "3x + 5 = 17"}


def generator(*models: Model, seed: int = 0, search: Any = SEARCH) -> SelfPlayEpisodeGenerator:
    nets = FixedNets({model.card.kind: NetEvaluator(model) for model in models})
    return SelfPlayEpisodeGenerator(mcts_config=search, nets=nets, seed=seed)


@pytest.fixture(scope="module")
def shipped(equations: TaskKind, tictactoe: TaskKind) -> list[Model]:
    return [ModelStore(None).active(kind) for kind in (equations, tictactoe)]


def without_times(episode: SelfPlayEpisode) -> list[Any]:
    return [
        (action.action_id, trace.visit_counts, trace.q_values, trace.prior_probs)
        for action, trace in zip(episode.actions, episode.mcts_traces, strict=True)
    ]


async def test_a_game_is_played_to_its_end_with_a_trace_per_move(tictactoe: TaskKind) -> None:
    task = tictactoe.parse("tic-tac-toe: best first move")
    assert task is not None
    episode = await generator(random_net(tictactoe)).generate_episode(task)
    environment = environment_of(tictactoe)
    position = environment.initial(task)
    for action, state, trace in zip(
        episode.actions, episode.states, episode.mcts_traces, strict=False
    ):
        legal = environment.legal(position).nonzero()[0].tolist()
        assert state.representation.numpy().tolist() == environment.observe(position).tolist()
        assert trace.root_state_id == state.state_id
        assert sorted(map(int, trace.visit_counts)) == legal
        assert sum(trace.visit_counts.values()) == trace.num_simulations == 16
        assert trace.selected_action == action.action_id
        assert sum(trace.prior_probs.values()) == pytest.approx(1.0, abs=1e-5)
        assert trace.tree_depth >= 1
        assert set(trace.value_estimates) > {trace.root_state_id}
        position = environment.step(position, int(action.action_id))
    assert environment.is_terminal(position)
    result = environment.returns(position)[0]
    assert episode.outcome == ("success" if result >= 0 else "failure")
    assert episode.total_reward == result
    assert len(episode.states) == episode.episode_length + 1 == len(episode.mcts_traces) + 1


async def test_a_derivation_is_searched_at_every_step_and_graded(shipped: list[Model]) -> None:
    episode = await generator(*shipped).generate_episode("3x + 5 = 17")
    assert episode.outcome == "success"
    assert episode.metadata["kind"] == EQUATION
    assert episode.episode_length == len(episode.mcts_traces) > 0
    assert episode.total_reward == 1.0
    assert episode.search_efficiency > 0
    assert "x = 4" in episode.states[-1].metadata["text"]
    examples = TrainingDataExtractor().extract_examples([episode])
    assert examples["reasoning"][0].state == "3x + 5 = 17"
    assert len(examples["reasoning"][0].target) == episode.episode_length
    length = episode.episode_length
    expected = [0.99 ** (length - 1 - step) for step in range(length)]
    assert [e.target for e in examples["value"]] == pytest.approx(expected)


async def test_extracted_policies_are_the_visits_of_each_search(tictactoe: TaskKind) -> None:
    episode = await generator(random_net(tictactoe)).generate_episode(
        tictactoe.generate(3, 0.5, "train")
    )
    policies = TrainingDataExtractor().extract_examples([episode])["policy"]
    assert len(policies) == episode.episode_length
    for example, trace in zip(policies, episode.mcts_traces, strict=True):
        counts = np.zeros(9, np.int64)
        for action, count in trace.visit_counts.items():
            counts[int(action)] = count
        shares = [example.target.get(str(action), 0.0) for action in range(9)]
        assert shares == pytest.approx(visit_policy(counts, 1.0).tolist())


async def test_random_weights_solve_less_than_trained_ones(
    shipped: list[Model], equations: TaskKind
) -> None:
    tasks = [equations.generate(n, 0.5, "test") for n in range(8)]

    async def solved(model: Model) -> int:
        player = generator(model, search={"num_simulations": 8, "noise_share": 0.0})
        episodes = await asyncio.gather(*(player.generate_episode(task, 20) for task in tasks))
        assert {e.outcome for e in episodes} <= {"success", "failure"}
        return sum(e.outcome == "success" for e in episodes)

    assert await solved(shipped[0]) >= await solved(random_net(equations)) + 5


async def test_the_same_seed_gives_the_same_runs_whatever_runs_beside_them(
    tictactoe: TaskKind,
) -> None:
    tasks = [tictactoe.generate(n, 0.2, "train") for n in range(6)]
    model = random_net(tictactoe)
    beside = generator(model, seed=4)
    together = await asyncio.gather(*(beside.generate_episode(t) for t in tasks))
    alone = generator(model, seed=4)
    apart = [await alone.generate_episode(t) for t in tasks]
    assert [without_times(e) for e in together] == [without_times(e) for e in apart]
    other = [await generator(model, seed=5).generate_episode(t) for t in tasks]
    assert [without_times(e) for e in other] != [without_times(e) for e in apart]
    # a second run of a task is another one
    again = [await alone.generate_episode(t) for t in tasks]
    assert [without_times(e) for e in again] != [without_times(e) for e in apart]


async def test_no_time_is_an_outcome_and_the_others_of_a_batch_go_on(shipped: list[Model]) -> None:
    player = generator(*shipped)
    none, played = await asyncio.gather(
        player.generate_episode(EASY, timeout=0), player.generate_episode(EASY)
    )
    assert none.outcome == "timeout"
    assert "0 seconds" in none.metadata["reason"]
    assert none.episode_length == 0
    assert played.outcome == "success"
    assert TrainingDataExtractor().extract_examples([none, played])["policy"]


async def test_what_was_played_before_the_time_was_up_is_kept(tictactoe: TaskKind) -> None:
    ticks = iter(range(10**9))
    nets = FixedNets({GAME: NetEvaluator(random_net(tictactoe))})
    player = SelfPlayEpisodeGenerator(
        mcts_config=SEARCH, nets=nets, clock=lambda: float(next(ticks))
    )
    episode = await player.generate_episode("tic-tac-toe: best first move", timeout=60)
    assert episode.outcome == "timeout"
    assert 0 < episode.episode_length < 5
    assert len(episode.mcts_traces) == episode.episode_length
    assert not any(TrainingDataExtractor().extract_examples([episode]).values())


async def test_too_few_steps_are_a_failure_with_its_reason(shipped: list[Model]) -> None:
    episode = await generator(*shipped).generate_episode(EASY, max_steps=1)
    assert episode.outcome == "failure"
    assert episode.metadata["reason"] == "no end within 1 actions"
    assert episode.total_reward < 0


class _BrokenJudge:
    """A judge that fails after some evaluations."""

    def __init__(self, model: Model, good: int) -> None:
        self._net, self._good = NetEvaluator(model), good
        self.name = self._net.name

    async def evaluate(self, environment: Any, states: Sequence[Any]) -> Any:
        self._good -= 1
        if self._good < 0:
            raise ArithmeticError("the judge broke")
        return await self._net.evaluate(environment, states)


class _Broken:
    def __init__(self, model: Model) -> None:
        self._judge = _BrokenJudge(model, 40)

    def evaluator(self, kind: TaskKind) -> Any:
        return self._judge


async def test_an_evaluator_that_raises_is_an_outcome_with_what_was_played(
    tictactoe: TaskKind,
) -> None:
    player = SelfPlayEpisodeGenerator(mcts_config=SEARCH, nets=_Broken(random_net(tictactoe)))
    episode = await player.generate_episode("tic-tac-toe: best first move")
    assert episode.outcome == "error"
    assert episode.metadata["reason"] == "ArithmeticError: the judge broke"
    assert episode.episode_length > 0


class _BrokenRules:
    """Tic-tac-toe whose rules fail once a stone lies in the centre."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def step(self, state: Any, action: int) -> Any:
        if action == 4:
            raise KeyError("the rules of the centre are missing")
        return self._real.step(state, action)


@pytest.fixture
def broken_kinds(tictactoe: TaskKind) -> Catalogue:
    class Kind:
        name = "own/broken"
        environment = _BrokenRules(environment_of(tictactoe))

        def __getattr__(self, name: str) -> Any:
            return getattr(tictactoe, name)

    return Catalogue([Kind(), *default_catalogue()])  # type: ignore[list-item]


async def test_a_kind_that_raises_leaves_the_rest_of_the_batch_alone(
    broken_kinds: Catalogue, tictactoe: TaskKind
) -> None:
    evaluator = NetEvaluator(random_net(tictactoe))
    player = SelfPlayEpisodeGenerator(
        mcts_config=SEARCH,
        nets=FixedNets({GAME: evaluator, "own/broken": evaluator}),
        catalogue=broken_kinds,
    )
    good = tictactoe.parse("tic-tac-toe: best first move")
    assert good is not None
    episodes = await asyncio.gather(
        player.generate_episode(replace(good, kind="own/broken")), player.generate_episode(good)
    )
    assert [e.outcome for e in episodes[1:]] in (["success"], ["failure"])
    assert episodes[0].outcome == "error"
    assert "rules of the centre" in episodes[0].metadata["reason"]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("what is love", "no kind reads"),
        ({"kind": "math/astrology", "problem": "x"}, "no task kind"),
        ({"nothing": 1}, "expected a Task"),
        ({"kind": GAME, "payload": {"board": "XXXXXXXXX"}}, "InvalidTaskError"),
        (17, "TypeError"),
    ],
)
async def test_what_is_no_task_is_an_error_with_its_reason(asked: Any, reason: str) -> None:
    episode = await generator().generate_episode(asked)
    assert episode.outcome == "error"
    assert reason in episode.metadata["reason"]
    assert not any(TrainingDataExtractor().extract_examples([episode]).values())


async def test_missing_weights_are_an_error_that_names_the_command() -> None:
    episode = await generator().generate_episode(EASY)
    assert episode.outcome == "error"
    assert "training.cli self-play --kind math/equations" in episode.metadata["reason"]


async def test_a_payload_is_a_task_too(tictactoe: TaskKind) -> None:
    asked = {"kind": GAME, "payload": {"board": "XO..X...."}}
    episode = await generator(random_net(tictactoe)).generate_episode(asked)
    assert episode.outcome in ("success", "failure")
    assert episode.states[0].metadata["to_play"] == 1


async def test_a_cancelled_run_stops(tictactoe: TaskKind) -> None:
    player = generator(random_net(tictactoe), search={"num_simulations": 100_000})
    run = asyncio.create_task(player.generate_episode("tic-tac-toe: best first move"))
    await asyncio.sleep(0.05)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run


async def test_an_episode_comes_back_from_its_documented_form(
    shipped: list[Model], catalogue: Catalogue
) -> None:
    player = generator(*shipped)
    for asked in (EASY, "tic-tac-toe: best first move", {**EASY, "problem": "2x = x + 3"}):
        shown = await player.generate_episode(asked, max_steps=3)
        record = undocumented(catalogue, shown)
        assert documented(catalogue[record.task.kind], record) == shown


def test_games_in_columns_come_back_from_their_documented_form(
    tictactoe: TaskKind, catalogue: Catalogue
) -> None:
    starts: list[Task] = [tictactoe.generate(n, 0.4, "train") for n in range(8)]
    evaluator = NetEvaluator(random_net(tictactoe))
    for game in play_games(tictactoe, evaluator, starts, GameConfig(simulations=8), 1):
        episode = to_episode(tictactoe, game, {"code": "1"}, 1)
        shown = documented(tictactoe, episode)
        assert undocumented(catalogue, shown) == episode
        assert from_episode(undocumented(catalogue, shown)) == game


def test_agents_and_settings_that_cannot_be_used_are_refused() -> None:
    with pytest.raises(ForeignAgentError, match="must be None"):
        SelfPlayEpisodeGenerator(hrm_agent=object())
    with pytest.raises(SystemConfigError, match="unknown mcts keys sims"):
        SelfPlayEpisodeGenerator(mcts_config={"sims": 3})
    with pytest.raises(SystemConfigError, match="simulations is 0"):
        MCTSConfig(num_simulations=0)
    with pytest.raises(SystemConfigError, match="temperatures"):
        MCTSConfig(temperature_init=-1.0)
