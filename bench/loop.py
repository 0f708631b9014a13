"""Does the loop close? Ask over HTTP with random weights, train on what was asked, ask again.

    .venv/bin/python bench/loop.py [--json OUT] [--quick]

A server runs with random weights and is asked generated equations. `training.cli fit
--from-store` then learns from its own record, and the server, which was not restarted, is asked
fixed test equations: before, after, and with the random weights put back; last with the shipped
weights. Test equations are asked with `metadata.train` false, so nothing is learned from them.
Simulations per solved equation count those of failed ones too; differences are paired by
equation, with bootstrap intervals.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.load import Client, Server, server
from bench.report import Report, Row, interval_row
from tasks.math.equations import EquationsKind
from tasks.protocol import Split, Task
from training.bootstrap import mean_difference, paired_interval, ratio_difference, ratio_of_sums

KIND = EquationsKind()
CHAT = "/v1/chat/completions"
CLIENTS = 4
FIRST = 600_000  # index of the first equation: no comparison or calibration of training uses these
Columns = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Phase:
    """Answers of one set of weights to the test equations in order: simulations, solved."""

    name: str
    answers: Columns


def main() -> int:
    """Run the phases and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not used: equations are generated")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="60 equations instead of 200")
    parser.add_argument("--seed", type=int, default=1, help="of the random weights")
    parser.add_argument("--hardest", type=float, default=0.4, help="difficulty, from 0 up to it")
    options = parser.parse_args()
    count = 60 if options.quick else 200
    report = Report(program="loop", seed=options.seed)
    random = f"random:{options.seed}"
    with tempfile.TemporaryDirectory(prefix="tandem-loop-") as folder:
        home = Path(folder) / "home"
        use(home, random)
        with server(home) as running:
            asked = solve(running, tasks("train", count, options.hardest), train=True)
            _add_share(report, "loop/asked/solved", asked[:, 1])
            test = tasks("test", count, options.hardest)
            before = Phase("random", solve(running, test, train=False))
            fit(report, home)
            after = Phase("fitted", solve(running, test, train=False))
            use(home, random)
            back = Phase("random-again", solve(running, test, train=False))
            use(home, "math-equations")
            shipped = Phase("shipped", solve(running, test, train=False))
    for phase in (before, after, back, shipped):
        _add_phase(report, phase)
    _add_difference(report, before, after, effort="<= 0", solved=">= 0")
    _add_difference(report, after, back, effort=">= 0", solved="")
    _add_difference(report, before, shipped, effort="<= 0", solved=">= 0")
    return report.finish(options.json)


def tasks(split: Split, count: int, hardest: float) -> list[Task]:
    """Return equations of a split, difficulty rising from 0 to `hardest`."""
    return [KIND.generate(FIRST + n, hardest * n / (count - 1), split) for n in range(count)]


def solve(running: Server, chosen: Sequence[Task], *, train: bool) -> Columns:
    """Ask for every task over HTTP; return `[n, 2]`: simulations, solved."""

    async def ask() -> list[tuple[float, float]]:
        answers: list[tuple[float, float]] = [(0.0, 0.0)] * len(chosen)
        waiting = iter(range(len(chosen)))

        async def use_client(client: Client) -> None:
            for n in waiting:
                messages = [{"role": "user", "content": chosen[n].prompt}]
                body = {"messages": messages, "seed": 0, "metadata": {"train": train}}
                reply = await client.post(CHAT, body)
                if reply.status != 200:
                    raise RuntimeError(f"status {reply.status} for {chosen[n].prompt!r}")
                told = reply.body["tandem"]
                answers[n] = (float(told["simulations"]), float(told["verified"] is True))
            client.close()

        await asyncio.gather(*(use_client(Client(running.port)) for _ in range(CLIENTS)))
        return answers

    return np.array(asyncio.run(ask()))


def fit(report: Report, home: Path) -> None:
    """Learn from the store as a user does, and add what the new card says of its episodes."""
    print(_run(home, "training.cli", "fit", "--from-store", "--kind", KIND.name))
    cards = [json.loads(p.read_text()) for p in sorted((home / "models").glob("math-*/*.json"))]
    if not cards:
        raise RuntimeError("the fitted weights were not released")
    for source, number in cards[-1]["training"]["episodes_by_source"].items():
        report.add(
            Row(
                figure=f"loop/card/episodes/{source}",
                value=number,
                unit="episodes",
                n=cards[-1]["training"]["games"],
            )
        )


def use(home: Path, name: str) -> None:
    """Choose weights as a user does; a running server notices."""
    _run(home, "app.cli", "models", "use", name)


def _run(home: Path, module: str, *arguments: str) -> str:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TANDEM_", "LANGSMITH"))}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**clean, "TANDEM_HOME": str(home)},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def _add_phase(report: Report, phase: Phase) -> None:
    effort = paired_interval(ratio_of_sums, phase.answers)
    figure = f"loop/simulations-per-solved/{phase.name}"
    report.add(interval_row(figure, effort, "simulations"))
    _add_share(report, f"loop/solved/{phase.name}", phase.answers[:, 1])


def _add_share(report: Report, figure: str, solved: Columns) -> None:
    report.add(
        interval_row(
            figure, paired_interval(lambda s: s[..., 0].mean(-1), solved[:, None]), "share"
        )
    )


def _add_difference(report: Report, old: Phase, new: Phase, *, effort: str, solved: str) -> None:
    """Add paired differences; a bound is put on the end of the interval that is nearest to it."""
    columns = np.concatenate([old.answers, new.answers], axis=1)
    pair = f"{new.name}-minus-{old.name}"
    spent = paired_interval(ratio_difference, columns)
    report.add(interval_row(f"loop/simulations-per-solved/{pair}", spent, "simulations"))
    end = spent.high if effort.startswith("<") else spent.low
    report.add(
        Row(
            figure=f"loop/simulations-per-solved/{pair}/end-of-interval",
            value=end,
            unit="simulations",
            n=spent.n,
            must=effort,
        )
    )
    share = paired_interval(mean_difference, columns[:, 1::2])
    report.add(interval_row(f"loop/solved/{pair}", share, "share", must=solved))


if __name__ == "__main__":
    raise SystemExit(main())
