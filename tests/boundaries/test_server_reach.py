"""What a process may load: the server no trainer, `tandem --help` nothing heavy."""

from __future__ import annotations

import resource
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
TRAINERS = ("training.fit", "training.selfplay", "training.cli", "training.promote")
HEAVY = {"torch", "mlflow", "scipy", "numba", "langgraph", "langchain_core", "fastapi", "sympy"}


@cache
def loaded(code: str) -> frozenset[str]:
    """Return the modules of a fresh process after it ran the code."""
    code = f"{code}\nimport sys\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return frozenset(done.stderr.split())


def test_server_reaches_no_trainer() -> None:
    modules = loaded("import app.server")
    assert "training.metrics" in modules
    assert not [m for m in modules if m.startswith(TRAINERS)]
    assert {m for m in modules if m.startswith("training.")} == {"training.metrics"}


def test_server_loads_no_algebra_tracker_or_statistics() -> None:
    modules = loaded("import app.server")
    costly = {"sympy", "mlflow", "scipy.stats", "matplotlib", "langchain_openai", "openai"}
    assert not modules & costly


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import app.cli\nfrom typer.testing import CliRunner\n"
        "assert CliRunner().invoke(app.cli.app, ['--help']).exit_code == 0"
    )
    assert not {m.split(".")[0] for m in loaded(code)} & HEAVY


def test_help_is_quick() -> None:
    command = [sys.executable, "-m", "app.cli", "--help"]
    fastest = min(_child_cpu_seconds(command) for _ in range(3))
    assert fastest < 0.5


def _child_cpu_seconds(command: list[str]) -> float:

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
