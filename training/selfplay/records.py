"""Figures of one iteration of one kind, as JSON values; checkpoints and tables hold them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training.selfplay.shards import Columns, Manifest, load_columns

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlayedShards:
    """What the shards of one iteration say of themselves, without a look at single moves."""

    manifests: tuple[Manifest, ...]
    columns: tuple[Columns, ...]
    names: tuple[str, ...]

    @property
    def games(self) -> int:
        """Return the number of runs."""
        return sum(len(manifest["ids"]) for manifest in self.manifests)

    @property
    def evaluations(self) -> int:
        """Return the positions that a net judged."""
        return int(sum(columns["spent"][:, 1].sum() for columns in self.columns))

    def cpu_seconds(self, of: Collection[str]) -> float:
        """Return the processor time that playing the named shards took."""
        named = zip(self.names, self.manifests, strict=True)
        return float(sum(m.get("cpu_seconds", 0.0) for name, m in named if name in of))

    def hashes(self) -> dict[str, str]:
        """Return shard name -> hash of what was played, without times and ids."""
        named = zip(self.names, self.manifests, strict=True)
        return {name: manifest["games_sha256"] for name, manifest in named}

    def figures(self) -> Record:
        """Return the figures for a record."""
        lengths = np.concatenate([columns["lengths"] for columns in self.columns])
        spent = np.concatenate([columns["spent"] for columns in self.columns])
        passed = np.concatenate([columns["passed"] for columns in self.columns])
        ids = [identity for manifest in self.manifests for identity in manifest["ids"]]
        return {
            "games": self.games,
            "solved": float(passed.mean()),
            "mean_length": float(lengths[lengths > 0].mean()) if (lengths > 0).any() else 0.0,
            "simulations": int(spent[:, 0].sum()),
            "evaluations": self.evaluations,
            "ids": [ids[0], ids[-1]],
        }


def read_played(paths: Sequence[Path]) -> PlayedShards:
    """Read the shards of an iteration, by their manifests.

    Raises:
        BrokenShardError: if one does not read.
    """
    read = [load_columns(path) for path in paths]
    return PlayedShards(
        tuple(manifest for manifest, _ in read),
        tuple(columns for _, columns in read),
        tuple(path.stem for path in paths),
    )


def main_figure(record: Record) -> float:
    """Return what a record's challenger is worth: the share of test tasks right without search,
    or its rating where games alone decide.
    """
    figures = record["comparison"]["challenger_figures"]
    rating = record.get("rating") or 0.0
    return float(figures.get("solved_alone", figures.get("right_alone", rating)))
