"""Connect-four positions with exact scores of every move: read, checked, and put to the judge.

A record is one line of JSON with `task` equal to `connect4`: `moves`, the columns 1-7 played so
far, and `move_scores`, the exact score of each column for the player to move (null where the
column is full). Only the sign counts here: a move is a mistake when it is of a lower class (win,
draw, loss) than the best one. Letters: `P` positions, `A` actions.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from tasks.protocol import IllegalActionError
from tasks.search.connect_four_rules import (
    COLUMNS,
    ConnectFourEnvironment,
    position_from_moves,
    to_words,
)

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "benchdata"
FULL_COLUMN = -2  # in `classes`
Array = np.ndarray[Any, Any]


class BadLabelError(ValueError):
    """A record that contradicts the rules or itself; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Positions:
    """Labelled positions.

    Attributes:
        ids: `[P]` text.
        phases: `[P]` text.
        words: `[P, 2]` int64, the state as the compiled rules hold it.
        observations: `[P, 4, 6, 7]` float32.
        classes: `[P, A]` int8: 1 wins, 0 draws, -1 loses for the player to move; -2 where full.
    """

    ids: Array
    phases: Array
    words: Array
    observations: Array
    classes: Array

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def legal(self) -> Array:
        """`[P, A]` bool."""
        return self.classes > FULL_COLUMN

    @property
    def decisive(self) -> Array:
        """`[P]` bool: the legal moves differ in class; elsewhere every move is right."""
        return np.where(self.legal, self.classes, 2).min(1) < self.classes.max(1)

    def take(self, chosen: Array) -> Positions:
        """Return some of the positions, by mask or index."""
        return Positions(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def mistakes(self, choices: Array) -> Array:
        """Say `[P]` bool which chosen columns are of a lower class than the best.

        Raises:
            ValueError: if a full column was chosen.
        """
        found = self.classes[np.arange(len(self)), choices]
        if (found == FULL_COLUMN).any():
            raise ValueError(f"a full column was chosen in {self.ids[found == FULL_COLUMN][0]}")
        return np.asarray(found < self.classes.max(1))


def data_folder(given: Path | None) -> Path:
    """Return where the positions are: as given, TANDEM_BENCHDATA, or beside the checkout."""
    return given or Path(os.environ.get("TANDEM_BENCHDATA") or BESIDE)


def read_positions(folder: Path) -> Positions:
    """Read all connect-four records of the *.jsonl files below a folder; others are passed over.

    Raises:
        BadLabelError: if a record cannot be right, or there is none.
    """
    environment = ConnectFourEnvironment()
    records = [_checked(where, record, environment) for where, record in _records(folder)]
    if not records:
        raise BadLabelError(
            f"no record with task connect4 in the *.jsonl files below {folder}; "
            "name their folder with --data"
        )
    found = Positions(*(np.array(column) for column in zip(*records, strict=True)))
    names, counts = np.unique(found.ids, return_counts=True)
    if len(names) < len(found):
        raise BadLabelError(
            f"{names[counts > 1][0]} is there {counts.max()} times below {folder}; "
            "keep one copy of each file"
        )
    return found


def sampled(positions: Positions, per_phase: int, seed: int) -> Positions:
    """Return at most so many positions of each phase, drawn by the seed, in their old order."""
    rng = np.random.default_rng([seed, 4])
    chosen = np.zeros(len(positions), bool)
    for phase in sorted(set(positions.phases.tolist())):
        places = np.flatnonzero(positions.phases == phase)
        chosen[rng.permutation(places)[:per_phase]] = True
    return positions.take(chosen)


def _records(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if '"connect4"' not in line:
                continue
            where = f"{path.name}:{number}"
            try:
                record = json.loads(line)
            except ValueError as error:
                raise BadLabelError(f"{where}: not JSON: {error}; get the file again") from error
            if isinstance(record, dict) and record.get("task") == "connect4":
                yield where, record


def _checked(where: str, record: dict[str, Any], environment: ConnectFourEnvironment) -> list[Any]:
    """Return a record's row of Positions."""
    moves, scores = record.get("moves"), record.get("move_scores")
    if not isinstance(moves, str) or not isinstance(record.get("phase"), str):
        raise BadLabelError(
            f"{where}: moves {moves!r} and phase {record.get('phase')!r}; want text"
        )
    try:
        state = position_from_moves(moves)
    except IllegalActionError as error:
        raise BadLabelError(f"{where}: moves {moves!r} cannot be played: {error}") from error
    if environment.is_terminal(state):
        raise BadLabelError(f"{where}: the game is over after {moves!r}; no move is left to judge")
    if not isinstance(scores, list) or len(scores) != COLUMNS:
        raise BadLabelError(f"{where}: move_scores {scores!r}; expected {COLUMNS}, one per column")
    if not all(score is None or isinstance(score, int) for score in scores):
        raise BadLabelError(f"{where}: move_scores {scores!r}; expected integers, null where full")
    legal = environment.legal(state)
    if [score is not None for score in scores] != legal.tolist():
        raise BadLabelError(
            f"{where}: move_scores {scores} after {moves!r}, where the columns "
            f"{(np.flatnonzero(legal) + 1).tolist()} have room"
        )
    classes = [FULL_COLUMN if score is None else int(np.sign(score)) for score in scores]
    decisive = len(set(classes) - {FULL_COLUMN}) > 1
    if "decisive" in record and record["decisive"] != decisive:
        raise BadLabelError(
            f"{where}: decisive {record['decisive']} contradicts move_scores {scores}"
        )
    if "score" in record and record["score"] != max(s for s in scores if s is not None):
        raise BadLabelError(f"{where}: score {record['score']} is not the best of {scores}")
    name = str(record.get("id", where))
    return [name, record["phase"], to_words(state), environment.observe(state), classes]
