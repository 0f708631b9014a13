"""Make the weights that ship: self-play from random weights, seed fixed, into neural/weights.

    python tools/make_weights.py

takes about seven minutes on one processor core, and an hour more for connect four. The card beside
each file records code version, command, seed, games, seconds and the figures of the last
comparison. `python bench/equations.py`, `python bench/tictactoe.py` and `python bench/strength.py`
measure what such nets can do. The champion of a finished run of `python -m training.cli self-play`
ships with

    python tools/make_weights.py --kind search/connect_four --run runs/connect-four
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from neural.device import use_threads
from neural.model_files import Model, save_model, shipped_name
from neural.model_store import SHIPPED
from tasks.catalogue import default_catalogue
from training.selfplay.checkpoint import load_checkpoint, newest_checkpoint
from training.selfplay.config import LoopConfig
from training.selfplay.loop import SelfPlay
from training.selfplay.state import RunState

ITERATIONS = {"search/tictactoe": 30, "math/equations": 18, "search/connect_four": 40}
GAMES = {"search/tictactoe": 512, "math/equations": 300, "search/connect_four": 1500}


class NoWinnerError(RuntimeError):
    """A run whose champion is still the net that it began with."""


def main() -> int:
    """Train the kinds and write their champions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=sorted(GAMES), help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--run", type=Path, help="folder of a finished run to take one kind from")
    options = parser.parse_args()
    use_threads(1)
    if options.run is not None:
        if len(options.kind or ()) != 1:
            parser.error("--run takes one kind; say which with --kind")
        newest = newest_checkpoint(options.run / "checkpoints")
        if newest is None:
            parser.error(f"no checkpoint below {options.run}; give the folder of a training run")
        state = load_checkpoint(newest, default_catalogue())
        print(f"wrote {save_model(shipped(state, options.kind[0]), options.out)}")
        return 0
    for kind in options.kind or sorted(GAMES):
        folder = Path(tempfile.mkdtemp(prefix="tandem-weights-"))
        try:
            champion = trained(kind, options.seed, folder)
        finally:
            shutil.rmtree(folder)
        print(f"wrote {save_model(champion, options.out)}")
    return 0


def commit() -> str:
    """Return the commit of this checkout; empty outside git."""
    asked = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        found = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return found.stdout.strip()


def trained(kind: str, seed: int, folder: Path) -> Model:
    """Run the training loop and return its champion under the name of shipped weights."""
    command = f"python tools/make_weights.py --kind {kind} --seed {seed}"
    config = LoopConfig(kinds=(kind,), games=GAMES[kind], seed=seed, fresh=True, command=command)
    run = SelfPlay(config, default_catalogue(), folder)
    for _ in range(ITERATIONS[kind]):
        for record in run.iterate():
            verdict = record["comparison"]
            figures = {k: round(v, 3) for k, v in verdict["challenger_figures"].items()}
            print(
                f"{kind} iteration {record['iteration']}: {figures}; {verdict['why']}", flush=True
            )
    return shipped(run.state, kind)


def shipped(state: RunState, kind: str) -> Model:
    """Return the champion of a run under the name of shipped weights, with its figures.

    Raises:
        NoWinnerError: if no challenger has won.
    """
    if kind not in state.kinds:
        raise NoWinnerError(f"the run did not train {kind}, but {', '.join(state.kinds)}")
    champion = state.kinds[kind].champion
    history = [r for r in state.history if r["kind"] == kind]
    found = [r for r in history if r["weights_version"] == champion.card.weights_version]
    if not found:
        raise NoWinnerError(
            f"no challenger of {kind} has won in {len(history)} iterations, so there is nothing "
            "to ship; go on with the run"
        )
    won = found[-1]
    training = {
        **champion.card.training,
        "code_version": f"{version('tandem')} {commit()}".strip(),
        "metrics": won["comparison"]["challenger_figures"],
        "calibration": won["calibration"],
    }
    card = replace(champion.card, name=shipped_name(kind), training=training, parent="")
    return Model(champion.net, card)


if __name__ == "__main__":
    raise SystemExit(main())
