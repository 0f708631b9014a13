"""The command line as a user runs it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.logs import QUIET
from app.terminal_game import game_named, play_game
from graphs.store.store import Store
from neural.model_store import ModelStore
from tasks.catalogue import default_catalogue
from tasks.search.connect_four_rules import position_from_moves
from tests.app.conftest import BOARD, EQUATION, QUESTION, give_weights, settings_for

COMMANDS = ("solve", "serve", "play", "replay", "episodes", "kinds", "check-kind", "backup")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TANDEM_SIMULATIONS", "200")
    give_weights(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """`serve` sets the process's logging up, here onto a stream that ends with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, quiet_level in levels.items():
        logging.getLogger(name).setLevel(quiet_level)


def tandem(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=typed)


def solved(*arguments: str) -> dict[str, Any]:
    result = tandem("solve", *arguments, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_help_of_every_command_has_an_example() -> None:
    groups = {"trace": ("show",), "models": ("list", "use", "history")}
    nested = [[group, name] for group, names in groups.items() for name in names]
    for name in [*([c] for c in (*COMMANDS, "restore", "forget", "opt-out")), *nested]:
        result = tandem(*name, "--help")
        assert result.exit_code == 0
        assert "Example:" in result.output, name


def test_program_answers_in_a_process_of_its_own(home: Path) -> None:
    command = [sys.executable, "-m", "app.cli", "solve", EQUATION]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        command,
        cwd=home,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    told = dict(re.findall(r"^(\w+) {2,}(\S.*)$", done.stdout, re.M))
    assert told["answer"] == "x = 4"
    assert told["verified"] == "yes"
    assert {"source", "confidence", "simulations", "seconds", "spend", "episode"} <= set(told)


def test_json_is_the_object_that_the_server_says(home: Path) -> None:
    told = solved(EQUATION)
    assert told["verified"] is True
    with Store.open(home) as store:
        episode = store.episode(told["episode_id"], default_catalogue())
    assert episode.origin == "cli"
    assert episode.spend.simulations == told["simulations"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([QUESTION], "TANDEM_MODEL"),
        (["solve x + y = 3"], "two unknowns"),
        (["  "], "empty"),
        ([EQUATION, "--mode", "magic"], "neural_only"),
    ],
)
def test_bad_input_is_explained_with_exit_code_2(
    home: Path, arguments: list[str], said: str
) -> None:
    result = tandem("solve", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", [("serve", "--port", "0"), ("solve", EQUATION)])
@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TANDEM_MODEL", "nobody", "names no provider"),
        ("TANDEM_MODEL", "scripted:nobody", "no script"),
        ("TANDEM_KINDS", "no.such.module", "cannot import"),
        ("TANDEM_HOME", "/dev/null/home", "cannot be made"),
        ("TANDEM_DATABASE_URL", "junk", "database URL"),
    ],
)
def test_setting_that_cannot_work_is_one_line_before_anything_starts(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    variable: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(variable, value)
    result = tandem(*command)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_failed_run_exits_with_1(home: Path) -> None:
    assert (
        tandem("solve", "12(3x - 4(2x + 7)) = 5(x - 3(2x - 1)) + 4", "--simulations", "1").exit_code
        == 1
    )


def test_replay_meets_every_decision_again(home: Path) -> None:
    for text in (EQUATION, BOARD, "solve 2x = 6, then 3y = x + 9"):
        result = tandem("replay", solved(text, "--seed", "3")["episode_id"])
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("equal:")


def test_replay_uses_the_recorded_weights_not_the_live_ones(home: Path) -> None:
    episode_id = solved(EQUATION)["episode_id"]
    ModelStore(home).use("random:2", default_catalogue().learned())
    assert tandem("replay", episode_id).exit_code == 0


def test_replay_tells_a_tampered_record(home: Path) -> None:

    episode_id = solved(EQUATION)["episode_id"]
    with Store.open(home) as store:
        episode = store.episode(episode_id, default_catalogue())
        store.save_episode(replace(episode, spend=replace(episode.spend, simulations=1)))
    result = tandem("replay", episode_id)
    assert result.exit_code == 1
    assert "simulations: recorded 1, now" in result.stdout


def test_run_with_a_language_model_is_called_not_repeatable(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_MODEL", "scripted:echo")
    result = tandem("replay", solved(QUESTION)["episode_id"])
    assert result.exit_code == 1
    assert "not repeatable: a language model (scripted/echo)" in result.stdout


def test_trace_shows_the_makers_of_a_run(home: Path) -> None:
    result = tandem("trace", "show", solved(EQUATION)["episode_id"])
    assert result.stdout.startswith("solve")
    assert "search" in result.stdout
    assert tandem("trace", "show", "nothing").exit_code == 1


def test_game_is_played_to_its_end_and_its_moves_are_recorded(home: Path) -> None:
    typed = "zero\n0\n5\n5\n" + "\n".join("123456789") * 2 + "\n"
    result = tandem("play", "tictactoe", "--simulations", "16", typed=typed)
    assert result.exit_code == 0
    assert "'zero' is no cell" in result.stdout
    assert "Cell 5 is taken" in result.stdout
    assert re.search(r"You win\.|You lose\.|A draw\.", result.stdout)
    with Store.open(home) as store:
        moves = list(store.episodes(default_catalogue(), kind="search/tictactoe"))
    assert 2 <= len(moves) <= 4
    assert {move.origin for move in moves} == {"cli"}


def test_connect_four_is_played_to_its_end_and_its_moves_are_recorded(home: Path) -> None:
    typed = "8\nfour\n" + "4\n" * 7 + "\n".join("1234567") * 6 + "\n"
    result = tandem("play", "connect_four", "--simulations", "8", typed=typed)
    assert result.exit_code == 0, result.output
    assert "You are X. Columns are 1 to 7 from the left" in result.stdout
    assert "'8' is no column; type one of 1, 2, 3, 4, 5, 6, 7, or q to end." in result.stdout
    assert re.search(r"O plays column [1-7] \((network|search).*simulations\)", result.stdout)
    assert re.search(r"You win\.|You lose\.|A draw\.", result.stdout)
    with Store.open(home) as store:
        moves = list(store.episodes(default_catalogue(), kind="search/connect_four"))
    assert 3 <= len(moves) <= 21
    assert all(move.answer is not None and move.answer.actions for move in moves)


def test_full_column_is_asked_for_again(home: Path) -> None:
    game = replace(game_named("connect_four"), start=position_from_moves("444444"))
    said: list[str] = []
    lines = iter(["4", " q "])
    settings = settings_for(home)
    assert asyncio.run(play_game(settings, game, True, {}, lambda _: next(lines), said.append))
    assert "Column 4 is full; free are 1, 2, 3, 5, 6, 7." in said
    assert said[-1] == "Game left."


def test_unknown_game_names_the_known_ones(home: Path) -> None:
    result = tandem("play", "chess")
    assert result.exit_code == 2
    assert "no game 'chess'; known: tictactoe, connect_four" in result.stderr


@pytest.mark.parametrize(
    "text", ["Connect four, moves so far: 44453", "connect-four: best first move"]
)
def test_connect_four_is_solved_from_a_sentence(home: Path, text: str) -> None:
    told = solved(text, "--simulations", "16")
    assert re.fullmatch(r"column [1-7]", told["answer"])
    result = tandem("replay", told["episode_id"])
    assert result.exit_code == 0, result.output


def test_an_undecided_check_is_not_called_a_missing_one(home: Path) -> None:
    result = tandem("solve", "connect-four: best first move", "--simulations", "16")
    assert re.search(
        r"^verified +undecided: .*too open to judge it within the limit", result.stdout, re.M
    )


def test_game_ends_with_its_input(home: Path) -> None:
    result = tandem("play", "tictactoe", "--second", "--simulations", "8", typed="")
    assert result.exit_code == 0
    assert "X plays" in result.stdout
    assert "Game left." in result.stdout


def test_opt_out_keeps_a_thread_or_a_key_out_of_training(home: Path) -> None:
    assert tandem("opt-out", "--thread", "t").exit_code == 0
    assert tandem("opt-out", "--key", "-", typed="secret\n").exit_code == 0
    hashed = hashlib.sha256(b"secret").hexdigest()
    with Store.open(home) as store:
        assert store.is_opted_out(thread_id="t")
        assert store.is_opted_out(key_hash=hashed)
    assert tandem("opt-out", "--key", f"sha256:{hashed}", "--undo").exit_code == 0
    with Store.open(home) as store:
        assert not store.is_opted_out(key_hash=hashed)
    assert tandem("opt-out").exit_code == 2


def test_models_are_listed_used_and_remembered(home: Path) -> None:
    assert tandem("models", "use", "random:9", "--kind", "math/equations").exit_code == 0
    listed = tandem("models", "list").stdout
    assert tandem("models").stdout == listed
    assert re.search(r"^\* random:9\s+math/equations", listed, re.M)
    assert re.search(r"^\* random:1\s+search/tictactoe", listed, re.M)
    assert "random:1 -> random:9" in tandem("models", "history").stdout
    assert tandem("models", "use", "nothing").exit_code == 2


def test_backup_is_a_home_after_restore(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    episode_id = solved(EQUATION)["episode_id"]
    archive = str(home.parent / "copy.tar.gz")
    assert tandem("backup", archive).exit_code == 0
    monkeypatch.setenv("TANDEM_HOME", str(home.parent / "other"))
    assert tandem("restore", archive).exit_code == 0
    assert episode_id in tandem("episodes").stdout
    assert tandem("restore", archive).exit_code == 2  # there is a home already
    assert tandem("replay", episode_id).exit_code == 0  # the weights came along


def test_kinds_and_their_check(home: Path) -> None:
    assert "3x + 5 = 17" in tandem("kinds").stdout
    assert "conforms" in tandem("check-kind", "search/tictactoe").stdout
    assert tandem("check-kind", "math/nothing").exit_code == 2
    assert tandem("kinds", "--kinds", "no.such.module").exit_code == 2


def test_unknown_variable_stops_every_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_TYPO", "1")
    result = tandem("kinds")
    assert result.exit_code == 2
    assert "TANDEM_TYPO" in result.stderr
