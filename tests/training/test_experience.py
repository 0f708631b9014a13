"""The buffer of experience: nothing lost, nothing but data, order and draws that repeat."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from neural.inference import NetEvaluator
from tasks.protocol import TaskKind
from tests.training.conftest import random_net
from training.experience import BrokenExperienceError, ExperienceBuffer, ExperienceError
from training.policy_example import PolicyTrainingExample, policy_examples
from training.record_files import UnstorableRecordError
from training.selfplay.games import GameConfig, play_games
from training.selfplay.played import to_episode
from training.selfplay.trace_records import documented
from training.selfplay.traces import Action, MCTSTrace, SelfPlayEpisode, State


def example(number: int) -> PolicyTrainingExample:
    state, policy = torch.full((3,), float(number)), torch.tensor([0.25, 0.75])
    return PolicyTrainingExample(state, policy, 0.1 * number, number % 2, {"step": number})


def small_episode(number: int) -> SelfPlayEpisode:
    rng = np.random.default_rng(number)
    states = [
        State(f"{number}-{n}", torch.from_numpy(rng.random(9, np.float32)), {"to_play": n % 2})
        for n in range(3)
    ]
    traces = [
        MCTSTrace(
            state.state_id,
            8,
            {"0": 5, "1": 3},
            {"0": float(rng.random()), "1": -0.1},
            {"0": 0.5, "1": 0.5},
            "0",
            3,
            float(rng.random()),
            {state.state_id: float(rng.random())},
        )
        for state in states[:2]
    ]
    moves = [Action("0", "move", {"text": "a"}, 0.625)] * 2
    return SelfPlayEpisode(
        f"task-{number}", states[0], moves, states, [0.0, 1.0], traces, "failure", {"seed": number}
    )


@pytest.fixture(scope="module")
def played(tictactoe: TaskKind) -> list[SelfPlayEpisode]:
    starts = [tictactoe.generate(n, 0.2, "train") for n in range(6)]
    evaluator = NetEvaluator(random_net(tictactoe))
    games = play_games(tictactoe, evaluator, starts, GameConfig(simulations=8), 0)
    return [documented(tictactoe, to_episode(tictactoe, g, {"code": "1"}, 0)) for g in games]


def test_ten_thousand_episodes_come_back_without_loss(tmp_path: Path) -> None:
    buffer = ExperienceBuffer(10_000, tmp_path)
    buffer.add_batch(small_episode(number) for number in range(10_000))
    path = buffer.save()
    other = ExperienceBuffer(10_000, tmp_path)
    assert other.load() == 10_000
    assert other.get_all() == buffer.get_all()
    assert path.stat().st_size < 20e6
    assert [p.name for p in tmp_path.iterdir()] == ["experience.safetensors"]


def test_played_games_and_their_examples_come_back_without_loss(
    played: list[SelfPlayEpisode], tmp_path: Path
) -> None:
    buffer = ExperienceBuffer(1000, tmp_path)
    buffer.add_batch(played)
    buffer.add_batch(policy_examples(played))
    buffer.save("mixed")
    other = ExperienceBuffer(1000, tmp_path)
    other.load("mixed")
    assert other.get_all() == buffer.get_all()
    assert {type(record) for record in other.get_all()} == {SelfPlayEpisode, PolicyTrainingExample}


def test_one_changed_number_is_seen(played: list[SelfPlayEpisode]) -> None:
    state = played[0].states[0]
    changed = replace(state, representation=state.representation + 1)
    assert changed != state
    first = policy_examples(played)[0]
    assert replace(first, policy=first.policy.flip(0)) != first


def test_the_oldest_make_room() -> None:
    buffer = ExperienceBuffer(3)
    buffer.add_batch(example(n) for n in range(5))
    assert buffer.get_all() == [example(2), example(3), example(4)]
    assert (len(buffer), buffer.added) == (3, 5)


def test_a_smaller_buffer_keeps_the_newest_of_a_file(tmp_path: Path) -> None:
    buffer = ExperienceBuffer(5, tmp_path)
    buffer.add_batch(example(n) for n in range(5))
    buffer.save()
    small = ExperienceBuffer(2, tmp_path)
    assert small.load() == 2
    assert small.get_all() == [example(3), example(4)]


def test_draws_repeat_and_go_on_after_a_load(tmp_path: Path) -> None:
    buffers = [ExperienceBuffer(50, tmp_path, seed=s) for s in (7, 7, 8)]
    for buffer in buffers:
        buffer.add_batch(example(n) for n in range(50))
    first, same, other = (buffer.sample(10) for buffer in buffers)
    assert first == same != other
    assert (
        len({record.action for record in first if isinstance(record, PolicyTrainingExample)}) == 2
    )
    buffers[0].save()
    going_on = ExperienceBuffer(50, tmp_path)
    going_on.load()
    assert going_on.sample(10) == buffers[0].sample(10)
    given = [buffers[0].sample(5, np.random.default_rng(3)) for _ in range(2)]
    assert given[0] == given[1]


def test_a_draw_is_without_repeats_and_at_most_everything() -> None:
    buffer = ExperienceBuffer(50)
    with pytest.raises(ExperienceError, match="0 records"):
        buffer.sample(3)
    buffer.add_batch(example(n) for n in range(5))
    drawn = buffer.sample(9)
    assert sorted(r.value for r in drawn if isinstance(r, PolicyTrainingExample)) == [
        0.1 * n for n in range(5)
    ]


@pytest.mark.parametrize("damage", ["flip", "cut", "foreign", "empty", "missing"])
def test_a_damaged_file_is_refused_and_the_buffer_stays(damage: str, tmp_path: Path) -> None:
    buffer = ExperienceBuffer(5, tmp_path)
    buffer.add_batch(example(n) for n in range(5))
    path = buffer.save()
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[-3] ^= 1
    changed = {"flip": data, "cut": data[:-40], "foreign": b"\x80\x04K\x01.", "empty": b""}
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(bytes(changed[damage]))
    before = buffer.get_all()
    with pytest.raises(BrokenExperienceError, match="restore the file"):
        buffer.load()
    assert buffer.get_all() == before


def test_every_flipped_byte_is_noticed(tmp_path: Path) -> None:
    buffer = ExperienceBuffer(2, tmp_path)
    buffer.add(example(1))
    path = buffer.save()
    whole = path.read_bytes()
    for place in range(8, len(whole), 7):
        data = bytearray(whole)
        data[place] ^= 0x15
        path.write_bytes(bytes(data))
        try:
            buffer.load()
        except BrokenExperienceError:
            continue
        assert buffer.get_all() == [example(1)]  # a blank in the header is no damage


@pytest.mark.parametrize("value", [object(), {1: 2}, {"$": 1}, np.float32(1.0), float("nan")])
def test_what_is_no_data_is_not_stored(value: Any, tmp_path: Path) -> None:
    buffer = ExperienceBuffer(5, tmp_path)
    buffer.add(replace(example(1), metadata={"odd": value}))
    with pytest.raises(UnstorableRecordError):
        buffer.save()
    assert not list(tmp_path.iterdir())


def test_there_must_be_room_and_a_place(tmp_path: Path) -> None:
    with pytest.raises(ExperienceError, match="max_size"):
        ExperienceBuffer(0)
    with pytest.raises(ExperienceError, match="save_dir"):
        ExperienceBuffer(3).save()
    with pytest.raises(ExperienceError, match="no file name"):
        ExperienceBuffer(3, tmp_path).save("../out")
