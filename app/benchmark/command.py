"""The command `tandem bench tasks`: read, draw, run, sum up, write."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer

from app.benchmark.labelled import labelled_kinds
from app.benchmark.records import BenchmarkDataError, draw, read_records
from app.benchmark.rows import rows_of, table
from app.benchmark.running import HowToRun, of_kinds, run_records
from neural.durable import write_durably
from tasks.catalogue import default_catalogue

SHOWN_WRONG = 40  # answers


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for.

    Attributes:
        data: folder of the records.
        train: folder of the training texts of sets with labels.
        limit: records of each file and module; None for all.
        json_out: where to write the rows; None for nowhere.
        show_wrong: whether to print wrong answers.
        how: the runs' own settings.
    """

    data: Path
    train: Path
    limit: int | None
    json_out: Path | None
    show_wrong: bool
    how: HowToRun


def bench_tasks(asked: Asked, say: Callable[[str], None]) -> None:
    """Answer the records and tell the table.

    Raises:
        BenchmarkDataError: if the folder holds no usable records, or none of the kinds asked for.
    """
    found, left_out = read_records(asked.data)
    labelled = labelled_kinds(found, asked.train, asked.how)
    records = draw(of_kinds(found, asked.how, labelled), asked.limit, asked.how.seed)
    outcomes = []
    with typer.progressbar(length=len(records), label="records", file=sys.stderr) as bar:
        for outcome in run_records(records, asked.how, labelled):
            outcomes.append(outcome)
            bar.update(1)
    if not outcomes:
        raise BenchmarkDataError(
            f"no record below {asked.data} belongs to {', '.join(asked.how.only) or 'any kind'}; "
            "`tandem kinds` lists the kinds"
        )
    rows = rows_of(outcomes, default_catalogue(asked.how.kinds))
    for line in table(rows, left_out):
        say(line)
    if asked.show_wrong:
        for outcome in [o for o in outcomes if o.came == "wrong"][:SHOWN_WRONG]:
            name = outcome.record.data.get("id", outcome.record.file)
            say(f"wrong: {name} ({outcome.kind}): {outcome.answer[:200]!r}")
    if asked.json_out is not None:
        text = json.dumps({"rows": rows, "left_out": dict(left_out)}, indent=1)
        write_durably(asked.json_out, text.encode() + b"\n")
