"""What the runs of an iteration and of earlier ones teach: shards in, examples for the fit out.

The replay buffer is the shards on disk; a cursor is not needed, as the iterations in the window say
which ones count. Games of kinds with a mirror are read as columns (`positions`), everything else
as rows.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tasks.catalogue import Catalogue
from tasks.protocol import TaskKind
from training.augment import augmented, mirror_of
from training.examples import with_rehearsal
from training.rows import Examples, Row, merged
from training.rows import to_examples as examples_of_rows
from training.selfplay.chunks import iteration_of
from training.selfplay.played import rows_of
from training.selfplay.positions import Positions, joined, read_positions, to_examples
from training.selfplay.recipes import Recipe
from training.selfplay.shards import load_shard
from training.solving import environment_of


class Lessons:
    """Reads each shard once as long as it is in the window."""

    def __init__(
        self,
        shards: Path,
        catalogue: Catalogue,
        keep: Callable[[str, Any], bool] | None = None,
    ) -> None:
        """Start with nothing read.

        Args:
            shards: their folder.
            catalogue: holds the kinds.
            keep: kind name, state -> whether the state may be trained on; None keeps all.
        """
        self._folder = shards
        self._catalogue = catalogue
        self._keep = keep
        self._rows: dict[str, list[Row]] = {}
        self._positions: dict[str, Positions] = {}

    def examples(self, kind: TaskKind, recipe: Recipe, shards: list[str], seed: int) -> Examples:
        """Return the newest iteration's examples and a share of older ones, merged.

        Args:
            kind: of the shards.
            recipe: how much is rehearsed, and from how many iterations.
            shards: names of all shards so far, oldest first.
            seed: of the choice of what is rehearsed.

        Raises:
            BrokenShardError: if a shard does not read.
        """
        newest = iteration_of(shards[-1])
        window = [name for name in shards if iteration_of(name) > newest - recipe.window]
        new = [name for name in window if iteration_of(name) == newest]
        old = [name for name in window if iteration_of(name) < newest]
        for name in set(shards) - set(window):
            self._rows.pop(name, None)
            self._positions.pop(name, None)
        rng = np.random.default_rng(seed)
        if mirror_of(kind.name) is not None and self._keep is None:
            return self._of_positions(kind, recipe, new, old, rng)
        fresh = [row for name in new for row in self._read_rows(kind, recipe, name)]
        known = [row for name in old for row in self._read_rows(kind, recipe, name)]
        rows = merged(with_rehearsal(fresh, known, recipe.rehearsal_share, rng))
        return examples_of_rows(environment_of(kind), rows, recipe.repeat_power)

    def _of_positions(
        self,
        kind: TaskKind,
        recipe: Recipe,
        new: list[str],
        old: list[str],
        rng: np.random.Generator,
    ) -> Examples:
        fresh = [self._read_positions(kind, recipe, name) for name in new]
        if not old:
            return to_examples(kind, joined(fresh), recipe.repeat_power)
        known = joined([self._read_positions(kind, recipe, name) for name in old])
        share = recipe.rehearsal_share
        wanted = round(sum(map(len, fresh)) * share / (1.0 - share))
        chosen = known.take(rng.permutation(len(known))[:wanted])
        return to_examples(kind, joined([*fresh, chosen]), recipe.repeat_power)

    def _read_positions(self, kind: TaskKind, recipe: Recipe, name: str) -> Positions:
        if name not in self._positions:
            self._positions[name] = read_positions(
                self._folder / f"{name}.json",
                kind,
                self._catalogue,
                recipe.value_from_search,
                recipe.trace_decay,
            )
        return self._positions[name]

    def _read_rows(self, kind: TaskKind, recipe: Recipe, name: str) -> list[Row]:
        if name not in self._rows:
            shard = load_shard(self._folder / f"{name}.json", self._catalogue)
            rows = [
                row
                for run in shard.runs
                for row in rows_of(kind, run, recipe.value_from_search, recipe.trace_decay)
                if self._keep is None or self._keep(kind.name, row.state)
            ]
            parts: list[int] = [shard.seed, shard.iteration, 5]
            if "-chunk-" in name:
                parts.append(zlib.crc32(name.encode()))
            rng = np.random.default_rng(parts)
            self._rows[name] = augmented(environment_of(kind), kind.name, rows, rng)
        return self._rows[name]
