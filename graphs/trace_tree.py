"""Print a trace for people: one line per span."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphs.store.runs import RunRecord

# What a line shows of a span's metadata, under which of its names; the first that is there is
# taken.
SHOWN = (
    ("route", ("route",)),
    ("confidence", ("route_confidence", "confidence")),
    ("reason", ("route_reason", "reason")),
    ("model", ("model_version", "ls_model_name")),
    ("simulations", ("search_sims", "simulations")),
    ("cost", ("cost", "dollars")),
)


def print_tree(runs: Sequence[RunRecord]) -> str:
    """Return the text of `tandem trace show ID`; empty for no spans.

    A line holds name, type, seconds, what routing said, tokens, cost and error. Metadata that a
    span inherited from its parent is not repeated. A span whose parent is missing stands where its
    `dotted_order` puts it.
    """
    known = {run.id: run for run in runs}
    lines = []
    for run in sorted(runs, key=lambda run: run.dotted_order):
        parent = known.get(run.parent_run_id or "")
        indent = "  " * run.dotted_order.count(".")
        parts = [f"{indent}{run.name}", run.run_type, _seconds(run), *_facts(run, parent)]
        lines.append("  ".join(parts))
        if run.error:
            lines.append(f"{indent}  error: {run.error.strip().splitlines()[0]}")
    return "\n".join(lines)


def _seconds(run: RunRecord) -> str:
    if run.end_time is None:
        return "unfinished"
    return f"{max(0.0, run.end_time - run.start_time):.3f} s"


def _facts(run: RunRecord, parent: RunRecord | None) -> list[str]:
    inherited = parent.metadata if parent is not None else {}
    facts = []
    for label, names in SHOWN:
        name = next((name for name in names if name in run.metadata), None)
        if name is not None and run.metadata[name] != inherited.get(name):
            facts.append(f"{label}={_short(run.metadata[name], dollars=label == 'cost')}")
    usage = run.metadata.get("usage_metadata")
    if isinstance(usage, dict):
        if usage.get("total_tokens"):
            facts.append(f"tokens={usage['total_tokens']}")
        if usage.get("total_cost") is not None:
            facts.append(f"cost={_short(usage['total_cost'], dollars=True)}")
    return facts


def _short(value: Any, *, dollars: bool = False) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"${value:.6g}" if dollars else f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
