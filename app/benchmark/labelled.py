"""Kinds made of labelled texts, trained for a benchmark's run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.benchmark.records import Record
from app.benchmark.running import HowToRun, LabelledKinds


def labelled_kinds(records: Sequence[Record], folder: Path, how: HowToRun) -> LabelledKinds:
    """Train a kind for each set with labels among the records."""
    return LabelledKinds()
