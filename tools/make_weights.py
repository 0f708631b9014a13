"""Make the weights that ship: self-play from random weights, seed fixed, into neural/weights.

    python tools/make_weights.py

takes about seven minutes on one processor core. The card beside each file records command, seed,
games, seconds and the figures of the last comparison. `python bench/equations.py` and
`python bench/tictactoe.py` measure what such nets can do.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from neural.device import use_threads
from neural.model_files import Model, save_model, shipped_name
from neural.model_store import SHIPPED
from tasks.catalogue import default_catalogue
from training.selfplay.config import LoopConfig
from training.selfplay.loop import SelfPlay

ITERATIONS = {"search/tictactoe": 30, "math/equations": 18}
GAMES = {"search/tictactoe": 512, "math/equations": 300}


def main() -> int:
    """Train the kinds and write their champions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=sorted(GAMES), help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    use_threads(1)
    for kind in options.kind or sorted(GAMES):
        folder = Path(tempfile.mkdtemp(prefix="tandem-weights-"))
        try:
            champion = trained(kind, options.seed, folder)
        finally:
            shutil.rmtree(folder)
        print(f"wrote {save_model(champion, options.out)}")
    return 0


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
    champion = run.state.kinds[kind].champion
    (won,) = (r for r in run.state.history if r["weights_version"] == champion.card.weights_version)
    training = {
        **champion.card.training,
        "code_version": version("tandem"),
        "metrics": won["comparison"]["challenger_figures"],
        "calibration": won["calibration"],
    }
    card = replace(champion.card, name=shipped_name(kind), training=training, parent="")
    return Model(champion.net, card)


if __name__ == "__main__":
    raise SystemExit(main())
