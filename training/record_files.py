"""Records of experience as one safetensors file: tensors in columns, the rest as JSON beside them.

The file holds data only: types are known by name here, and no name in a file is ever looked up
anywhere else. It also holds a hash of all of it. Letters: `N` tensors of one type and shape.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors_torch
from torch import Tensor

from training.extraction import TrainingExample
from training.policy_example import PolicyTrainingExample
from training.selfplay.traces import Action, MCTSTrace, SelfPlayEpisode, State

RECORDS_FORMAT = 1
Record = SelfPlayEpisode | TrainingExample | PolicyTrainingExample
TYPES: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Action, State, MCTSTrace, SelfPlayEpisode, TrainingExample, PolicyTrainingExample)
}
FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in TYPES.values()}
SCALARS = (str, int, float, bool, type(None))


class UnstorableRecordError(TypeError):
    """A value inside a record that is neither data of JSON nor a tensor."""


class BrokenRecordsError(RuntimeError):
    """Bytes that are not a complete file of records of a format that this version reads."""


def records_to_bytes(records: Sequence[Record], about: Mapping[str, Any]) -> bytes:
    """Return a file's bytes.

    Args:
        records: of the known types.
        about: JSON values that go with them.

    Raises:
        UnstorableRecordError: if a record holds something that is no data, or no number.
    """
    columns = _Columns()
    plain = {
        "format": RECORDS_FORMAT,
        "about": _plain(about, columns),
        "records": [_plain(record, columns) for record in records],
    }
    try:
        text = json.dumps(plain, separators=(",", ":"), allow_nan=False)
    except ValueError as error:
        raise UnstorableRecordError(
            f"a record holds a value that is no number ({error}); mend it before it is stored"
        ) from None
    tensors = columns.stacked()
    tensors["records"] = torch.frombuffer(bytearray(text.encode()), dtype=torch.uint8)
    tensors["sha256"] = _hash(tensors)
    return bytes(safetensors_torch.save(tensors))


def records_from_bytes(data: bytes) -> tuple[list[Record], dict[str, Any]]:
    """Read back `records_to_bytes`: the records, and what goes with them.

    Raises:
        BrokenRecordsError: if the bytes are damaged, cut short, or something else.
    """
    try:
        tensors = safetensors_torch.load(data)
        told = tensors.pop("sha256")
        if not torch.equal(told, _hash(tensors)):
            raise BrokenRecordsError("its content does not match its hash")
        plain = json.loads(tensors.pop("records").numpy().tobytes())
        if plain["format"] != RECORDS_FORMAT:
            raise BrokenRecordsError(
                f"it has format {plain['format']}; this version reads {RECORDS_FORMAT}"
            )
        return [_read(record, tensors) for record in plain["records"]], plain["about"]
    except (SafetensorError, ValueError, KeyError, TypeError, IndexError) as error:
        raise BrokenRecordsError(f"it does not read: {error!r}") from error


class _Columns:
    """Tensors on their way into a file, those of one type and shape together."""

    def __init__(self) -> None:
        self._rows: dict[tuple[torch.dtype, tuple[int, ...]], list[Tensor]] = {}
        self._places: dict[int, list[int]] = {}
        self._numbers: dict[tuple[torch.dtype, tuple[int, ...]], int] = {}

    def add(self, tensor: Tensor) -> list[int]:
        """Return the number of the column and of the row; the same object is kept once."""
        known = self._places.get(id(tensor))
        if known is not None:
            return known
        key = (tensor.dtype, tuple(tensor.shape))
        number = self._numbers.setdefault(key, len(self._numbers))
        rows = self._rows.setdefault(key, [])
        rows.append(tensor)  # held here, so that no other tensor gets its id
        self._places[id(tensor)] = [number, len(rows) - 1]
        return self._places[id(tensor)]

    def stacked(self) -> dict[str, Tensor]:
        """Return `[N, ...]` by column name."""
        return {
            f"column-{self._numbers[key]}": torch.stack([row.detach().cpu() for row in rows])
            for key, rows in self._rows.items()
        }


def _plain(value: Any, columns: _Columns) -> Any:
    kind = type(value)
    if kind in SCALARS:
        return value
    if kind in FIELDS:
        content = [_plain(getattr(value, name), columns) for name in FIELDS[kind]]
        return {"$": kind.__name__, "of": content}
    if isinstance(value, Tensor):
        return {"$": columns.add(value)}
    if isinstance(value, Mapping):
        if all(isinstance(key, str) for key in value) and "$" not in value:
            return {key: _plain(each, columns) for key, each in value.items()}
        raise UnstorableRecordError(f"a mapping with the keys {list(value)[:5]}; use other strings")
    if isinstance(value, list | tuple):
        return [_plain(each, columns) for each in value]
    raise UnstorableRecordError(
        f"a {kind.__name__} ({value!r:.80}); records hold numbers, strings, lists, mappings and "
        "tensors only"
    )


def _read(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    if isinstance(value, list):
        return [_read(each, tensors) for each in value]
    if not isinstance(value, dict):
        return value
    if "$" not in value:
        return {key: _read(each, tensors) for key, each in value.items()}
    if isinstance(value["$"], list):
        column, row = value["$"]
        return tensors[f"column-{column}"][row]
    return TYPES[value["$"]](*(_read(each, tensors) for each in value["of"]))


def _hash(tensors: Mapping[str, Tensor]) -> Tensor:
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.contiguous().view(torch.uint8).numpy().tobytes())
    return torch.from_numpy(np.frombuffer(digest.digest(), np.uint8).copy())
