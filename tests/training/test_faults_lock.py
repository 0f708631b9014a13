"""One training run per folder: the second is told about the first, and a kill frees the folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.training.conftest import GAME
from training.cli import app
from training.selfplay.run_lock import FolderError, FolderInUseError, RunLock

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from training.selfplay.run_lock import RunLock
with RunLock(Path({folder!r}), "python -m training.cli self-play --seed 1"):
    print("holds", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_on_a_folder_is_told_who_uses_it(tmp_path: Path) -> None:
    code = HOLDER.format(folder=str(tmp_path))
    holder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    with pytest.raises(FolderInUseError) as raised, RunLock(tmp_path, "second"):
        raise AssertionError("two runs hold one folder")
    assert f"process {holder.pid} on" in str(raised.value)
    assert "self-play --seed 1" in str(raised.value)
    told = CliRunner().invoke(
        app, ["self-play", "--kind", GAME, "--checkpoint-dir", str(tmp_path), "--home",
              str(tmp_path / "home"), "--workers", "0"],
    )  # fmt: skip
    assert told.exit_code == 2
    assert "choose another --checkpoint-dir" in told.stderr
    holder.kill()
    holder.communicate()
    with RunLock(tmp_path, "third"):  # the kernel let go of it
        assert json.loads((tmp_path / "run.lock").read_text())["pid"] == os.getpid()


def test_one_process_cannot_run_twice_in_a_folder_either(tmp_path: Path) -> None:
    with RunLock(tmp_path, "one"), pytest.raises(FolderInUseError), RunLock(tmp_path, "two"):
        pass
    with RunLock(tmp_path, "three"):
        pass


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(FolderError, match="choose another --checkpoint-dir"),
        RunLock(tmp_path / "file", "one"),
    ):
        pass
