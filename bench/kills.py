"""Kill -9 at random instants under load, serving and training: is anything acknowledged lost?

Serving: clients chat, create tasks and send feedback; every id that came back in an answer before
the kill is looked up after the restart, and at the end every task must have been run. Training: a
self-play run with a worker is killed and resumed, every other time with its worker; episodes of a
shard that was in place and iterations that were printed must be there afterwards, no episode may
count twice, and the finished run must have the weights of a run that was never killed and that
played in the trainer itself. Run: `.venv/bin/python bench/kills.py [--quick]`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench.load import Client, Server, free_port
from bench.report import Report, Row
from bench.serve import CHAT, use_weights
from graphs.store.episodes import UnknownEpisodeError
from graphs.store.requests import UnknownRequestError
from graphs.store.store import Store
from tasks.catalogue import default_catalogue
from tasks.math.equations import EquationsKind

ROOT = Path(__file__).parents[1]
KIND = "search/tictactoe"
GAMES = 32  # of one iteration, which then takes one to two seconds
CLIENTS = 4  # of each sort
END_SECONDS = 120.0
FINISHED_LINE = re.compile(rf"^(\d+)\s+{KIND}\s", re.M)


@dataclass
class Acknowledged:
    """Ids that a client has in its hands."""

    episodes: list[str] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    feedback: list[tuple[str, str]] = field(default_factory=list)  # (episode, feedback)

    def counts(self) -> tuple[int, int, int]:
        """Return how many of each."""
        return len(self.episodes), len(self.tasks), len(self.feedback)


def main() -> int:
    """Run both halves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="not used: requests are generated")
    parser.add_argument("--json", type=Path, help="write the figures here")
    parser.add_argument("--quick", action="store_true", help="6 kills instead of 30 in each half")
    parser.add_argument("--only", choices=("serving", "training"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kills = 6 if given.quick else 30
    report = Report(program="kills", seed=given.seed)
    rng = np.random.default_rng(given.seed)
    with tempfile.TemporaryDirectory(prefix="tandem-kills-") as folder:
        if given.only != "training":
            serving(Path(folder) / "serving", kills, rng, report)
        if given.only != "serving":
            training(Path(folder) / "training", kills, rng, report)
    return report.finish(given.json)


def serving(home: Path, kills: int, rng: np.random.Generator, report: Report) -> None:
    """Kill a loaded server so many times on one home."""
    use_weights(home, "random:1")
    server = Server(
        home, free_port(), {"TANDEM_SIMULATIONS": "64", "TANDEM_TASK_LEASE_SECONDS": "2"}
    )
    acknowledged = Acknowledged()
    print(f"{'kill':>4} {'after s':>8} {'episodes':>9} {'tasks':>6} {'feedback':>9} {'lost':>5}")
    lost: set[str] = set()
    restarts = []
    for number in range(1, kills + 1):
        restarts.append(server.start())
        delay = float(rng.uniform(0.2, 2.5))
        asyncio.run(loaded(server, acknowledged, delay, rng))
        missing = unknown(home, acknowledged)
        lost |= missing
        episodes, tasks, feedback = acknowledged.counts()
        print(f"{number:>4} {delay:>8.2f} {episodes:>9} {tasks:>6} {feedback:>9} {len(missing):>5}")
    server.start()
    unfinished = wait_for_tasks(home, acknowledged.tasks)
    lost |= unknown(home, acknowledged)
    server.stop()
    total = sum(acknowledged.counts())

    def row(name: str, value: float, unit: str, n: int, must: str = "") -> None:
        report.add(Row(figure=f"kills/serving/{name}", value=value, unit=unit, n=n, must=must))

    row("acknowledged", total, "ids", kills)
    row("lost", len(lost), "ids", total, must="== 0")
    row("tasks-not-run", unfinished, "tasks", len(acknowledged.tasks), must="== 0")
    row("restart", float(np.median(restarts)), "s", kills)


async def loaded(
    server: Server, acknowledged: Acknowledged, delay: float, rng: np.random.Generator
) -> None:
    """Run the clients and kill the server after `delay` seconds, whatever they are doing."""
    kind = EquationsKind()
    prompts = [kind.generate(int(i), 0.3, "test").prompt for i in rng.integers(0, 9999, 64)]
    clients = [
        asyncio.create_task(use(server.port, sort, acknowledged, prompts[place:]))
        for sort in (chat, task)
        for place in range(CLIENTS)
    ]
    await asyncio.sleep(delay)
    await asyncio.to_thread(server.kill)
    await asyncio.gather(*clients)


async def use(port: int, sort: Any, acknowledged: Acknowledged, prompts: list[str]) -> None:
    """Send one request after the other until the server is gone."""
    client = Client(port)
    number = 0
    while True:
        try:
            await sort(client, acknowledged, prompts[number % len(prompts)])
        except (OSError, asyncio.IncompleteReadError):
            return
        number += 1


async def chat(client: Client, acknowledged: Acknowledged, prompt: str) -> None:
    """Ask, then say something about the answer."""
    asked = {"messages": [{"role": "user", "content": prompt}]}
    reply = await client.post(CHAT, asked)
    episode = reply.body["tandem"]["episode_id"]
    acknowledged.episodes.append(episode)
    said = await client.post("/v1/feedback", {"episode_id": episode, "score": 1.0})
    acknowledged.feedback.append((episode, said.body["id"]))


async def task(client: Client, acknowledged: Acknowledged, prompt: str) -> None:
    """Create a background task, at most fifty a second and client."""
    reply = await client.post("/v1/tasks", {"text": prompt})
    acknowledged.tasks.append(reply.body["id"])
    await asyncio.sleep(0.02)


def unknown(home: Path, acknowledged: Acknowledged) -> set[str]:
    """Return the acknowledged ids that the store does not know."""
    kinds = default_catalogue()
    missing = set()
    with Store.open(home) as store:
        for episode in acknowledged.episodes:
            try:
                store.episode(episode, kinds)
            except UnknownEpisodeError:
                missing.add(episode)
        for request in acknowledged.tasks:
            try:
                store.request(request)
            except UnknownRequestError:
                missing.add(request)
        kept = {record.id for record in store.feedback()}
    return missing | {said for _, said in acknowledged.feedback if said not in kept}


def wait_for_tasks(home: Path, tasks: list[str]) -> int:
    """Wait until every task has ended; return how many have not, or ended without an answer."""
    deadline = time.monotonic() + END_SECONDS
    with Store.open(home) as store:
        waiting = set(tasks)
        while waiting and time.monotonic() < deadline:
            waiting -= {t for t in waiting if store.request(t).status == "done"}
            time.sleep(0.2)
    return len(waiting)


def training(folder: Path, kills: int, rng: np.random.Generator, report: Report) -> None:
    """Kill a self-play run so many times; it goes on after each."""
    episodes: set[str] = set()
    printed: set[int] = set()
    lost_episodes: set[str] = set()
    lost_iterations: set[int] = set()
    started = time.perf_counter()
    run_training(folder.with_name("timed"), 1, None)
    one = time.perf_counter() - started  # start and iteration, as fast as this machine is now
    print(f"{'kill':>4} {'after s':>8} {'episodes':>9} {'iterations':>11} {'lost':>5}")
    for number in range(1, kills + 1):
        delay = float(rng.uniform(0.1, 1.2)) * one
        output = run_training(folder, 10_000, delay, group=number % 2 == 0)
        printed |= {int(i) for i in FINISHED_LINE.findall(output)}
        lost_episodes |= episodes - shard_ids(folder)
        lost_iterations |= {i for i in printed if i > finished(folder)}
        episodes |= shard_ids(folder)
        lost = len(lost_episodes) + len(lost_iterations)
        print(f"{number:>4} {delay:>8.2f} {len(episodes):>9} {len(printed):>11} {lost:>5}")
    wanted = max(finished(folder) + 1, 1)
    run_training(folder, wanted, None)
    run_training(folder.with_name("untouched"), wanted, None, workers=0)
    lost_episodes |= episodes - shard_ids(folder)
    miscounted = abs(counted(folder) - len(shard_ids(folder)))
    differing = weights_differing(folder, folder.with_name("untouched"))

    def row(name: str, value: float, unit: str, n: int, must: str = "") -> None:
        report.add(Row(figure=f"kills/training/{name}", value=value, unit=unit, n=n, must=must))

    row("episodes", len(episodes), "ids", kills, must=">= 1")
    row("iterations", len(printed), "iterations", kills, must=">= 1")
    row("lost-episodes", len(lost_episodes), "ids", len(episodes), must="== 0")
    row("lost-iterations", len(lost_iterations), "iterations", len(printed), must="== 0")
    row("miscounted-episodes", miscounted, "ids", counted(folder), must="== 0")
    row("unlike-an-unkilled-run", differing, "iterations", wanted, must="== 0")


def run_training(
    folder: Path,
    iterations: int,
    kill_after: float | None,
    *,
    group: bool = False,
    workers: int = 1,
) -> str:
    """Start or resume self-play; return what it printed until it ended or was killed.

    Args:
        folder: of the run.
        iterations: in all.
        kill_after: seconds after it began or went on; None lets it end.
        group: kill its workers at the same moment too, instead of leaving their end to them.
        workers: that play.
    """
    command = [sys.executable, "-m", "training.cli", "self-play", "--fresh", "--no-promote"]
    command += ["--kind", KIND, "--games", str(GAMES), "--iterations", str(iterations)]
    command += ["--checkpoint-dir", str(folder), "--home", str(folder / "home"), "--seed", "1"]
    command += ["--workers", str(workers)]
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TANDEM_")}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )

    def kill() -> None:
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()

    assert process.stdout is not None
    output = ""
    for line in process.stdout:  # imports are over when the head of the table is printed
        output += line
        if line.startswith("iter "):
            break
    timer = threading.Timer(kill_after or END_SECONDS * 10, kill)
    timer.start()
    try:
        rest, errors = process.communicate()
    finally:
        timer.cancel()
    output += rest
    if kill_after is None and process.returncode != 0:
        raise RuntimeError(f"training ended with {process.returncode}: {errors[-2000:]}")
    return output


def shard_ids(folder: Path) -> set[str]:
    """Return the ids of the episodes in complete shards."""
    found: set[str] = set()
    for path in (folder / "shards").glob("*.json"):
        found.update(json.loads(path.read_text())["ids"])
    return found


def finished(folder: Path) -> int:
    """Return the number of the newest complete checkpoint; 0 without one."""
    names = [p.name for p in (folder / "checkpoints").glob("iteration-*")]
    return max((int(name.split("-")[1]) for name in names), default=0)


def counted(folder: Path) -> int:
    """Return how many games the newest checkpoint's records count."""
    path = folder / "checkpoints" / f"iteration-{finished(folder):04d}" / "state.json"
    return sum(record["games"] for record in json.loads(path.read_text())["history"])


def weights_differing(one: Path, other: Path) -> int:
    """Return how many iterations of two runs did not end with the same weights."""
    versions = []
    for folder in (one, other):
        path = folder / "checkpoints" / f"iteration-{finished(folder):04d}" / "state.json"
        history = json.loads(path.read_text())["history"]
        versions.append([record["weights_version"] for record in history])
    longest = max(map(len, versions))
    same = sum(a == b for a, b in zip(*versions, strict=False))
    return longest - same


if __name__ == "__main__":
    raise SystemExit(main())
