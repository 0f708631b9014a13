"""Positions of a shard as columns, for games with compiled rules.

What `examples.game_rows`, `augment` and `rows` make of games one Row at a time is made here of
arrays, a hundred times as fast; a test holds that both give the same. Letters: `M` games, `N`
positions, `W` state words, `A` actions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.catalogue import Catalogue
from tasks.protocol import BatchRules, FloatArray, TaskKind, WordArray
from training.augment import mirror_of
from training.rows import Examples
from training.selfplay.shards import Columns, load_columns, tasks_of
from training.solving import environment_of
from training.value_targets import td_lambda

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Positions:
    """What games teach, one row per position that was searched.

    Attributes:
        words: `[N, W]` int64, the position.
        policies: `[N, A]` float32, shares of the search's visits.
        values: `[N]` float32 in [-1, 1], for the player to move.
    """

    words: WordArray
    policies: FloatArray
    values: FloatArray

    def __len__(self) -> int:
        return len(self.values)

    def take(self, index: Index) -> Positions:
        """Return the rows of an index."""
        return Positions(self.words[index], self.policies[index], self.values[index])


def joined(parts: Sequence[Positions]) -> Positions:
    """Return all rows of all parts, in order."""
    return Positions(
        np.concatenate([part.words for part in parts]),
        np.concatenate([part.policies for part in parts]),
        np.concatenate([part.values for part in parts]),
    )


def read_positions(
    path: Path,
    kind: TaskKind,
    kinds: Catalogue,
    value_from_search: float,
    trace_decay: float | None = None,
) -> Positions:
    """Return the positions of a shard and their mirror images, in this order.

    Args:
        path: of the manifest.
        kind: of two players, with compiled rules.
        kinds: holds the kind.
        value_from_search: share of the value target that is the search's own root value.
        trace_decay: lambda of TD(lambda) targets, which then stand instead; None: none.

    Raises:
        BrokenShardError: if the shard does not read.
    """
    manifest, columns = load_columns(path)
    environment = environment_of(kind)
    assert environment.rules is not None
    starts = [environment.initial(task) for task in tasks_of(manifest, kinds)]
    words, ends = _replayed(environment.rules, starts, columns)
    lengths = columns["lengths"].astype(np.int64)
    steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    left = np.repeat(lengths, lengths) - steps
    results = np.repeat(ends, lengths) * np.where(left % 2 == 1, 1.0, -1.0)
    results *= environment.discount**left
    believed = np.clip(columns["root_values"], -1.0, 1.0)
    values = (1.0 - value_from_search) * results + value_from_search * believed
    if trace_decay is not None:
        values = _td_values(believed, lengths, ends, environment.discount, trace_decay)
    visits = columns["visit_counts"].astype(np.float32)
    policies = visits / visits.sum(1, keepdims=True)
    found = Positions(words, policies, values.astype(np.float32))
    mirror = mirror_of(kind.name)
    if mirror is None:
        return found
    image = Positions(mirror.words(words), policies[:, mirror.actions], found.values)
    return joined([found, image])


def to_examples(kind: TaskKind, positions: Positions, repeat_power: float) -> Examples:
    """Merge equal positions, and add observations and legal actions.

    Args:
        kind: of the positions.
        positions: any.
        repeat_power: a position that came up n times weighs n to this power.
    """
    environment = environment_of(kind)
    rules = environment.rules
    assert rules is not None
    words, first, counts = _unique(positions.words)
    count, actions = len(words), environment.num_actions
    policies = np.zeros((count, actions), np.float64)
    values = np.zeros(count, np.float64)
    np.add.at(policies, first, positions.policies)
    np.add.at(values, first, positions.values)
    observations = np.zeros((count, math.prod(environment.observation_shape)), np.float32)
    legal = np.zeros((count, actions), np.bool_)
    for row in range(count):
        rules.observe(words[row], observations[row])
        rules.legal(words[row], legal[row])
    weights = (counts**repeat_power).astype(np.float32)
    return Examples(
        observations.reshape(count, *environment.observation_shape),
        legal,
        (policies / counts[:, None]).astype(np.float32),
        (values / counts).astype(np.float32),
        weights,
        weights,
        _groups(kind, words),
        {"visits": count},
    )


def _replayed(
    rules: BatchRules, starts: Sequence[object], columns: Columns
) -> tuple[WordArray, FloatArray]:
    """Return every position that a move was made in, and `[M]` results for who moved last."""
    words = np.zeros((int(columns["lengths"].sum()) + 1, rules.words), np.int64)
    actions, row = columns["actions"].tolist(), 0
    ends = np.zeros(len(starts), np.float32)
    after = np.zeros(rules.words, np.int64)
    for game, (start, length) in enumerate(zip(starts, columns["lengths"].tolist(), strict=True)):
        after[:] = rules.to_words(start)
        for _ in range(length):
            words[row] = after
            ends[game] = 2 - rules.step(words[row], actions[row], after)
            row += 1
    return words[:row], ends


def _td_values(
    believed: NDArray[np.float64],
    lengths: Index,
    ends: FloatArray,
    discount: float,
    trace_decay: float,
) -> NDArray[np.float64]:
    """Return TD(lambda) targets `[N]` of games whose players take turns."""
    values = np.zeros(len(believed))
    starts = (np.cumsum(lengths) - lengths).tolist()
    for start, length, end in zip(starts, lengths.tolist(), ends.tolist(), strict=True):
        cut = slice(start, start + length)
        turns = [n % 2 for n in range(length)]
        rewards = [0.0] * length
        values[cut] = td_lambda(
            rewards, believed[cut].tolist(), turns, discount, trace_decay, float(end)
        )
    return values


def _unique(words: WordArray) -> tuple[WordArray, Index, NDArray[np.float64]]:
    """Return different rows in ascending order, where each row went, and how often each came."""
    unique, where, counts = np.unique(words, axis=0, return_inverse=True, return_counts=True)
    return np.ascontiguousarray(unique), where.reshape(-1), counts.astype(np.float64)


def _groups(kind: TaskKind, words: WordArray) -> Index:
    """Return `[N]` numbers, equal for positions that are images of each other."""
    mirror = mirror_of(kind.name)
    if mirror is None:
        return np.arange(len(words))
    image = mirror.words(words)
    other = (image[:, 0] < words[:, 0]) | (
        (image[:, 0] == words[:, 0]) & (image[:, 1] < words[:, 1])
    )
    return _unique(np.where(other[:, None], image, words))[1]
