"""Write episodes without end, print each id once its write is acknowledged (see test_store_kill).

Every line on the standard input forks one child, so that a dozen kills pay the imports once.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from graphs.budget import Budget, Spend
from graphs.episode import Episode, new_id
from graphs.store.store import Store
from graphs.store.writer import GroupWriter
from tasks.catalogue import default_catalogue

TASKS = 20  # concurrent writers: kills fall into groups, not between them


async def main(home: Path) -> None:
    kinds = default_catalogue()
    store = Store.open(home)
    writer = GroupWriter(store)
    task = kinds["search/tictactoe"].generate(1, 0.5, "train")

    async def write_on() -> None:
        while True:
            episode = Episode(
                id=new_id(),
                task=task,
                solver="agent",
                versions={},
                mode="auto",
                seed=0,
                budget=Budget(),
                spend=Spend(),
                outcome="solved",
                started_at=0.0,
                origin="http",
            )
            await writer.save_episode(episode)
            print(episode.id, flush=True)

    print("ready", os.getpid(), flush=True)
    await asyncio.gather(*(write_on() for _ in range(TASKS)))


if __name__ == "__main__":
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(main(Path(sys.argv[1])))
        os.waitpid(child, 0)
        print("dead", flush=True)
