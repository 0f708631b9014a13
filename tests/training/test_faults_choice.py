"""Trainers and servers that choose models at once: no choice is lost, none is half made."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from neural.model_choice import ModelChoice

ROOT = Path(__file__).parents[2]
CHOOSER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from neural.model_choice import ModelChoice
choice = ModelChoice(Path(sys.argv[1]), lambda: datetime.now(UTC))
for number in range(int(sys.argv[3])):
    choice.change([(sys.argv[2], "shipped")], f"{sys.argv[2]}-{number}", "test")
    print(number, flush=True)
"""


def chooser(folder: Path, kind: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHOOSER, str(folder), kind, str(times)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_processes_that_promote_at_once_lose_no_choice(tmp_path: Path) -> None:
    both = [chooser(tmp_path, kind, 40) for kind in ("game", "equation")]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    choice = ModelChoice(tmp_path, lambda: datetime.now(UTC))
    assert choice.names() == {"game": "game-39", "equation": "equation-39"}
    for kind in ("game", "equation"):
        own = [change for change in choice.history() if change.kind == kind]
        assert [change.after for change in own] == [f"{kind}-{n}" for n in range(40)]
        assert [change.before for change in own] == ["shipped", *(c.after for c in own[:-1])]


def test_a_promotion_that_is_killed_is_made_or_not_and_blocks_nobody(tmp_path: Path) -> None:
    choice = ModelChoice(tmp_path, lambda: datetime.now(UTC))
    for kills in range(4):
        process = chooser(tmp_path, "game", 1000)
        assert process.stdout is not None
        for _ in range(3 + kills):
            last = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        told = (last + process.communicate()[0]).split()
        acknowledged = f"game-{told[-1]}"
        following = f"game-{int(told[-1]) + 1}"
        assert choice.names()["game"] in (acknowledged, following)
        choice.change([("equation", "shipped")], f"equation-{kills}", "the lock is free")
        assert choice.names()["equation"] == f"equation-{kills}"
    afters = [change.after for change in choice.history() if change.kind == "equation"]
    assert afters == [f"equation-{n}" for n in range(4)]
