"""The documented generators: repeatable, harder by number, solvable and right; played as made."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from graphs.nets import FixedNets
from tasks.catalogue import Catalogue, UnknownKindError, default_catalogue
from tasks.open import OpenKind
from tasks.protocol import Answer, InvalidTaskError, Task
from tasks.search.tictactoe import TicTacToeKind
from training.self_play_generator import (
    DifficultyRangeError,
    MathProblemGenerator,
    MCTSSearchTaskGenerator,
    MultiStepReasoningGenerator,
    SelfPlayEpisodeGenerator,
)
from training.selfplay.asked import read_task
from training.task_answers import NoSolverError, exact_answer

KINDS = default_catalogue()
KEYS = {"task_id", "type", "difficulty", "problem", "answer", "steps", "kind", "payload", "seed",
        "split"}  # fmt: skip
TYPES = {
    MathProblemGenerator: {"arithmetic", "linear", "quadratic", "system", "calculus", "polynomial"},
    MultiStepReasoningGenerator: {"logic", "planning", "constraint_satisfaction"},
    MCTSSearchTaskGenerator: {"game_state", "optimisation", "path_finding"},
}
GENERATORS = pytest.mark.parametrize("made", TYPES, ids=lambda made: made.__name__)


def rebuilt(made: dict[str, Any]) -> Task:
    return read_task(json.loads(json.dumps(made)), KINDS)


@GENERATORS
def test_the_same_seed_makes_the_same_tasks(made: Any) -> None:
    first = made(seed=7).generate(12)
    again = made(seed=7)
    assert first == again.generate(12) == again.generate(12)
    assert first != made(seed=8).generate(12)


@GENERATORS
def test_tasks_have_their_keys_and_every_type(made: Any) -> None:
    tasks = made().generate(30)
    assert {task["type"] for task in tasks} == TYPES[made]
    for task in tasks:
        assert set(task) == KEYS
        assert json.loads(json.dumps(task)) == task
        assert task["problem"].strip()
        assert task["answer"].strip()
    assert len({task["task_id"] for task in tasks}) == len(tasks)


@GENERATORS
def test_difficulty_grows_with_the_number_within_its_range(made: Any) -> None:
    hard = [task["difficulty"] for task in made((0.2, 0.6)).generate(20)]
    assert hard[0] == 0.2
    assert hard[-1] == 0.6
    assert all(later > earlier for earlier, later in pairwise(hard))


@GENERATORS
def test_answers_pass_after_a_way_through_json_and_others_fail(made: Any) -> None:
    tasks = made(seed=3).generate(30)
    for number, task in enumerate(tasks):
        kind, read = KINDS[task["kind"]], rebuilt(task)
        assert (read.id, read.prompt) == (task["task_id"], task["problem"])
        assert kind.grade(read, Answer(task["answer"])).passed
        parsed = kind.parse(task["problem"])
        assert parsed is not None
        assert parsed.payload == read.payload
        others = {other["answer"] for other in tasks[number % 5 :: 5]} - {task["answer"]}
        others = {o for o in others if not o.isdigit() or task["type"] != "game_state"}
        failed = sum(kind.grade(read, Answer(other)).passed is not True for other in others)
        assert failed >= len(others) - 1  # such as a move or a letter that is right in both


def test_steps_are_there_where_a_derivation_exists() -> None:
    tasks = [*MathProblemGenerator().generate(10), *MultiStepReasoningGenerator().generate(9)]
    with_steps = {task["type"] for task in tasks if task["steps"]}
    assert with_steps >= {"arithmetic", "linear", "quadratic", "system", "calculus", "logic"}


@pytest.mark.slow
@GENERATORS
def test_nearly_all_of_two_thousand_tasks_differ(made: Any) -> None:
    tasks = made().generate(2000)
    different = {(task["kind"], json.dumps(task["payload"])) for task in tasks}
    assert len(different) >= 0.95 * len(tasks)


@pytest.mark.parametrize("wrong", [(-0.1, 0.5), (0.6, 0.5), (0.5, 1.1), (float("nan"), 1.0)])
def test_a_range_that_is_none_is_refused(wrong: tuple[float, float]) -> None:
    with pytest.raises(DifficultyRangeError, match="expected 0 <= first <= last <= 1"):
        MathProblemGenerator(wrong)


def test_a_missing_kind_is_named() -> None:
    with pytest.raises(UnknownKindError, match="math/arithmetic"):
        MathProblemGenerator(catalogue=Catalogue([TicTacToeKind()]))


def test_a_kind_without_means_has_no_exact_answer() -> None:
    kind = OpenKind()
    task = kind.parse(kind.examples[0])
    assert task is not None
    with pytest.raises(NoSolverError, match="open"):
        exact_answer(kind, task)


def test_what_a_made_task_says_of_itself_is_checked() -> None:
    made = MathProblemGenerator().generate(1)[0]
    for wrong in ({"seed": "x"}, {"split": "exam"}, {"difficulty": None}):
        with pytest.raises(InvalidTaskError, match="expected a whole number"):
            read_task({**made, **wrong}, KINDS)


@GENERATORS
async def test_made_tasks_are_played_without_a_net_unless_the_kind_is_learned(made: Any) -> None:
    player = SelfPlayEpisodeGenerator(
        mcts_config={"num_simulations": 32}, nets=FixedNets({}), catalogue=KINDS
    )
    outcomes = []
    for task in made((0.0, 0.1), seed=5).generate(6):
        episode = await player.generate_episode(task, max_steps=40, timeout=20.0)
        assert episode.task_id == task["task_id"]
        if KINDS[task["kind"]].solved_by == "learned":
            assert "no weights" in episode.metadata["reason"]
            continue
        assert episode.outcome in ("success", "failure"), episode.metadata
        assert episode.mcts_traces
        outcomes.append(episode.outcome)
    assert len(outcomes) >= 4
    # 32 simulations know nothing of long ways: a round trip that is not the shortest has failed
    assert "success" in outcomes or made is MCTSSearchTaskGenerator


async def test_made_tasks_are_played_with_the_shipped_nets() -> None:
    tasks = MathProblemGenerator((0.0, 0.2)).generate(2)
    episode = await SelfPlayEpisodeGenerator(catalogue=KINDS).generate_episode(tasks[1])
    assert tasks[1]["type"] == "linear"
    assert episode.outcome == "success"
