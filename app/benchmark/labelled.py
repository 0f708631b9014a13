"""Kinds made of labelled texts, trained for a benchmark's run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.benchmark.prompts import intent_set
from app.benchmark.records import BenchmarkDataError, Record, training_records
from app.benchmark.running import HowToRun, LabelledKinds
from tasks.text.intent_data import Labelled, Shares
from training.intents import train_intents

SHARES = Shares(calibration=0.05, test=0.0)  # the records to answer are the test


def labelled_kinds(records: Sequence[Record], folder: Path, how: HowToRun) -> LabelledKinds:
    """Train a kind for each set with labels among the records, on one core.

    Raises:
        BenchmarkDataError: if there are no training texts for a set.
    """
    labelled = LabelledKinds()
    tasks = {record.task for record in records if intent_set(record.task) is not None}
    wanted = sorted(
        task for task in tasks if not how.only or f"text/{intent_set(task)}".startswith(how.only)
    )
    trained_on = training_records(folder) if wanted else {}
    for task in wanted:
        if task not in trained_on:
            raise BenchmarkDataError(
                f"no record below {folder} has task {task} and split train; name the folder that "
                "holds the training texts with --train, or leave the set out with --kind"
            )
        texts = [Labelled(data["text"], data["intent"]) for data in trained_on[task]]
        name = intent_set(task)
        assert name is not None
        kind, model = train_intents(name, texts, shares=SHARES, seed=how.seed)
        labelled.add(kind, model)
    return labelled
