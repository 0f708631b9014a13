"""Make `.venv` and install Tandem into it: `python3 tools/bootstrap.py [--dev] [--extra NAME]`.

Standard library only, so that it runs on a bare machine. Order matters: torch goes first and alone,
as a CPU build unless a GPU answers, because any package that asks for plain torch would bring
several GB of CUDA. A stamp file makes the second run a no-op while `pyproject.toml` and
`constraints.txt` stay as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TORCH = "torch==2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def main() -> None:
    """Create the environment, then torch, then the project and its extras."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="examples: tools/bootstrap.py | tools/bootstrap.py --dev --extra fast",
    )
    parser.add_argument(
        "--dev", action="store_true", help="also what the tests, lint and types need"
    )
    parser.add_argument(
        "--extra", action="append", default=[], help="one more extra of pyproject.toml"
    )
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 (it is run by whatever python3 there is)
        fail(
            f"Python {sys.version.split()[0]} is too old; 3.11 or newer is needed. "
            "Run this file with a newer one, or: make run PYTHON=python3.12"
        )
    extras = sorted({"openai", *arguments.extra} | ({"dev"} if arguments.dev else set()))
    stamp = VENV / "tandem-installed"
    wanted = fingerprint()
    have = stamp.read_text().split() if stamp.exists() else []
    if have[:1] == [wanted] and set(extras) <= set(have[1:]):
        return
    make_venv()
    install_torch()
    keep = set(have[1:]) if have[:1] == [wanted] else set()
    extras = sorted({*extras, *keep})
    say(f"installing Tandem with extras {', '.join(extras)}")
    pip("install", "-q", "-c", "constraints.txt", "-e", f".[{','.join(extras)}]")
    partial = stamp.with_suffix(".part")
    partial.write_text(" ".join([wanted, *extras]))
    os.replace(partial, stamp)


def fingerprint() -> str:
    """Hash of the files that decide what gets installed, and where."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("pyproject.toml", "constraints.txt", "tools/bootstrap.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()[:16]


def make_venv() -> None:
    """Create `.venv`; without ensurepip (Debian without python3-venv) borrow the system's pip."""
    if venv_python().exists() and runs(str(venv_python()), "-m", "pip", "--version"):
        return
    say("creating .venv")
    if uv() and runs(uv(), "venv", "--seed", "-q", "--python", sys.executable, str(VENV)):
        return
    if runs(sys.executable, "-m", "venv", str(VENV)):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if runs(sys.executable, "-m", "venv", "--without-pip", str(VENV)) and runs(
        sys.executable, "-m", "pip", "--python", str(venv_python()), "install", "-q", "pip"
    ):
        return
    fail(
        "cannot create .venv: this Python has neither ensurepip nor pip. "
        "On Debian or Ubuntu: apt install python3-venv"
    )


def install_torch() -> None:
    """Install torch alone, before anything that asks for it; the CPU build unless a GPU answers."""
    if runs(str(venv_python()), "-c", "import importlib.metadata as m; assert m.version('torch')"):
        return
    attempts = [[TORCH]]
    if sys.platform.startswith("linux") and not gpu_answers():
        cpu = f"{TORCH}+cpu"
        attempts = [[cpu], [cpu, "--index-url", TORCH_CPU_INDEX, "--retries", "1"], [TORCH]]
    for attempt in attempts:
        say(f"installing {' '.join(attempt)} (about 200 MB)")
        if pip_runs("install", "-q", *attempt):
            return
    fail(f"could not install {TORCH}: see pip's message above; is a package index reachable?")


def gpu_answers() -> bool:
    """Say whether an NVIDIA driver lists a card."""
    return bool(shutil.which("nvidia-smi")) and runs("nvidia-smi", "-L", quiet=True)


def venv_python() -> Path:
    """Path of the environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def uv() -> str:
    """Path of uv where it is installed, else an empty string; it only makes the environment."""
    return shutil.which("uv") or ""


def pip(*arguments: str) -> None:
    """Run the environment's pip or stop with its message."""
    if not pip_runs(*arguments):
        fail("pip failed: see its message above, then run this again; what is installed is kept")


def pip_runs(*arguments: str) -> bool:
    """Run the environment's pip and say whether it succeeded."""
    return runs(str(venv_python()), "-m", "pip", "--disable-pip-version-check", *arguments)


def runs(*command: str, quiet: bool = False) -> bool:
    """Run a command in the project's root and say whether it succeeded."""
    silent = subprocess.DEVNULL if quiet or "-c" in command[:2] or "--version" in command else None
    done = subprocess.run(command, cwd=ROOT, stdout=silent, stderr=silent, check=False)
    return done.returncode == 0


def say(text: str) -> None:
    """Print one line of progress."""
    print(f"bootstrap: {text}", flush=True)


def fail(text: str) -> None:
    """Stop with a message and status 1."""
    sys.exit(f"bootstrap: {text}")


if __name__ == "__main__":
    main()
