"""How often does the gate promote a net that is no better, and miss one that is?

    .venv/bin/python bench/gate.py [--json OUT] [--quick] [--simulate-only] [--seed N]

First by simulation, over scores of pairs of many shapes with a true mean of 0.5 (every promotion
is false) and 0.55 (which must be found): among them the shapes of games really played here, by
one net that errs in two ways. Beside the gate stand the rules that it replaces and other tests.
Then for real: identical nets, and equally strong ones that play differently, meet in the gate.
"""

from __future__ import annotations

import argparse
import time
import zlib
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.gate_scores import Array, draw, naive_promotions, rival_rulings, table_of, tables, tilted
from bench.report import Report, Row
from bench.strength_rows import wilson
from graphs.mcts.search import SearchConfig
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import load_model, random_model, shipped_name
from neural.model_store import SHIPPED
from tasks.catalogue import default_catalogue
from tasks.protocol import BoolArray, FloatArray, TaskKind
from training.gate import GateConfig, announcement, run_match
from training.openings import random_openings
from training.pairs import Spent, play_pairs
from training.sequential import decide_many, plan
from training.solving import environment_of

GATE = GateConfig()
CHUNK = 500  # rounds simulated at once
RIVALS_ON = ("no-draws", "small-wins-double-losses")
ERROR = 0.5  # standard deviation of the errors in a prior's logarithm


class Erring:
    """A net whose priors carry small errors, fixed by the position and a seed.

    Two of them play differently, and are equally strong on average over seeds.
    """

    def __init__(self, evaluator: NetEvaluator, seed: int) -> None:
        self.version = f"{evaluator.version}~{seed}"
        self.environment_version = evaluator.environment_version
        self._evaluator = evaluator
        self._seed = seed

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge as the net does, then disturb the priors."""
        priors, values = self._evaluator.evaluate_batch(observations, legal)
        for n, observation in enumerate(observations):
            rng = np.random.default_rng([zlib.crc32(observation.tobytes()), self._seed])
            priors[n] *= np.exp(ERROR * rng.standard_normal(priors.shape[1]))
        return priors / priors.sum(axis=1, keepdims=True), values


def main() -> int:
    """Simulate, play, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and games")
    parser.add_argument("--simulate-only", action="store_true", help="no real games")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    use_threads(1)
    report = Report(program="gate", seed=options.seed)
    print(announcement(GATE), flush=True)
    shapes = tables()
    if not options.simulate_only:
        for name, pairs in (("search/tictactoe", 400), ("search/connect_four", 64)):
            kind = default_catalogue()[name]
            player, net = _player(kind)
            label = f"{name.split('/')[1]}-{player}"
            count = pairs if options.quick else 400
            shapes[f"played-{label}"] = _play(report, kind, label, net, count, options.seed)
            _play_identical(report, kind, label, net, options.seed)
        _play_rounds(report, default_catalogue()["search/tictactoe"], 40 if options.quick else 1000)
    rounds = 1000 if options.quick else 4000
    for name, table in shapes.items():
        _simulate(report, name, table, rounds, options.seed)
    expected = plan(GATE.test())
    _add(report, "max-games", expected.max_games, "games", 1)
    _add(report, "power/plan", expected.power, "share", 1000, must=">= 0.8")
    return report.finish(options.json)


def _simulate(report: Report, name: str, table: Array, rounds: int, seed: int) -> None:
    """Add what the gate and the others do with scores of a shape, at a half and at 0.55."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    for truth, what, must in (
        (0.5, "false-promotions", f"<= {GATE.alpha:g}"),
        (GATE.alternative, "power", ">= 0.8"),
    ):
        promoted, games = 0, np.zeros(0)
        others: dict[str, list[tuple[float, float]]] = {}
        for _ in range(rounds // CHUNK):
            drawn = draw(tilted(table, truth), CHUNK, GATE.max_pairs, rng)
            outcomes, pairs = decide_many(drawn.scores, GATE.test())
            promoted += outcomes.count("accepted")
            games = np.concatenate([games, 2.0 * pairs])
            if truth == 0.5:
                for rule, share in naive_promotions(drawn).items():
                    others.setdefault(f"40-games/{rule}", []).append((share, 40.0))
            if name in RIVALS_ON:
                for rule, ruled in rival_rulings(drawn.scores, GATE.alternative).items():
                    others.setdefault(rule, []).append(ruled)
        _share(report, f"{what}/{name}", promoted, rounds, must)
        _add(report, f"games/{what}/{name}", float(games.mean()), "games", rounds)
        for rule, parts in others.items():
            share, mean = np.mean(parts, axis=0).tolist()
            _share(report, f"instead/{rule}/{what}/{name}", round(share * rounds), rounds)
            if rule in ("ratio", "grapa"):
                _add(report, f"instead/{rule}/games/{what}/{name}", mean, "games", rounds)


def _player(kind: TaskKind) -> tuple[str, NetEvaluator]:
    """Return the shipped net and `shipped`, or random weights and `random` where none ships.

    Tic-tac-toe's shipped net draws every game that can be drawn, however it errs: random weights.
    """
    card = SHIPPED / f"{shipped_name(kind.name)}.json"
    environment = environment_of(kind)
    if card.exists() and kind.name != "search/tictactoe":
        return "shipped", NetEvaluator(load_model(card, environment), precision=GATE.precision)
    model = random_model(kind.name, environment, 0)
    return "random", NetEvaluator(model, precision=GATE.precision)


def _play(
    report: Report, kind: TaskKind, label: str, net: NetEvaluator, count: int, seed: int
) -> Array:
    """Let a net that errs in two ways meet itself; add the cost, return the results' table.

    Drawing the errors is in the cost, about a seventh of it for the board net.
    """
    spent = Spent()
    before = time.process_time()
    searching = SearchConfig(simulations=GATE.simulations, c_puct=GATE.c_puct)
    openings = random_openings(kind, GATE.opening_plies, seed + 1)
    players = (Erring(net, 2 * seed), Erring(net, 2 * seed + 1))
    playing = play_pairs(
        environment_of(kind), players, islice(openings, count), searching, GATE.batch_pairs, spent
    )
    pairs = list(playing)
    seconds = time.process_time() - before
    scores = np.array([pair.score for pair in pairs])
    error = 1.96 * float(scores.std()) / len(scores) ** 0.5
    mean = float(scores.mean())
    figure = f"gate/played/{label}/score"
    low, high = mean - error, mean + error
    report.add(Row(figure=figure, value=mean, unit="score", n=count, low=low, high=high))
    _add(report, f"played/{label}/variance", float(scores.var()), "score^2", count)
    _add(report, f"played/{label}/different-openings", len({p.opening for p in pairs}), "", count)
    games = spent.games
    _add(report, f"cost/{label}/evaluations-per-game", spent.evaluations / games, "", games)
    _add(report, f"cost/{label}/processor-per-game", 1000.0 * seconds / games, "ms", games)
    most = 2 * GATE.max_pairs * seconds / games
    _add(report, f"cost/{label}/processor-for-the-most-games", most, "s", games)
    return table_of(pairs)


def _play_identical(
    report: Report, kind: TaskKind, label: str, net: NetEvaluator, seed: int
) -> None:
    """Let a net meet itself in the gate; add the verdict."""
    result = run_match(kind, net, net, GATE, seed)
    _share(report, f"false-promotions/identical/{label}", int(result.accepted), 1, "== 0")
    _add(report, f"games/identical/{label}", result.games, "games", 1)


def _play_rounds(report: Report, kind: TaskKind, rounds: int) -> None:
    """Play whole gates between equally strong nets: random weights that err in two ways."""
    promoted, games = 0, []
    for n in range(rounds):
        net = NetEvaluator(random_model(kind.name, environment_of(kind), n))
        result = run_match(kind, Erring(net, 2 * n), Erring(net, 2 * n + 1), GATE, n)
        promoted += result.accepted
        games.append(result.games)
    name = "real-rounds/tictactoe-random"
    _share(report, f"false-promotions/{name}", promoted, rounds, aim=f"<= {GATE.alpha:g}")
    _add(report, f"games/{name}", float(np.mean(games)), "games", rounds)


def _share(report: Report, figure: str, count: int, of: int, must: str = "", aim: str = "") -> None:
    low, high = wilson(count, of)
    report.add(
        Row(
            figure=f"gate/{figure}",
            value=count / of,
            unit="share",
            n=of,
            low=low,
            high=high,
            must=must,
            aim=aim,
        )
    )


def _add(report: Report, figure: str, value: float, unit: str, n: int, must: str = "") -> None:
    report.add(Row(figure=f"gate/{figure}", value=value, unit=unit, n=n, must=must))


if __name__ == "__main__":
    raise SystemExit(main())
