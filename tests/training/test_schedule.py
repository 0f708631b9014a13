from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.training.conftest import GAME
from training.cli import app
from training.selfplay.games import GameConfig
from training.selfplay.recipes import Recipe, with_schedules
from training.selfplay.schedule import Schedule, ScheduleError, read_schedule
from training.selfplay.shards import load_manifest


def test_a_schedule_goes_in_equal_steps_and_stays() -> None:
    schedule = read_schedule("1:0.5:3")
    assert [schedule.at(n) for n in (1, 2, 3, 4, 100)] == [1.0, 0.75, 0.5, 0.5, 0.5]
    assert [read_schedule("0.25").at(n) for n in (1, 9)] == [0.25, 0.25]


@given(st.floats(0, 2), st.floats(0, 2), st.integers(1, 50), st.integers(1, 99))
def test_a_schedule_never_leaves_its_ends(a: float, b: float, length: int, at: int) -> None:
    assert min(a, b) - 1e-9 <= Schedule(a, b, length).at(at) <= max(a, b) + 1e-9


@pytest.mark.parametrize("text", ["", "x", "1:2", "1:2:0", "-1:0:3", "1:2:3:4", "nan:1:2"])
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError, match="schedule"):
        read_schedule(text)


def test_a_recipe_plays_each_iteration_with_its_own_noise_and_temperature() -> None:
    recipe = Recipe(
        games=GameConfig(simulations=9),
        noise=read_schedule("0.4:0.0:5"),
        temperature=read_schedule("1:0.5:2"),
    )
    first, last = recipe.games_of(1), recipe.games_of(9)
    assert (first.noise_share, first.temperature, first.simulations) == (0.4, 1.0, 9)
    assert (last.noise_share, last.temperature, last.simulations) == (0.0, 0.5, 9)
    assert Recipe().games_of(7) == Recipe().games


def test_a_share_of_noise_stays_below_one() -> None:
    assert with_schedules(Recipe(), "1:0:4", None).noise == Schedule(1.0, 0.0, 4)
    with pytest.raises(ScheduleError, match="1 or less"):
        with_schedules(Recipe(), "0.5:1.5:4", None)
    assert with_schedules(Recipe(), None, "1.5").temperature == Schedule(1.5, 1.5, 1)


def test_the_command_line_takes_schedules_from_their_first_iteration_on(tmp_path: Path) -> None:
    command = ["self-play", "--kind", GAME, "--games", "6", "--iterations", "1", "--workers", "0"]
    games = {}
    for name, options in {
        "plain": [],
        "the recipe's own": ["--noise", "0.25:0:9", "--temperature", "1:0.5:9"],
        "less noise": ["--noise", "0.05:0:9"],
        "colder": ["--temperature", "0.2"],
    }.items():
        home = ["--home", str(tmp_path / name), "--fresh", "--no-promote"]
        done = CliRunner().invoke(app, [*command, *home, *options])
        assert done.exit_code == 0, done.output
        (shard,) = (tmp_path / name).rglob("shards/*.json")
        games[name] = load_manifest(shard)["games_sha256"]
    assert games["plain"] == games["the recipe's own"]
    assert len(set(games.values())) == 3
    wrong = CliRunner().invoke(app, [*command, "--home", str(tmp_path), "--noise", "1:2"])
    assert wrong.exit_code == 2
    assert "START:END:ITERATIONS" in wrong.output
