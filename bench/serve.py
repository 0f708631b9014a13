"""Serving under load: 100 clients at once, each sends its next request when the last is answered.

`/predict` is one neural decision; a chat solve is a whole run of the agent, recorded and durable
before it is answered. Latency is what the client sees. Run: `.venv/bin/python bench/serve.py`
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.load import Client, Server, server
from bench.report import Report, Row, percentile_row
from tasks.math.equations import EquationsKind
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tictactoe_rules import TicTacToeEnvironment

CHAT = "/v1/chat/completions"
MILLISECONDS = 1000.0
P95_MILLISECONDS = "<= 100"


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not used: requests are generated")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests")
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default="", help="weights for all kinds, such as random:1")
    given = parser.parse_args()
    predictions, solves = (1_000, 200) if given.quick else (20_000, 2_000)
    report = Report(program="serve", seed=given.seed)
    with tempfile.TemporaryDirectory(prefix="tandem-bench-") as folder:
        home = Path(folder) / "home"
        if given.model:
            use_weights(home, given.model)
        with server(home) as running:
            asyncio.run(measure(running, report, given, predictions, solves))
    return report.finish(given.json)


async def measure(
    running: Server, report: Report, given: Any, predictions: int, solves: int
) -> None:
    """Run the three loads and add their rows."""
    rng = np.random.default_rng(given.seed)
    states = observations(rng, 512)
    clients = [Client(running.port) for _ in range(given.clients)]
    warm = [{"state": state, "temperature": 0.0} for state in states]
    await load(clients, "/predict", warm)  # connections are open from here on
    bodies = [{"state": states[i % len(states)], "temperature": 0.0} for i in range(predictions)]
    await one(running, clients, report, given.seed, "predict", "/predict", bodies)
    for name, kind in (("equations", EquationsKind()), ("tictactoe", TicTacToeKind())):
        prompts = [kind.generate(i, 0.5, "test").prompt for i in range(solves)]
        chats = [{"messages": [{"role": "user", "content": prompt}]} for prompt in prompts]
        replies = await one(running, clients, report, given.seed, f"chat/{name}", CHAT, chats)
        per_run(report, f"serve/chat/{name}", replies, given.seed)


async def one(
    running: Server,
    clients: list[Client],
    report: Report,
    seed: int,
    name: str,
    path: str,
    bodies: list[dict[str, Any]],
) -> list[Any]:
    """Run one load; add latency, throughput, processor time and errors."""
    cpu, started = running.cpu_seconds(), time.perf_counter()
    replies = await load(clients, path, bodies)
    wall, cpu = time.perf_counter() - started, running.cpu_seconds() - cpu
    good = [r for r in replies if r is not None and r.status == 200]
    figure = f"serve/{name}"
    times = np.array([r.seconds for r in good]) * MILLISECONDS
    aim = P95_MILLISECONDS if name == "predict" else ""
    report.add(percentile_row(f"{figure}/p50", times, 50, "ms", seed))
    report.add(percentile_row(f"{figure}/p95", times, 95, "ms", seed, aim=aim))
    rate, each = len(good) / wall, MILLISECONDS * cpu / max(len(good), 1)
    report.add(Row(figure=f"{figure}/throughput", value=rate, unit="requests/s", n=len(good)))
    report.add(Row(figure=f"{figure}/server-cpu", value=each, unit="ms/request", n=len(good)))
    errors = len(replies) - len(good)
    report.add(
        Row(figure=f"{figure}/errors", value=errors, unit="requests", n=len(replies), must="== 0")
    )
    return good


def per_run(report: Report, figure: str, replies: list[Any], seed: int) -> None:
    """Add decisions per request, time per neural decision, and the verified share."""
    told = [reply.body["tandem"] for reply in replies]
    decisions = [t["decisions"] for t in told]
    counts = np.array([len(d) for d in decisions], dtype=np.float64)
    neural = [
        d["seconds"] * MILLISECONDS
        for run in decisions
        for d in run
        if d["model_version"] and d["kind"] == "expand"
    ]
    report.add(percentile_row(f"{figure}/decisions", counts, 50, "a request", seed))
    report.add(
        percentile_row(
            f"{figure}/neural-decision-p95",
            np.array(neural),
            95,
            "ms",
            seed,
            aim=P95_MILLISECONDS,
        )
    )
    verified = float(np.mean([t["verified"] is True for t in told])) if told else None
    report.add(Row(figure=f"{figure}/verified", value=verified, unit="share", n=len(told)))


async def load(clients: list[Client], path: str, bodies: list[dict[str, Any]]) -> list[Any]:
    """Send the bodies over all connections at once; None stands for a broken exchange."""
    waiting = iter(bodies)
    replies: list[Any] = []

    async def use(client: Client) -> None:
        for body in waiting:
            try:
                replies.append(await client.post(path, body))
            except (OSError, asyncio.IncompleteReadError):
                replies.append(None)

    await asyncio.gather(*(use(client) for client in clients))
    return replies


def observations(rng: np.random.Generator, number: int) -> list[list[float]]:
    """Draw tic-tac-toe observations by playing at random."""
    environment = TicTacToeEnvironment()
    kind = TicTacToeKind()
    found = []
    for index in rng.integers(0, 10_000, size=number):
        task = kind.generate(int(index), float(rng.random()), "test")
        found.append(environment.observe(environment.initial(task)).tolist())
    return found


def use_weights(home: Path, name: str) -> None:
    """Make all learned kinds of a home use these weights."""
    from neural.model_store import ModelStore  # noqa: PLC0415 - torch is not needed otherwise
    from tasks.catalogue import default_catalogue  # noqa: PLC0415

    ModelStore(home).use(name, default_catalogue().learned())


if __name__ == "__main__":
    raise SystemExit(main())
