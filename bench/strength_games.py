"""What self-play costs: games as the training plays them, beside the floor that the net sets.

The floor is the time that the network alone needs for the positions it was asked for, at the rate
measured in the same run with batches of the same size.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.connect4_data import Array
from bench.connect4_players import KIND
from bench.report import Report, Row
from bench.strength_rows import share_row
from neural.inference import NetEvaluator
from neural.model_files import Model
from tasks.catalogue import default_catalogue
from tasks.protocol import Environment
from training.derivation import replay
from training.selfplay.chunks import chunks_of, play_chunk
from training.selfplay.played import Played
from training.selfplay.recipes import Recipe, recipe_for
from training.selfplay.shards import load_shard
from training.solving import environment_of

FIRST = 1_000_000  # index of the first task: training does not come that far
EXAMPLES_PER_GAME = 5  # documented: 5,000 of 1,000 games
STEPS = 20  # documented mean length of an episode: below it
RATE_SECONDS = 1.0  # of each of the two measurements of the network's rate


def add_games(
    report: Report, model: Model, games: int, seed: int, tell: Callable[[str], None]
) -> None:
    """Play games of self-play and add what they cost and gave."""
    catalogue = default_catalogue()
    kind = catalogue[KIND]
    environment, recipe = environment_of(kind), recipe_for(kind)
    chunks = chunks_of(
        KIND, recipe.chunk, games, iteration=0, run_seed=seed, level=0.0, first=FIRST
    )
    tell(f"{games} games of self-play")
    played: list[Played] = []
    wall = processor = 0.0
    rates = []
    for number, chunk in enumerate(chunks):
        with tempfile.TemporaryDirectory(prefix="tandem-strength-") as folder:
            started, used = time.perf_counter(), time.process_time()
            play_chunk(chunk, kind, model, recipe, Path(folder))
            wall += time.perf_counter() - started
            processor += time.process_time() - used
            played += load_shard(Path(folder) / f"{chunk.name}.json", catalogue).runs
        tell(f"{len(played)} of {games} games")
        if number in (0, len(chunks) - 1):
            rates.append(raw_rate(model, recipe, environment, played))
    results = np.array([result(environment, run) for run in played])
    evaluations = sum(run.evaluations for run in played)
    examples = sum(len(run.searches) for run in played)
    floor = evaluations / float(np.mean(rates))
    for figure, value, unit, must, aim in (
        ("wall", wall, "s", "", ""),
        ("processor", processor, "s", "", ""),
        ("evaluations-per-game", evaluations / games, "evaluations", "", ""),
        ("network-rate", float(np.mean(rates)), "1/s", "", ""),
        ("floor", floor, "s", "", ""),
        ("processor-over-floor", processor / floor, "ratio", "", ""),
        ("examples", examples, "examples", f">= {EXAMPLES_PER_GAME * games}", ""),
        ("mean-length", examples / games, "steps", "", f"<= {STEPS}"),
    ):
        report.add(
            Row(figure=f"games/{figure}", value=value, unit=unit, n=games, must=must, aim=aim)
        )
    for name, wanted in (("won", 1.0), ("drawn", 0.0), ("lost", -1.0)):
        report.add(share_row(f"games/starter-{name}", results == wanted))


def result(environment: Environment[Any], run: Played) -> float:
    """Return what the game was worth for the player to move at its start."""
    states = replay(environment, run.task, run.actions)
    return float(environment.returns(states[-1])[environment.to_play(states[0])])


def raw_rate(
    model: Model, recipe: Recipe, environment: Environment[Any], played: list[Played]
) -> float:
    """Return positions per processor second of the network alone, in batches as in the games."""
    evaluator = NetEvaluator(model, precision=recipe.precision)
    observations, legal = _batch(environment, played, recipe.games.side_by_side)
    evaluator.evaluate_batch(observations, legal)
    rounds, started = 0, time.process_time()
    while time.process_time() - started < RATE_SECONDS:
        evaluator.evaluate_batch(observations, legal)
        rounds += 1
    return rounds * len(observations) / (time.process_time() - started)


def _batch(environment: Environment[Any], played: list[Played], rows: int) -> tuple[Array, Array]:
    states: list[Any] = []
    for run in played:
        states += replay(environment, run.task, run.actions)[: len(run.actions)]
        if len(states) >= rows:
            break
    states = (states * -(-rows // len(states)))[:rows]
    return (
        np.stack([environment.observe(state) for state in states]),
        np.stack([environment.legal(state) for state in states]),
    )
