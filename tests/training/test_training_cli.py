"""The command line: help, errors with status 2, a run that is resumed, and the picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graphs.episode import new_id
from graphs.mcts.search import SearchConfig
from graphs.store.store import Store
from neural.inference import NetEvaluator
from neural.model_store import ModelStore
from tasks.protocol import TaskKind
from tests.training.conftest import GAME, random_net, served
from training.cli import app
from training.plots import plot_progress
from training.selfplay.played import Played
from training.settings import TrainingSettingsError, load_training_settings
from training.solving import fixed_tasks, solve_by_search

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n"


def test_help_imports_no_torch_and_shows_an_example() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom training.cli import app\n"
        "for command in ([], ['self-play'], ['fit']):\n"
        "    result = CliRunner().invoke(app, [*command, '--help'])\n"
        "    assert result.exit_code == 0, result.output\n"
        "    assert not command or 'Example: python -m training.cli' in result.output\n"
        "print(sorted({'torch', 'numba', 'matplotlib', 'langgraph'} & set(sys.modules)))"
    )
    clean = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_a_run_writes_table_picture_and_weights_and_goes_on_later(tmp_path: Path) -> None:
    arguments = ["self-play", "--kind", GAME, "--games", "64", "--home", str(tmp_path), "--fresh"]
    first = CliRunner().invoke(app, [*arguments, "--iterations", "1", "--no-promote"])
    assert first.exit_code == 0, first.output
    assert "nothing was made live" in first.output
    again = CliRunner().invoke(app, [*arguments, "--iterations", "2"])
    assert again.exit_code == 0, again.output
    assert "has 1 finished iterations; going on" in again.output
    table = [line for line in again.output.splitlines() if GAME in line and ">" in line]
    assert [line.split()[0] for line in table] == ["1", "2"]
    assert "tandem models use NAME" in again.output
    assert (tmp_path / "selfplay" / "progress.png").read_bytes().startswith(PNG)
    metrics = (tmp_path / "selfplay" / "metrics.prom").read_text()
    assert "training_iterations_total 1.0" in metrics  # of the second process
    assert "episode_buffer_size 128.0" in metrics
    assert f'self_play_success_rate{{task_type="{GAME}"}}' in metrics
    enough = CliRunner().invoke(app, [*arguments, "--iterations", "2"])
    assert "nothing to do" in enough.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["self-play", "--kind", "math/nothing"], "no task kind 'math/nothing'"),
        (["self-play", "--kind", "open"], "has no environment"),
        (["self-play", "--device", "abacus"], "unknown device 'abacus'"),
        (["self-play", "--games", "1"], "give one each"),
        (["self-play", "--kinds", "no.such.module"], "cannot import kinds module"),
        (["fit"], "--from-store"),
        (["fit", "--from-store"], "at least 20 are needed"),
        (["fit", "--from-store", "--kind", "math/nothing"], "no task kind"),
    ],
)
def test_input_that_cannot_be_used_exits_with_2(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(app, [*arguments, "--home", str(tmp_path)])
    assert result.exit_code == 2, result.output
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "run" / "checkpoints" / "iteration-0003"
    broken.mkdir(parents=True)
    (broken / "state.json").write_text("{}")
    arguments = ["self-play", "--checkpoint-dir", str(tmp_path / "run"), "--home", str(tmp_path)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "does not read" in result.output


def test_fit_from_store_prints_what_it_used_and_makes_the_winner_live(
    tmp_path: Path, tictactoe: TaskKind
) -> None:
    ModelStore(tmp_path).use("random:1", [tictactoe])
    moves = searched_moves(tictactoe)
    with Store.open(tmp_path) as store:
        for run in moves:
            store.save_episode(served(tictactoe, run))
    arguments = ["fit", "--from-store", "--home", str(tmp_path), "--kind", GAME]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    right = sum(run.passed for run in moves)
    assert f"{right} http/solved" in result.output
    assert f"{len(moves) - right} a single move graded wrong" in result.output
    assert "live                    yes" in result.output
    assert ModelStore(tmp_path).active_name(GAME).startswith("search-tictactoe-")


def searched_moves(kind: TaskKind) -> list[Played]:
    """Single moves as a server answers them: by search over a random net, some of them wrong."""
    tasks = fixed_tasks(kind, "train", 150)
    runs = solve_by_search(
        kind, NetEvaluator(random_net(kind)), tasks, SearchConfig(simulations=40)
    )
    return [
        Played(new_id(), r.task, r.actions or (), (r.summary,), r.passed, 40, 40, r.seconds)
        for r in runs
    ]


def test_the_picture_shows_every_kind(tmp_path: Path) -> None:
    figures = {"solved": 0.5, "solved_alone": 0.4}
    history = [
        {
            "kind": kind,
            "iteration": n,
            "solved": 0.1 * n,
            "mean_length": 4.0,
            "comparison": {"challenger_figures": figures},
        }
        for n in (1, 2, 3)
        for kind in ("math/equations", GAME)
    ]
    assert plot_progress(history, tmp_path / "a" / "curve.png").read_bytes().startswith(PNG)


def test_settings_come_from_the_environment_and_the_command_line_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANDEM_HOME", str(tmp_path / "a"))
    monkeypatch.setenv("TANDEM_KINDS", "one, two")
    assert load_training_settings().home == tmp_path / "a"
    assert load_training_settings(home=tmp_path / "b", kinds=None).home == tmp_path / "b"
    assert load_training_settings().kinds == ("one", "two")
    (tmp_path / "tandem.toml").write_text('database_url = "sqlite:///x"\n')
    assert load_training_settings().database_url is not None
    with pytest.raises(TrainingSettingsError, match="unknown setting hom"):
        load_training_settings(hom="x")
