"""Speed of the search engine, in processor seconds of one core, medians of several runs.

Tree alone (equal priors, value 0): many trees and one, with a plain Python PUCT in the same run.
With a network: positions judged per second in 256 trees that are refilled as they finish, without a
cache, over the rate of the network by itself at the same batch, as in self-play: 48 simulations
from positions with at most 2 stones. Handles: states that live in Python.
Compilation: the first search of a process, with Numba's disk cache empty and full.
Run: `.venv/bin/python bench/search.py`
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.report import Report, Row, percentile_row
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from neural.calibration import UNCALIBRATED
from neural.device import use_threads
from neural.inference import NetEvaluator
from neural.model_files import make_model, random_model
from neural.policy_value import fresh_net, shape_for
from tasks.math.equations import EquationsKind
from tasks.protocol import BoolArray, Environment, FloatArray, WordArray
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment

sys.path.append(str(Path(__file__).parents[1] / "tests" / "graphs" / "mcts"))
from plain_puct import plain_search

GAME = TicTacToeEnvironment()
SIMULATIONS = 100
BATCH, PER_MOVE = 256, 48
WIDE, DEEP = 512, 4
FIRST_SEARCH = """
import time
import numpy as np
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig, TreeSearch, run_search
from tasks.search.tictactoe_rules import Board, TicTacToeEnvironment
class Equal:
    version, environment_version = "equal", TicTacToeEnvironment.version
    def evaluate_batch(self, observations, legal):
        priors = (legal / legal.sum(axis=1, keepdims=True)).astype(np.float32)
        return priors, np.zeros(len(legal), np.float32)
game, config = TicTacToeEnvironment(), SearchConfig(simulations=8)
started = time.process_time()
run_search(TreeSearch(game, [Board(0, 0)], config, np.random.default_rng(0)), Equal())
handles = time.process_time()
search = CompiledSearch(game, config, 1, 0)
search.reset(0, game.rules.to_words(Board(0, 0)))
search.run(Equal())
print(handles - started, time.process_time() - handles)
"""


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not used: positions are generated")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--quick", action="store_true", help="3 shorter runs instead of 7")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    use_threads(1)
    report = Report(program="search", seed=given.seed)
    bench = Bench(report, given.seed, runs=3 if given.quick else 7, scale=1 if given.quick else 4)
    bench.tree_alone()
    bench.handles()
    bench.with_network("tictactoe", random_model(TicTacToeKind.name, GAME, given.seed))
    bench.with_network(f"mlp-{WIDE}x{DEEP}", wide_model(given.seed))
    bench.first_search()
    return report.finish(given.json)


@dataclass(frozen=True, slots=True)
class Bench:
    """What all parts share."""

    report: Report
    seed: int
    runs: int
    scale: int

    def add(self, figure: str, values: list[float], unit: str, aim: str = "") -> None:
        """Add the median of some runs."""
        figure = f"search/{figure}"
        self.report.add(percentile_row(figure, np.array(values), 50, unit, self.seed, aim=aim))

    def tree_alone(self) -> None:
        """Measure the tree without any network."""
        unit = "simulations/s"
        many, one = started_search(256), started_search(1)
        middle = reachable(np.random.default_rng(self.seed), 256)
        uniform = Equal(GAME)
        board = Board(0, 0)

        def plain() -> float:
            return rate(lambda: plain_search(GAME, board, uniform, SIMULATIONS), SIMULATIONS)

        def whole(search: CompiledSearch, words: WordArray, times: int) -> float:
            def run() -> None:
                for _ in range(times):
                    reset_all(search, words)
                    search.run_uniform()

            return rate(run, SIMULATIONS * len(search) * times)

        def rounds() -> float:
            reset_all(many, start_words(256))
            return rate(lambda: many.run(uniform), SIMULATIONS * 256)

        measured = interleave(
            self.runs,
            lambda: whole(many, start_words(256), self.scale),
            lambda: whole(one, start_words(1), 250 * self.scale),
            lambda: whole(many, middle, self.scale),
            rounds,
            plain,
        )
        trees, tree, mid, steps, peer = measured
        self.add("tree-only/256", trees, unit, aim=">= 5000000")
        self.add("tree-only/1", tree, unit, aim=">= 500000")
        self.add("tree-only/256/mid-game", mid, unit)
        self.add("tree-only/256/asked-in-python", steps, unit)
        self.add("plain-python/1", peer, unit)
        self.add("tree-only/1-over-plain-python", quotients(tree, peer), "times")
        self.add("tree-only/256-over-plain-python", quotients(trees, peer), "times")

    def handles(self) -> None:
        """Measure searches whose states live in Python, with slow rules and with quick ones."""
        kind = EquationsKind()
        algebra = kind.environment
        assert algebra is not None
        tasks = [kind.generate(self.seed + n, 0.5, "test") for n in range(16 * self.scale)]
        equations = [algebra.initial(task) for task in tasks]
        assert GAME.rules is not None
        words = reachable(np.random.default_rng(self.seed), 16 * self.scale, most_stones=3)
        boards = [GAME.rules.from_words(word) for word in words]

        def searched(environment: Environment[Any], roots: list[Any]) -> float:
            config = SearchConfig(simulations=64)
            search = TreeSearch(environment, roots, config, np.random.default_rng(self.seed))
            seconds = cpu_seconds(lambda: run_search(search, Equal(environment)))
            return sum(search.simulations(tree) for tree in range(len(roots))) / seconds

        slow, quick = interleave(
            self.runs,
            lambda: searched(algebra, equations),
            lambda: searched(GAME, boards),
        )
        self.add("handles/equations", slow, "simulations/s")
        self.add("handles/tictactoe", quick, "simulations/s")

    def with_network(self, name: str, model: Any) -> None:
        """Measure judged positions per second against the network by itself."""
        evaluator = NetEvaluator(model)
        rng = np.random.default_rng(self.seed)
        search = CompiledSearch(GAME, SearchConfig(simulations=PER_MOVE), BATCH, self.seed)
        waiting = cycle(reachable(rng, 4096, most_stones=2))
        for tree in range(BATCH):
            search.reset(tree, next(waiting))
        counted = Counted(evaluator)
        rounds = 60 * self.scale

        def play() -> None:
            for _ in range(rounds):
                for tree in search.advance(counted).tolist():
                    search.reset(tree, next(waiting))

        def searching() -> float:
            before = counted.positions
            seconds = cpu_seconds(play)
            return (counted.positions - before) / seconds

        def raw() -> float:
            observations, legal = counted.observations, counted.legal
            work = lambda: [evaluator.evaluate_batch(observations, legal) for _ in range(rounds)]  # noqa: E731
            return rate(work, rounds * len(observations))

        own, alone = interleave(self.runs, searching, raw)
        self.add(f"network/{name}/in-search", own, "evaluations/s")
        self.add(f"network/{name}/raw", alone, "evaluations/s")
        self.add(f"network/{name}/over-raw", quotients(own, alone), "share", aim=">= 0.9")

    def first_search(self) -> None:
        """Measure what a process's first search pays for compilation."""
        with tempfile.TemporaryDirectory(prefix="tandem-numba-") as folder:
            for cache in ("empty", "full"):
                out = subprocess.run(
                    [sys.executable, "-c", FIRST_SEARCH],
                    cwd=Path(__file__).parents[1],
                    env={**os.environ, "NUMBA_CACHE_DIR": folder},
                    capture_output=True,
                    text=True,
                    check=True,
                )
                handles, rules = map(float, out.stdout.split())
                for name, value in (("handles", handles), ("then-compiled-rules", rules)):
                    figure = f"search/first/{cache}-cache/{name}"
                    self.report.add(Row(figure=figure, value=value, unit="seconds", n=1))


class Equal:
    """Equal priors and value 0."""

    version = "equal"

    def __init__(self, environment: Environment[Any]) -> None:
        self.environment_version = environment.version

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge without a net."""
        priors = (legal / legal.sum(axis=1, keepdims=True)).astype(np.float32)
        return priors, np.zeros(len(legal), np.float32)


class Counted:
    """Passes on to an evaluator, counts, and remembers the last batch, for the raw rate."""

    def __init__(self, evaluator: NetEvaluator) -> None:
        self.version = evaluator.version
        self.environment_version = evaluator.environment_version
        self.positions = 0
        self.observations = np.zeros((0, 0), np.float32)
        self.legal = np.zeros((0, 0), np.bool_)
        self._evaluator = evaluator

    def evaluate_batch(
        self, observations: FloatArray, legal: BoolArray
    ) -> tuple[FloatArray, NDArray[np.float32]]:
        """Judge."""
        self.positions += len(observations)
        self.observations, self.legal = observations, legal
        return self._evaluator.evaluate_batch(observations, legal)


def wide_model(seed: int) -> Any:
    """Return an untrained net, wider than the one for tic-tac-toe."""
    shape = replace(shape_for(GAME), width=WIDE, depth=DEEP)
    return make_model(
        fresh_net(shape, seed),
        kind=TicTacToeKind.name,
        environment=GAME,
        calibration=UNCALIBRATED,
        training={},
        created_at=datetime.now(UTC),
    )


def reachable(rng: np.random.Generator, count: int, most_stones: int = 5) -> WordArray:
    """Return `[count, 2]` words of positions in the middle of random games."""
    assert GAME.rules is not None
    found: list[WordArray] = []
    while len(found) < count:
        board = Board(0, 0)
        for _ in range(rng.integers(most_stones + 1)):
            board = GAME.step(board, int(rng.choice(np.flatnonzero(GAME.legal(board)))))
            if GAME.is_terminal(board):
                break
        else:
            found.append(GAME.rules.to_words(board))
    return np.array(found)


def start_words(count: int) -> WordArray:
    """Return `[count, 2]` words of the empty board."""
    return np.zeros((count, 2), np.int64)


def started_search(trees: int) -> CompiledSearch:
    """Return a compiled search, compiled."""
    search = CompiledSearch(GAME, SearchConfig(simulations=SIMULATIONS), trees, 0)
    reset_all(search, start_words(trees))
    search.run_uniform()
    reset_all(search, start_words(trees))
    search.run(Equal(GAME))
    return search


def reset_all(search: CompiledSearch, words: WordArray) -> None:
    """Put a root in every tree."""
    for tree in range(len(search)):
        search.reset(tree, words[tree])


def rate(work: Callable[[], Any], count: int) -> float:
    """Return how often per processor second."""
    return count / cpu_seconds(work)


def cpu_seconds(work: Callable[[], Any]) -> float:
    """Return the processor seconds of this process that some work takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def interleave(runs: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Measure in turns, so that a slow minute hits all alike; the first turn is warm-up."""
    found = [[measure() for measure in measures] for _ in range(runs + 1)]
    return [list(values) for values in zip(*found[1:], strict=True)]


def quotients(values: list[float], others: list[float]) -> list[float]:
    """Divide run by run."""
    return [value / other for value, other in zip(values, others, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
