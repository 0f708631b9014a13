"""The kind `math/numbers` from prompt to graded answer."""

from __future__ import annotations

from tasks.conformance import check_kind
from tasks.math.numbers import NumbersKind

KIND = NumbersKind()


def test_the_kind_conforms() -> None:
    assert check_kind(KIND) == []
