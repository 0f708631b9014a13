"""The runs of an iteration as documented episodes, read from its shards when they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import overload

from graphs.nets import code_version
from tasks.catalogue import Catalogue
from training.selfplay.played import to_episode
from training.selfplay.records import PlayedShards
from training.selfplay.shards import Shard, load_shard
from training.selfplay.trace_records import documented
from training.selfplay.traces import SelfPlayEpisode


class PlayedEpisodes(Sequence[SelfPlayEpisode]):
    """Runs on disk, in the order of kinds and shards; one shard is in memory at a time.

    Attributes:
        iteration: that they were played in, from 0 as the documented face counts.
    """

    def __init__(
        self, iteration: int, played: Mapping[str, PlayedShards], shards: Path, kinds: Catalogue
    ) -> None:
        """Note where they are.

        Args:
            iteration: from 0.
            played: by kind name.
            shards: the folder.
            kinds: holds the kinds.
        """
        self.iteration = iteration
        self._kinds, self._open = kinds, ""
        self._shard: Shard | None = None
        self._places: list[tuple[Path, int]] = []
        for of_kind in played.values():
            for name, manifest in zip(of_kind.names, of_kind.manifests, strict=True):
                path = shards / f"{name}.json"
                self._places += [(path, row) for row in range(len(manifest["ids"]))]

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> SelfPlayEpisode: ...

    @overload
    def __getitem__(self, index: slice) -> list[SelfPlayEpisode]: ...

    def __getitem__(self, index: int | slice) -> SelfPlayEpisode | list[SelfPlayEpisode]:
        if isinstance(index, slice):
            return [self._read(*place) for place in self._places[index]]
        return self._read(*self._places[index])

    def __iter__(self) -> Iterator[SelfPlayEpisode]:
        return (self._read(*place) for place in self._places)

    def _read(self, path: Path, row: int) -> SelfPlayEpisode:
        if self._shard is None or self._open != path.name:
            self._shard, self._open = load_shard(path, self._kinds), path.name
        shard = self._shard
        kind = self._kinds[shard.kind]
        versions = {"code": code_version(), f"net:{kind.name}": shard.weights_version}
        return documented(kind, to_episode(kind, shard.runs[row], versions, shard.seed))
