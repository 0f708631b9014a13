"""Read benchmark records from any `*.jsonl` below a folder; a record says what it is by `task`.

What is left out, and why, is counted. How a record becomes a message is `prompts`, when an answer
is right `judging`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.benchmark.fields import fault_of

OTHER_PROGRAMS = frozenset({"connect4"})  # measured by bench/strength.py
LEFT_OUT_SPLITS = frozenset({"train", "val"})


class BenchmarkDataError(ValueError):
    """A folder without records, or a file that is not what its name says."""


@dataclass(frozen=True, slots=True)
class Record:
    """One problem with its answer.

    Attributes:
        file: path below the folder.
        task: what kind of record it is.
        module: a group within the file; empty where the file has none.
        data: the record as it was read.
    """

    file: str
    task: str
    module: str
    data: dict[str, Any]


def read_records(folder: Path) -> tuple[list[Record], Counter[str]]:
    """Return the records of a folder in the order of its files, and what was left out and why.

    Raises:
        BenchmarkDataError: if the folder does not exist or holds no `*.jsonl`, or a line is no
            JSON object.
    """
    if not folder.is_dir():
        raise BenchmarkDataError(f"{folder} is no folder; name one that holds *.jsonl files")
    files = sorted(folder.rglob("*.jsonl"))
    if not files:
        raise BenchmarkDataError(f"{folder} holds no *.jsonl file, at any depth")
    records: list[Record] = []
    left_out: Counter[str] = Counter()
    places: dict[str, str] = {}  # of the first record that is left out for want of a field
    for file in files:
        name = file.relative_to(folder).as_posix()
        for number, data in _lines(file):
            why = _reason_to_leave_out(data)
            fault = "" if why else fault_of(data["task"], data)
            if fault:
                why = f"{fault} (first: {places.setdefault(fault, f'{name}, line {number}')})"
            if why:
                left_out[why] += 1
            else:
                records.append(Record(name, data["task"], _module(data), data))
    return records, left_out


def draw(records: list[Record], limit: int | None, seed: int) -> list[Record]:
    """Return at most `limit` records of each file and module, drawn by the seed, in file order."""
    if limit is None:
        return records
    groups: dict[tuple[str, str], list[int]] = {}
    for index, record in enumerate(records):
        groups.setdefault((record.file, record.module), []).append(index)
    kept: set[int] = set()
    for (file, module), indices in groups.items():
        rng = random.Random(f"{seed} {file} {module}")
        kept.update(rng.sample(indices, min(limit, len(indices))))
    return [records[index] for index in sorted(kept)]


def training_records(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the records of the split `train` below a folder, by task."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.rglob("*.jsonl")):
        for _, data in _lines(file):
            usable = isinstance(data.get("task"), str) and not fault_of(data["task"], data)
            if data.get("split") == "train" and usable:
                found.setdefault(data["task"], []).append(data)
    return found


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number of each line and its object."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                data = json.loads(line.decode())
            except (ValueError, RecursionError) as error:  # no UTF-8 is a ValueError too
                raise BenchmarkDataError(f"{file}, line {number}: not JSON: {error}") from error
            if not isinstance(data, dict):
                raise BenchmarkDataError(f"{file}, line {number}: not a JSON object")
            yield number, data


def _reason_to_leave_out(data: dict[str, Any]) -> str:
    if data.get("family") == "recorded":
        return "family recorded"
    if not isinstance(data.get("task"), str):
        return "no task"
    if data["task"] in OTHER_PROGRAMS:
        return f"{data['task']} (see bench/strength.py)"
    if data.get("family") == "text" and data.get("split") in LEFT_OUT_SPLITS:
        return f"text, split {data['split']}"
    return ""


def _module(data: dict[str, Any]) -> str:
    """Return the group of a record within its file."""
    for key in ("module", "domain", "tier"):
        if data.get("family") != "text" and isinstance(data.get(key), str):
            return str(data[key])
    if data.get("family") == "text" and isinstance(data.get("in_scope"), bool):
        return "in scope" if data["in_scope"] else "out of scope"
    return ""
