"""Learn tic-tac-toe from nothing, then meet every opponent there is.

    .venv/bin/python bench/tictactoe.py [--seeds 3] [--json OUT] [--quick]

A net with random weights goes through the training loop. A player that follows it, alone or with
16 simulations, then meets every line of replies from either seat, so the perfect opponent is
among those it meets. A second net never sees the positions of every tenth symmetry class, chosen
by a hash: these measure its value error. The same search without a net, and random weights, stand
beside each figure. Truth comes from the grader's own full search, which shares no code with the
rules that were played.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from bench.report import Report, Row
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import Model, random_model
from tasks.catalogue import default_catalogue
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tictactoe_generator import canonical, positions
from tasks.search.tictactoe_grader import best_moves, mover, value, winner
from tasks.search.tictactoe_rules import board_from_text, board_to_text, to_words
from training.selfplay.config import LoopConfig
from training.selfplay.loop import SelfPlay

KIND = "search/tictactoe"
ITERATIONS, GAMES = 45, 512
SIMULATIONS = 16
Choices = dict[str, int]


@dataclass(frozen=True)
class Positions:
    """All 4520 positions with a move to play, with the truth about them."""

    texts: list[str]
    observations: np.ndarray[Any, Any]
    legal: np.ndarray[Any, Any]
    values: np.ndarray[Any, Any]
    held_out: np.ndarray[Any, Any]


def main() -> int:
    """Train per seed, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one seed")
    options = parser.parse_args()
    use_threads(1)
    report = Report(program="tictactoe", seed=options.first_seed)
    known = all_positions()
    _without_net(report, known)
    seeds = range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds))
    environment = TicTacToeKind().environment
    assert environment is not None
    for seed in seeds:
        full, partial = f"trained-{seed}", f"trained-without-held-out-{seed}"
        _measure_play(report, known, full, trained(report, full, seed, is_held_out=None), must=True)
        model = trained(report, partial, seed, is_held_out)
        _measure_play(report, known, partial, model, must=False)
        _measure_values(report, known, partial, model, must="<= 0.1")
        random = random_model(KIND, environment, seed)
        _measure_play(report, known, f"random-{seed}", random, must=False)
        _measure_values(report, known, f"random-{seed}", random, must="")
    return report.finish(options.json)


def trained(
    report: Report, name: str, seed: int, is_held_out: Callable[[str], bool] | None
) -> Model:
    """Run the training loop from random weights; return its champion."""
    config = LoopConfig(
        kinds=(KIND,),
        games=GAMES,
        seed=seed,
        fresh=True,
        keep=None if is_held_out is None else lambda _, s: not is_held_out(board_to_text(s)),
    )
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = time.perf_counter(), time.process_time()
        run = SelfPlay(config, default_catalogue(), Path(folder))
        for _ in range(ITERATIONS):
            run.iterate()
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    for clock, seconds, must in (("wall", wall, ""), ("processor", processor, "<= 60")):
        report.add(
            Row(
                figure=f"tictactoe/training/{clock}/{name}",
                value=seconds,
                unit="s",
                n=ITERATIONS * GAMES,
                must=must,
            )
        )
    return run.state.kinds[KIND].champion


def _measure_play(report: Report, known: Positions, name: str, model: Model, *, must: bool) -> None:
    """Add lines lost, right moves and knowledge of the rules."""
    evaluator = NetEvaluator(model)
    priors, _ = evaluator.evaluate_batch(known.observations, known.legal)
    search = _search(known)
    search.run(evaluator)
    players = {
        "alone": _choices(known, priors),
        f"search-{SIMULATIONS}": _choices(known, search.visit_counts()),
    }
    for player, choices in players.items():
        _add_lines(report, f"{name}/{player}", choices, must="== 0" if must else "")
    with torch.inference_mode():
        logits = model.net(torch.from_numpy(known.observations))[0]
    top = known.legal[np.arange(len(logits)), logits.argmax(1).numpy()]
    mass = (torch.softmax(logits, 1).numpy() * known.legal).sum(1)
    bound = ">= 0.8" if must else ""
    _add_mean(report, f"legal-before-masking/top/{name}", top.astype(float), "share", bound)
    _add_mean(report, f"legal-before-masking/mass/{name}", mass, "share", bound)


def _measure_values(
    report: Report, known: Positions, name: str, model: Model, *, must: str
) -> None:
    """Add the error of the value."""
    _, values = NetEvaluator(model).evaluate_batch(known.observations, known.legal)
    errors = (values - known.values) ** 2
    _add_mean(report, f"value-mse/held-out/{name}", errors[known.held_out], "squared", must)
    _add_mean(report, f"value-mse/all/{name}", errors, "squared", "")


def lines_lost(choices: Choices, seat: str) -> tuple[int, int]:
    """Play every line of replies against the choices; return lines lost and lines."""
    lost = lines = 0
    open_boards = ["." * 9]
    while open_boards:
        board = open_boards.pop()
        if winner(board) or "." not in board:
            lines += 1
            lost += winner(board) not in ("", seat)
            continue
        own = mover(board) == seat
        cells = [choices[board]] if own else [c for c in range(9) if board[c] == "."]
        open_boards += [board[:c] + mover(board) + board[c + 1 :] for c in cells]
    return lost, lines


def all_positions() -> Positions:
    """Return every reachable position that is no end."""
    environment = TicTacToeKind().environment
    assert environment is not None
    texts = [t for split in ("train", "calibration", "test") for t in positions(split)]
    boards = [board_from_text(text) for text in texts]
    return Positions(
        texts,
        np.stack([environment.observe(board) for board in boards]),
        np.stack([environment.legal(board) for board in boards]),
        np.array([value(text) for text in texts], np.float32),
        np.array([is_held_out(text) for text in texts]),
    )


def is_held_out(text: str) -> bool:
    """Say whether a position belongs to the tenth that training never sees."""
    return zlib.crc32(f"held out {canonical(text)}".encode()) % 10 == 0


def _without_net(report: Report, known: Positions) -> None:
    search = _search(known)
    search.run_uniform()
    _add_lines(
        report, f"no-net/search-{SIMULATIONS}", _choices(known, search.visit_counts()), must=""
    )
    _add_mean(
        report, "value-mse/held-out/always-0", known.values[known.held_out] ** 2, "squared", ""
    )


def _search(known: Positions) -> CompiledSearch:
    environment = TicTacToeKind().environment
    assert environment is not None
    config = SearchConfig(simulations=SIMULATIONS)
    search = CompiledSearch(environment, config, len(known.texts), 0)
    for tree, text in enumerate(known.texts):
        search.reset(tree, to_words(board_from_text(text)))
    return search


def _choices(known: Positions, scores: np.ndarray[Any, Any]) -> Choices:
    masked = np.where(known.legal, scores, -np.inf)
    return dict(zip(known.texts, masked.argmax(1).tolist(), strict=True))


def _add_lines(report: Report, name: str, choices: Choices, must: str) -> None:
    lost, lines = np.sum([lines_lost(choices, seat) for seat in "XO"], axis=0).tolist()
    report.add(
        Row(figure=f"tictactoe/lines-lost/{name}", value=lost, unit="lines", n=lines, must=must)
    )
    right = np.array([choice in best_moves(text) for text, choice in choices.items()], float)
    _add_mean(report, f"right-moves/{name}", right, "share", "")


def _add_mean(
    report: Report, name: str, values: np.ndarray[Any, Any], unit: str, must: str
) -> None:
    drawn = np.random.default_rng(0).choice(values, size=(400, len(values))).mean(1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    report.add(
        Row(
            figure=f"tictactoe/{name}",
            value=float(values.mean()),
            unit=unit,
            n=len(values),
            low=float(low),
            high=float(high),
            must=must,
        )
    )


if __name__ == "__main__":
    raise SystemExit(main())
