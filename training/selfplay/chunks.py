"""The unit of self-play: some games of one iteration, played by one process into one shard.

The same chunk always gives the same games, whoever plays it and whenever: everything random comes
from its seed, and no chunk sees another's cache. So one that was interrupted is played again, and
one whose shard is on disk is not.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from neural.model_files import Model, shipped_name
from tasks.protocol import TaskKind
from training.selfplay.playing import play
from training.selfplay.recipes import Recipe
from training.selfplay.shards import Shard, save_shard
from training.solving import environment_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """Which games to play.

    Attributes:
        kind: name.
        name: of the shard.
        count: of games.
        first: index in the train split of the first task.
        level: difficulty that is mostly solved, for kinds of one player.
        seed: of everything random in it.
        iteration, run_seed: where it belongs.
    """

    kind: str
    name: str
    count: int
    first: int
    level: float
    seed: int
    iteration: int
    run_seed: int


def chunks_of(
    kind: str,
    size: int | None,
    games: int,
    *,
    iteration: int,
    run_seed: int,
    level: float,
    first: int,
) -> list[Chunk]:
    """Cut an iteration's games into chunks of `size`, the last one smaller; None cuts nothing."""
    prefix = f"iteration-{iteration:04d}-{shipped_name(kind)}"
    text = f"{run_seed} {iteration} {kind} 1"
    starts = range(0, games, size or games)
    return [
        Chunk(
            kind=kind,
            name=prefix if size is None else f"{prefix}-chunk-{number:03d}",
            count=min(games - start, size or games),
            first=first + start,
            level=level,
            seed=zlib.crc32((text if size is None else f"{text} {number}").encode()),
            iteration=iteration,
            run_seed=run_seed,
        )
        for number, start in enumerate(starts)
    ]


def iteration_of(shard: str) -> int:
    """Return the iteration that a shard's name tells."""
    return int(shard.split("-")[1])


def play_chunk(
    chunk: Chunk,
    kind: TaskKind,
    champion: Model,
    recipe: Recipe,
    shards_folder: Path,
    on_run: Callable[[int], None] | None = None,
    clock: Callable[[], float] = time.process_time,
) -> None:
    """Play a chunk and write its shard, unless it is there already.

    Args:
        chunk: of the kind.
        kind: to play.
        champion: plays.
        recipe: how.
        shards_folder: where the shard goes.
        on_run: told the number of finished games of this chunk.
        clock: processor seconds.
    """
    path = shards_folder / f"{chunk.name}.json"
    if path.exists():
        return
    started = clock()
    runs = play(
        kind,
        champion,
        recipe,
        chunk.count,
        level=chunk.level,
        first=chunk.first,
        seed=chunk.seed,
        on_run=on_run,
    )
    shard = Shard(
        kind.name,
        environment_of(kind).version,
        champion.card.weights_version,
        chunk.iteration,
        chunk.run_seed,
        tuple(runs),
        clock() - started,
    )
    save_shard(shard, path)
