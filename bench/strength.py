"""How strong is connect four? Mistakes on positions that a perfect solver has labelled.

    .venv/bin/python bench/strength.py [--data DIR] [--json OUT] [--quick]
        [--model PATH | random:SEED] [--games N] [--run FOLDER [--plot PNG]] [--provenance]

A mistake is a move of a lower class (win, draw, loss) than the best one. By phase of the game, and
apart for decisive positions, where the moves differ in class: a search without any network, whose
figures were also measured independently; random weights; the network alone and with search. Beside
them: what the training cost by the card, what the network's values are worth in simulations, and
what games of self-play cost; with `--run` the mistakes after every iteration of a training run,
with `--provenance` whether the first iterations can be repeated from the card's command. Bounds on
the network hold for the shipped weights: `--model random:0` misses them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from bench.connect4_data import (
    Array,
    BadLabelError,
    Positions,
    data_folder,
    read_positions,
    sampled,
)
from bench.connect4_players import ENVIRONMENT, KIND, Control, choices_alone, mistakes_by_search
from bench.provenance import add_provenance
from bench.report import Report, Row
from bench.strength_curve import add_curve
from bench.strength_games import add_games
from bench.strength_rows import Mistakes, add_ratio, add_shares, phases, tell
from bench.strength_worth import add_worth
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import (
    RANDOM_PREFIX,
    BrokenWeightsError,
    Model,
    StaleWeightsError,
    load_model,
    random_model,
    shipped_name,
)
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
QUICK_POSITIONS = 400  # per phase
WORTH_POSITIONS, QUICK_WORTH_POSITIONS = 1000, 150
CURVE_POSITIONS, QUICK_CURVE_POSITIONS = 250, 80
GAMES, QUICK_GAMES = 1000, 100


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with labelled positions")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="fewer positions and games")
    parser.add_argument("--model", default="", help="card or random:SEED instead of the shipped")
    parser.add_argument("--games", type=int, help="of self-play; 0 for none")
    parser.add_argument("--run", type=Path, help="folder of a training run, for the curve")
    parser.add_argument("--plot", type=Path, help="PNG of the curve")
    parser.add_argument("--provenance", action="store_true", help="repeat the first iterations")
    parser.add_argument("--seed", type=int, default=0, help="of samples, random weights and games")
    options = parser.parse_args()
    use_threads(1)
    report = Report(program="strength", seed=options.seed)
    folder = data_folder(options.data)
    if options.data is None and not folder.is_dir():
        print(f"skipped: no labelled positions in {folder}; name their folder with --data")
        return 0
    try:
        model = chosen_model(options.model)
        positions = read_positions(folder)
    except (BadLabelError, BrokenWeightsError, StaleWeightsError, ValueError) as error:
        parser.error(str(error))
    tell(f"{len(positions)} positions")
    add_cost(report, model)
    quick, seed = options.quick, options.seed
    sample = sampled(positions, QUICK_POSITIONS, seed) if quick else positions
    add_mistakes(report, positions, sample, model, seed)
    some = sampled(positions, QUICK_WORTH_POSITIONS if quick else WORTH_POSITIONS, seed)
    add_worth(report, some, NetEvaluator(model, precision="auto"), tell)
    games = (QUICK_GAMES if quick else GAMES) if options.games is None else options.games
    if games:
        add_games(report, model, games, seed, tell)
    if options.run is not None:
        fixed = sampled(positions, QUICK_CURVE_POSITIONS if quick else CURVE_POSITIONS, seed)
        add_curve(report, fixed, options.run, options.plot, tell)
    if options.provenance:
        add_provenance(report, model.card, tell)
    return report.finish(options.json)


def chosen_model(name: str) -> Model:
    """Load a card, make random weights, or take the shipped ones."""
    if name.startswith(RANDOM_PREFIX):
        return random_model(KIND, ENVIRONMENT, int(name.removeprefix(RANDOM_PREFIX)))
    path = Path(name) if name else SHIPPED / f"{shipped_name(KIND)}.json"
    return load_model(path, ENVIRONMENT)


def add_cost(report: Report, model: Model) -> None:
    """Add what the weights cost, as their card says."""
    known = model.card.training
    if "cpu_seconds" not in known:
        tell(f"the card of {model.card.name} tells no cost (run {known.get('run')!r})")
        return
    for figure, value, unit, must in (
        ("cpu-minutes", known["cpu_seconds"] / 60, "minutes", "<= 60"),
        ("games", known["games"], "games", ""),
        ("evaluations", known["evaluations"], "evaluations", ""),
        ("iterations", known["iterations"], "iterations", ""),
    ):
        report.add(
            Row(figure=f"cost/{figure}", value=value, unit=unit, n=known["iterations"], must=must)
        )


def add_mistakes(
    report: Report, positions: Positions, sample: Positions, model: Model, seed: int
) -> None:
    """Add every player's mistakes.

    The control meets all positions, as it costs next to nothing; nets meet the sample.
    """
    tell("control")
    control = mistakes_by_search(Control(), positions, CONTROL, tell)
    everywhere = {f"control-{n}": control[n] for n in CONTROL}
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
    searched = mistakes_by_search(evaluator, positions, budgets, tell)
    return alone | {f"{name}-{n}": searched[n] for n in budgets}


if __name__ == "__main__":
    raise SystemExit(main())
