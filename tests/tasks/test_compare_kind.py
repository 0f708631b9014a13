"""The kind `math/compare` from prompt to graded answer."""

from __future__ import annotations

from tasks.conformance import check_kind
from tasks.math.compare import CompareKind

KIND = CompareKind()


def test_the_kind_conforms() -> None:
    assert check_kind(KIND) == []
