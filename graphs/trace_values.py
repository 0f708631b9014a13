"""Turn what graphs pass around into JSON values of a bounded size.

Two steps, because the first one runs inside the traced call and the second one on the sink's
thread:
`snapshot` copies containers, so that a later change is not recorded as an earlier value, and
leaves immutable things alone; `to_json` makes JSON values of everything, redacts text and cuts
what is too long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from graphs.redaction import names_a_secret

MAX_ITEMS = 2_000  # values per field, containers included
MAX_DEPTH = 12
SLACK = 1_000  # characters redacted beyond a cut, so that no half of a secret survives at its end
_PLAIN = (str, int, float, bool, type(None))


def snapshot(value: Any) -> Any:
    """Copy the containers of a value, at most MAX_ITEMS deep and wide."""
    return _copy(value, [MAX_ITEMS])


def to_json(value: Any, characters: int, redact: Callable[[str], str]) -> Any:
    """Return JSON values of about `characters` characters at most; a cut says how much it cut.

    Objects that are no data appear as `<module.Class>`: their `repr` may hold anything.
    """
    return _Json(characters, redact).of(value, 0)


def _copy(value: Any, left: list[int]) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    left[0] -= 1
    if kind is dict:
        if len(value) > left[0]:
            return f"[truncated: {len(value)} entries]"
        left[0] -= len(value)
        # list() of a dict's items cannot be interrupted by another thread's change
        return {key: _copy(item, left) for key, item in list(value.items())}
    if kind is list or kind is tuple:
        shown = value[: max(0, left[0])]
        left[0] -= len(shown)
        copied = [_copy(item, left) for item in shown]
        rest = len(value) - len(shown)
        return [*copied, f"[truncated {rest} items]"] if rest > 0 else copied
    if hasattr(value, "shape") and hasattr(value, "dtype") and tuple(value.shape) != ():
        return f"<array {list(value.shape)} {value.dtype}>"
    if is_dataclass(value) and not isinstance(value, type) and not _is_frozen(value):
        return {f.name: _copy(getattr(value, f.name, None), left) for f in fields(value)}
    return value


def _is_frozen(value: Any) -> bool:
    return bool(getattr(type(value), "__dataclass_params__").frozen)  # noqa: B009 - unknown to types


class _Json:
    """One conversion: what is left of its size."""

    def __init__(self, characters: int, redact: Callable[[str], str]) -> None:
        self.left = characters
        self.redact = redact

    def of(self, value: Any, depth: int) -> Any:
        """Return the value as JSON."""
        if isinstance(value, str):
            return self.text(value)
        if value is None or isinstance(value, bool | int):
            self.left -= 8
            return value
        if isinstance(value, float):
            self.left -= 8
            return value if math.isfinite(value) else str(value)
        if depth >= MAX_DEPTH:
            return "[truncated: too deep]"
        if isinstance(value, Mapping):
            return self.mapping(list(value.items()), depth)
        if isinstance(value, list | tuple | set | frozenset):
            return self.items(list(value), depth)
        if isinstance(value, Enum):
            return self.of(value.value, depth + 1)
        if is_dataclass(value) and not isinstance(value, type):
            pairs = [(f.name, getattr(value, f.name, None)) for f in fields(value)]
            return self.mapping(pairs, depth)
        return self.other(value, depth)

    def text(self, value: str) -> str:
        """Redact, then cut."""
        room = max(0, self.left)
        if len(value) <= room:
            shown = self.redact(value)
            self.left -= len(shown) + 2
            return shown
        shown = self.redact(value[: room + SLACK])[:room]
        self.left = 0
        return f"{shown}[truncated {len(value) - room} characters]"

    def mapping(self, pairs: list[tuple[Any, Any]], depth: int) -> dict[str, Any]:
        """Return an object; what no longer fits is counted under `truncated`."""
        found: dict[str, Any] = {}
        for n, (key, item) in enumerate(pairs):
            if self.left <= 0:
                found["truncated"] = f"{len(pairs) - n} entries"
                break
            name = self.text(str(key))
            secret = isinstance(item, str) and item and names_a_secret(name)
            found[name] = self.text("[key]") if secret else self.of(item, depth + 1)
        return found

    def items(self, values: list[Any], depth: int) -> list[Any]:
        """Return an array; what no longer fits is counted in its last item."""
        found: list[Any] = []
        for n, item in enumerate(values):
            if self.left <= 0:
                found.append(f"[truncated {len(values) - n} items]")
                break
            self.left -= 1
            found.append(self.of(item, depth + 1))
        return found

    def other(self, value: Any, depth: int) -> Any:
        """Return what is not made of Python's own containers."""
        if isinstance(value, UUID | PurePath | date):
            return self.text(str(value))
        if isinstance(value, BaseException):
            return self.text(f"{type(value).__name__}: {value}")
        if isinstance(value, bytes | bytearray):
            return self.text(f"<{len(value)} bytes>")
        dump = getattr(value, "model_dump", None)  # pydantic: LangChain's messages
        if callable(dump) and not isinstance(value, type):
            return self.of(dump(), depth + 1)
        number = getattr(value, "item", None)  # NumPy scalars
        if callable(number) and hasattr(value, "dtype") and getattr(value, "shape", None) == ():
            return self.of(number(), depth + 1)
        return self.text(f"<{type(value).__module__}.{type(value).__qualname__}>")
