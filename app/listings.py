"""Tables for the terminal: episodes, kinds, models."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from graphs.episode import Episode
from neural.model_files import RANDOM_PREFIX
from neural.model_store import ModelStore
from tasks.catalogue import Catalogue

TEXT_WIDTH = 48


def episode_lines(episodes: Sequence[Episode]) -> Iterator[str]:
    """Yield a heading and a line per episode."""
    heading = ("episode", "started", "kind", "outcome", "source", "sims", "task")
    yield "{:<36}  {:<19}  {:<16} {:<13} {:<8} {:>5}  {}".format(*heading)
    for episode in episodes:
        started = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(episode.started_at))
        text = " ".join(episode.task.prompt.split())
        shown = text if len(text) <= TEXT_WIDTH else text[: TEXT_WIDTH - 1] + "…"
        thread = f"  [{episode.thread_id}]" if episode.thread_id else ""
        yield (
            f"{episode.id:<36}  {started}  {episode.task.kind:<16} {episode.outcome:<13} "
            f"{episode.source:<8} {episode.spend.simulations:>5}  {shown}{thread}"
        )


def kind_lines(kinds: Catalogue) -> Iterator[str]:
    """Yield two lines per kind: what it is, and an example."""
    for kind in kinds:
        environment = kind.environment
        actions = f"{environment.num_actions} actions" if environment else "no environment"
        yield f"{kind.name:<20} {kind.solved_by:<15} {actions:<15} {kind.title}"
        yield f"{'':<20} e.g. {' / '.join(kind.examples[0].splitlines())}"


def model_lines(models: ModelStore, kinds: Catalogue) -> Iterator[str]:
    """Yield a heading and a line per model; `*` marks the one its kind uses."""
    yield f"  {'name':<28} {'kind':<20} {'version':<16}  {'origin':<8} made"
    for entry in models.entries():
        card = entry.card
        mark = "*" if entry.active else " "
        yield (
            f"{mark} {card.name:<28} {card.kind:<20} {card.weights_version:<16}  "
            f"{entry.origin:<8} {card.created_at or '-'}"
        )
    for kind in kinds.learned():
        name = models.active_name(kind.name)
        if name.startswith(RANDOM_PREFIX):
            version = models.load(name, kind).card.weights_version
            yield f"* {name:<28} {kind.name:<20} {version:<16}  {'random':<8} -"
