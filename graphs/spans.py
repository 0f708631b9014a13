"""One trace span per maker, with route, confidence, reason, versions and cost in its metadata.

Never one per simulation: a search is one span with its statistics as outputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import langsmith

from graphs.episode import Episode
from graphs.state import Subtask, Work


@dataclass(slots=True)
class Span:
    """A span that is open; `report` says what its maker made."""

    run: Any

    def report(self, work: Work) -> None:
        """Put the newest decision and draft into the span."""
        decision = work.decisions[-1] if work.decisions else None
        step_decisions = [s.decision for s in work.steps if s.decision is not None]
        newest = decision or (step_decisions[-1] if step_decisions else None)
        metadata: dict[str, Any] = {"route_confidence": work.confidence}
        if newest is not None:
            metadata |= {
                "route": newest.source,
                "route_reason": newest.reason,
                "threshold": newest.threshold,
                "model_version": newest.model_version,
                "dollars": newest.dollars,
            }
        self.run.metadata.update(metadata)
        outputs: dict[str, Any] = {"answer": work.answer.text if work.answer else None}
        if work.failure:
            outputs["failure"] = work.failure
        if work.searched is not None:
            outputs["simulations"] = work.searched.simulations
            outputs["root_value"] = work.searched.root_value
        if step_decisions:
            outputs["decisions"] = [d.to_json() for d in step_decisions]
        self.run.end(outputs=outputs)


@contextmanager
def maker_span(name: str, **metadata: Any) -> Iterator[Span]:
    """Open a span for one maker; costs nothing when tracing is off."""
    with langsmith.trace(name, run_type="tool", inputs=dict(metadata), metadata=metadata) as run:
        yield Span(run)


def brief_state(value: Any) -> dict[str, Any]:
    """Return what a node's own span records of the state: words and decisions, not objects."""
    if not isinstance(value, dict):
        return {}
    return {key: _brief(item) for key, item in value.items() if key != "run" and item is not None}


def _brief(item: Any) -> Any:
    if isinstance(item, Work):
        return {
            "task": item.task.id,
            "answer": item.answer.text if item.answer else None,
            "makers": list(item.makers),
            "decisions": [d.to_json() for d in item.decisions],
        }
    if isinstance(item, Episode):
        return {"episode": item.id, "outcome": item.outcome, "source": item.source}
    if isinstance(item, Subtask):
        return item.text
    if isinstance(item, tuple):
        return [_brief(part) for part in item]
    return item.to_json() if hasattr(item, "to_json") else item
