"""How strong is connect four? Mistakes on positions that a perfect solver has labelled.

    .venv/bin/python bench/strength.py [--data DIR] [--json OUT] [--quick]
        [--model PATH | random:SEED]

A mistake is a move of a lower class (win, draw, loss) than the best one. By phase of the game, and
apart for decisive positions, where the moves differ in class: a search without any network, whose
figures were also measured independently; random weights; the network alone and with search.
Bounds on the network hold for the shipped weights: `--model random:0` misses them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from bench.connect4_data import Array, Positions, data_folder, read_positions, sampled
from bench.connect4_players import ENVIRONMENT, KIND, Control, choices_alone, choices_by_search
from bench.report import Report, Row
from bench.strength_rows import Mistakes, add_ratio, add_shares, phases, tell
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import RANDOM_PREFIX, Model, load_model, random_model, shipped_name
from neural.model_store import SHIPPED

CONTROL = (100, 400)  # simulations
NET = (32, 100, 400)
KNOWN = {  # per cent of mistakes that were measured independently: simulations, phase, decisive
    (100, "end", False): 3.5,
    (100, "middle", False): 10.6,
    (100, "opening", False): 14.6,
    (400, "end", False): 1.4,
    (400, "middle", False): 4.9,
    (400, "opening", False): 10.9,
    (100, "end", True): 6.1,
    (100, "middle", True): 17.9,
    (100, "opening", True): 25.0,
}
QUICK_POSITIONS = 300  # per phase


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with labelled positions")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="fewer positions")
    parser.add_argument("--model", default="", help="card or random:SEED instead of the shipped")
    parser.add_argument("--seed", type=int, default=0, help="of samples and random weights")
    options = parser.parse_args()
    use_threads(1)
    report = Report(program="strength", seed=options.seed)
    positions = read_positions(data_folder(options.data))
    tell(f"{len(positions)} positions")
    model = chosen_model(options.model)
    sample = sampled(positions, QUICK_POSITIONS, options.seed) if options.quick else positions
    add_mistakes(report, positions, sample, model, options.seed)
    return report.finish(options.json)


def chosen_model(name: str) -> Model:
    """Load a card, make random weights, or take the shipped ones."""
    if name.startswith(RANDOM_PREFIX):
        return random_model(KIND, ENVIRONMENT, int(name.removeprefix(RANDOM_PREFIX)))
    path = Path(name) if name else SHIPPED / f"{shipped_name(KIND)}.json"
    return load_model(path, ENVIRONMENT)


def add_mistakes(
    report: Report, positions: Positions, sample: Positions, model: Model, seed: int
) -> None:
    """Add every player's mistakes.

    The control meets all positions, as it costs next to nothing; nets meet the sample.
    """
    tell("control")
    control = choices_by_search(Control(), positions, CONTROL, tell)
    everywhere = {f"control-{n}": positions.mistakes(control[n]) for n in CONTROL}
    add_shares(report, positions, everywhere)
    add_known(report, positions, everywhere)
    tell(f"random weights, seed {seed}")
    random = NetEvaluator(random_model(KIND, ENVIRONMENT, seed), precision="auto")
    nets = _net_mistakes("random-net", random, sample, (100,))
    tell(model.card.name)
    nets |= _net_mistakes("net", NetEvaluator(model, precision="auto"), sample, NET)
    add_shares(report, sample, nets)
    inside = np.isin(positions.ids, sample.ids)
    add_ratios(report, sample, nets | {name: c[inside] for name, c in everywhere.items()})


def add_known(report: Report, positions: Positions, mistakes: Mistakes) -> None:
    """Add how far the control is from the independent figures.

    On the positions of those measurements it should be within 0.15 points: rounding and ties. The
    bound that must hold is 3.3 standard errors, so that it also holds on other positions.
    """
    masks = dict(phases(positions))
    for (simulations, phase, decisive), percent in KNOWN.items():
        mask = masks.get(phase, np.zeros(len(positions), bool))
        mask = mask & positions.decisive if decisive else mask
        if not mask.any():
            continue
        share, found = percent / 100, float(mistakes[f"control-{simulations}"][mask].mean())
        error = (share * (1 - share) / mask.sum()) ** 0.5
        part = "/decisive" if decisive else ""
        report.add(
            Row(
                figure=f"control-off-by/{phase}{part}/control-{simulations}",
                value=100 * abs(found - share),
                unit="points",
                n=int(mask.sum()),
                must=f"<= {330 * error:.2f}",
                aim="<= 0.15",
            )
        )


def add_ratios(report: Report, positions: Positions, mistakes: Mistakes) -> None:
    """Add mistakes on decisive positions over those of the control and of random weights."""
    for phase, inside in [*phases(positions), ("all", np.ones(len(positions), bool))]:
        mask = inside & positions.decisive
        for player, other, must in (
            ("net-100", "control-100", "<= 0.5" if phase in ("end", "middle") else ""),
            ("net-100", "random-net-100", "<= 0.5" if phase == "all" else ""),
            ("random-net-100", "control-100", ">= 1" if phase == "all" else ""),
        ):
            figure = f"mistakes/{phase}/decisive/{player}-over-{other}"
            add_ratio(report, figure, mistakes[player][mask], mistakes[other][mask], must)


def _net_mistakes(
    name: str, evaluator: NetEvaluator, positions: Positions, budgets: tuple[int, ...]
) -> dict[str, Array]:
    alone = {f"{name}-alone": positions.mistakes(choices_alone(evaluator, positions))}
    searched = choices_by_search(evaluator, positions, budgets, tell)
    return alone | {f"{name}-{n}": positions.mistakes(searched[n]) for n in budgets}


if __name__ == "__main__":
    raise SystemExit(main())
