"""What people see of training: a line per iteration and kind, a block per fit from the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.from_store import StoreFit

COLUMNS = (
    ("iter", 4), ("kind", 20), ("games", 5), ("solved", 6), ("loss", 13), ("alone", 11),
    ("searched", 11), ("simulations", 11), ("seconds", 7), ("verdict", 0),
)  # fmt: skip


def header() -> str:
    """Return the names over `line`'s columns."""
    return "  ".join(f"{name:<{width}}" for name, width in COLUMNS)


def line(record: Mapping[str, Any]) -> str:
    """Return a table row; `a>b` is champion and challenger on the same test tasks."""
    verdict = record["comparison"]
    old, new = verdict["champion_figures"], verdict["challenger_figures"]

    def pair(*names: str, digits: int = 3) -> str:
        name = next((n for n in names if n in new), None)
        return "-" if name is None else f"{old[name]:.{digits}f}>{new[name]:.{digits}f}"

    loss = f"{record['fit']['before']['policy']:.3f}>{record['fit']['after']['policy']:.3f}"
    cells = (
        str(record["iteration"]),
        record["kind"],
        str(record["games"]),
        f"{record['solved']:.2f}",
        loss,
        pair("solved_alone", "right_alone"),
        pair("solved", "right"),
        pair("simulations_per_solved", digits=0),
        f"{sum(record['seconds'].values()):.1f}",
        ("accepted: " if verdict["accepted"] else "kept champion: ") + verdict["why"],
    )
    return "  ".join(f"{cell:<{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True))


def store_table(result: StoreFit) -> str:
    """Return what a fit from the store used, found and decided."""
    comparison = result.comparison
    rows = [
        ("episodes used", ", ".join(f"{n} {what}" for what, n in result.kept.items())),
        ("skipped", ", ".join(f"{n} {why}" for why, n in result.skipped.items()) or "none"),
        ("rows", f"{result.report.rows} trained on, {result.report.held_out_rows} held out"),
        ("policy loss", f"{result.report.before.policy:.3f} > {result.report.after.policy:.3f}"),
        ("value loss", f"{result.report.before.value:.3f} > {result.report.after.value:.3f}"),
        *(
            (
                name.replace("_", " "),
                f"{comparison.champion_figures.get(name, 0.0):.3f} > "
                f"{comparison.challenger_figures.get(name, 0.0):.3f}, difference "
                f"{d.estimate:+.3f} [{d.low:+.3f}, {d.high:+.3f}], n {d.n}",
            )
            for name, d in comparison.differences.items()
        ),
        ("weights", f"{result.model.card.name}"),
        ("live", ("yes: " if result.released else "no: ") + result.why),
        ("seconds", f"{result.seconds:.1f}"),
    ]
    lines = [f"{result.kind}", *(f"  {name:<24}{text}" for name, text in rows)]
    return "\n".join(lines)
