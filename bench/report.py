"""What every benchmark prints and writes: a table for people, JSON for `docs/benchmarks.md`.

A figure has a value, an interval, the number of measurements, and what it must and should reach; a
program whose `must` is missed exits with 1.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from training.bootstrap import Interval

PACKAGES = ("tandem", "torch", "numpy", "numba", "langgraph", "fastapi")
BOUND = re.compile(r"^(<=|>=|==) (-?\d+(?:\.\d+)?(?:e-?\d+)?)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One figure.

    Attributes:
        figure: `serve/predict/p95`; parts from general to special.
        value: None where nothing could be measured.
        low, high: of a 95 % interval; None where there is none.
        must, aim: bounds such as `<= 100`; empty for none.
    """

    figure: str
    value: float | None
    unit: str
    n: int
    low: float | None = None
    high: float | None = None
    must: str = ""
    aim: str = ""

    def keeps(self, bound: str) -> bool:
        """Say whether the value keeps a bound; one that was not measured does not."""
        if not bound:
            return True
        match = BOUND.match(bound)
        if match is None:
            raise ValueError(f"bound {bound!r}; write it as '<= 100'")
        if self.value is None:
            return False
        limit = float(match[2])
        return {
            "<=": self.value <= limit,
            ">=": self.value >= limit,
            "==": self.value == limit,
        }[match[1]]


@dataclass(kw_only=True)
class Report:
    """The rows of one program's run."""

    program: str
    seed: int
    rows: list[Row] = field(default_factory=list)
    started: float = field(default_factory=time.time)

    def add(self, row: Row) -> None:
        """Add a row."""
        self.rows.append(row)

    def finish(self, json_path: Path | None) -> int:
        """Print the table, write the JSON where asked, and return the exit status."""
        print(self.table())
        if json_path is not None:
            json_path.parent.mkdir(parents=True, exist_ok=True)
            json_path.write_text(json.dumps(self.to_json(), indent=1) + "\n")
        missed = [row.figure for row in self.rows if not row.keeps(row.must)]
        if missed:
            print(f"missed: {', '.join(missed)}", file=sys.stderr)
        return 1 if missed else 0

    def table(self) -> str:
        """Return the table with processor, wall time, versions and seed."""
        width = max([len(row.figure) for row in self.rows] + [6])
        lines = [
            f"{'figure':<{width}}  {'value':>12} {'95 % interval':>23} {'n':>8}  {'unit':<14} "
            "bounds"
        ]
        for row in self.rows:
            interval = "" if row.low is None else f"[{_short(row.low)}, {_short(row.high)}]"
            marks = [
                f"{name} {bound} {'kept' if row.keeps(bound) else 'MISSED'}"
                for name, bound in (("must", row.must), ("aim", row.aim))
                if bound
            ]
            lines.append(
                f"{row.figure:<{width}}  {_short(row.value):>12} {interval:>23} {row.n:>8}  "
                f"{row.unit:<14} {', '.join(marks)}".rstrip()
            )
        packages = ", ".join(f"{name} {number}" for name, number in versions().items())
        lines += [
            "",
            f"{processor()}, {os.cpu_count()} cores; wall {time.time() - self.started:.1f} s, "
            f"processor {time.process_time():.1f} s; commit {commit()}; seed {self.seed}",
            packages,
        ]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "program": self.program,
            "commit": commit(),
            "versions": versions(),
            "processor": processor(),
            "cores": os.cpu_count(),
            "wall_seconds": round(time.time() - self.started, 3),
            "processor_seconds": round(time.process_time(), 3),
            "seed": self.seed,
            "rows": [asdict(row) for row in self.rows],
        }


def percentile_row(
    figure: str,
    values: np.ndarray[Any, Any],
    percent: float,
    unit: str,
    seed: int,
    *,
    must: str = "",
    aim: str = "",
) -> Row:
    """Return a percentile with its bootstrap interval (400 resamples)."""
    if not len(values):
        return Row(figure=figure, value=None, unit=unit, n=0, must=must, aim=aim)
    rng = np.random.default_rng(seed)
    drawn = rng.choice(values, size=(400, len(values)))
    low, high = np.percentile(np.percentile(drawn, percent, axis=1), [2.5, 97.5])
    value = float(np.percentile(values, percent))
    return Row(
        figure=figure,
        value=value,
        unit=unit,
        n=len(values),
        low=float(low),
        high=float(high),
        must=must,
        aim=aim,
    )


def interval_row(figure: str, found: Interval, unit: str, *, must: str = "", aim: str = "") -> Row:
    """Return a row of an estimate with its interval."""
    return Row(
        figure=figure,
        value=found.estimate,
        unit=unit,
        n=found.n,
        low=found.low,
        high=found.high,
        must=must,
        aim=aim,
    )


def versions() -> dict[str, str]:
    """Return the versions that a figure may depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def commit() -> str:
    """Return the commit, with `+` after it where files have changed since; empty outside git."""
    here = Path(__file__).parent
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=here, capture_output=True, text=True
        )
        dirty = subprocess.run(
            ["git", "status", "--porcelain"], cwd=here, capture_output=True, text=True
        )
    except FileNotFoundError:
        return ""
    return head.stdout.strip() + ("+" if dirty.stdout.strip() else "")


def processor() -> str:
    """Return the processor's name."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}" if abs(value) < 1e6 else f"{value:,.0f}"
