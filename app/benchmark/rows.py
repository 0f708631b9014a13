"""Sum outcomes up: a row per file and module, as JSON values and as a table for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from app.benchmark.running import Outcome
from tasks.catalogue import Catalogue, UnknownKindError
from training.bootstrap import wilson

COUNTED = ("solved", "suboptimal", "wrong", "abstained", "needs_model", "no_kind")
WITHOUT_AIM = ("sequence_", "measurement__", "probability__")  # modules that no kind is built for


def rows_of(outcomes: Iterable[Outcome], kinds: Catalogue) -> list[dict[str, Any]]:
    """Return a row per file and module, in the order in which they were met.

    `parsed` counts records that a kind read; `solved` to `no_kind` add up to `n`. `gap` is the mean
    relative distance from the optimum over sound answers, null where nothing is optimised;
    `by_source` counts the solved ones by who solved them.
    """
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        key = (outcome.record.file, outcome.record.module)
        groups.setdefault(key, []).append(outcome)
    return [_row(group, kinds) for group in groups.values()]


def table(rows: Iterable[Mapping[str, Any]], left_out: Mapping[str, int]) -> Iterator[str]:
    """Yield the lines of the table; shares are of all records, with 95 % Wilson intervals."""
    heading = ("file: module", "kind (class)", "n", "solved", "95 %", "wrong", "abst.", "model")
    yield "{:<52} {:<36} {:>5} {:>7} {:>15} {:>7} {:>6} {:>6} {:>7} {:>8} {:>8}".format(
        *heading, "gap", "median", "p95"
    )
    for row in rows:
        name = row["file"].removesuffix(".jsonl").removesuffix(".dev")
        name = f"{name}: {row['module']}" if row["module"] else name
        low, high = wilson(row["solved"], row["n"])
        interval = f"[{100 * low:.1f}, {100 * high:.1f}]"
        gap = "" if row["gap"] is None else f"{100 * row['gap']:.2f} %"
        kind = f"{row['kind'] or '-'} ({row['class'] or '-'})"
        best = row["solved"] / row["n"]
        yield (
            f"{name[-52:]:<52} {kind:<36} {row['n']:>5} {100 * best:>6.1f}% {interval:>15} "
            f"{100 * row['wrong'] / row['n']:>6.2f}% {row['abstained']:>6} "
            f"{row['needs_model'] + row['no_kind']:>6} {gap:>7} "
            f"{1000 * row['median_seconds']:>5.0f} ms {1000 * row['p95_seconds']:>5.0f} ms"
        )
    if left_out:
        counts = ", ".join(f"{count} {why}" for why, count in sorted(left_out.items()))
        yield f"left out: {counts}"


def _row(group: list[Outcome], kinds: Catalogue) -> dict[str, Any]:
    first = group[0].record
    came = Counter(outcome.came for outcome in group)
    read = Counter(outcome.kind for outcome in group if outcome.kind)
    kind = read.most_common(1)[0][0] if read else ""
    gaps = [outcome.gap for outcome in group if outcome.gap is not None]
    seconds = np.array([outcome.seconds for outcome in group])
    solved_by = Counter(outcome.source for outcome in group if outcome.came == "solved")
    return {
        "file": first.file,
        "task": first.task,
        "module": first.module,
        "kind": kind,
        "class": _class(kind, kinds),
        "n": len(group),
        "parsed": sum(read.values()),
        **{name: came[name] for name in COUNTED},  # type: ignore[index]
        "gap": float(np.mean(gaps)) if gaps else None,
        "median_seconds": float(np.median(seconds)),
        "p95_seconds": float(np.percentile(seconds, 95)),
        "by_source": dict(solved_by),
    }


def _class(kind: str, kinds: Catalogue) -> str:
    try:
        return kinds[kind].solved_by if kind else ""
    except UnknownKindError:  # made of labelled texts for this run
        return "learned"
