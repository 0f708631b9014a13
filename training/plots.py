"""Pictures of a training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def plot_progress(history: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Draw success in self-play, success on test tasks and length of runs over iterations.

    Args:
        history: records of the training loop, one per iteration and kind.
        path: of the PNG to write.

    Returns:
        The path.
    """
    from matplotlib.figure import Figure  # noqa: PLC0415

    kinds = sorted({record["kind"] for record in history})
    figure = Figure(figsize=(11, 3.4), layout="constrained")
    axes = figure.subplots(1, 3)
    for kind in kinds:
        own = [record for record in history if record["kind"] == kind]
        at = [record["iteration"] for record in own]
        test = [record["comparison"]["challenger_figures"] for record in own]
        searched = [figures.get("solved", figures.get("right")) for figures in test]
        alone = [figures.get("solved_alone", figures.get("right_alone")) for figures in test]
        axes[0].plot(at, [record["solved"] for record in own], marker="o", label=kind)
        line = axes[1].plot(at, alone, marker="o", label=f"{kind}, network alone")[0]
        axes[1].plot(at, searched, "--", color=line.get_color(), label=f"{kind}, with search")
        axes[2].plot(at, [record["mean_length"] for record in own], marker="o", label=kind)
    titles = ("solved in self-play", "right on test tasks", "actions per run")
    for axis, title in zip(axes, titles, strict=True):
        axis.set(title=title, xlabel="iteration")
        axis.grid(alpha=0.3)
        if axis.get_legend_handles_labels()[0]:
            axis.legend(fontsize=7)
    for axis in axes[:2]:
        axis.set_ylim(-0.03, 1.03)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    return path
