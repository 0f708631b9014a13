"""Record the spans of a run in the local store, in LangSmith's own schema.

`TraceSink` is a `langsmith.Client`, because that is the one place through which both LangChain's
callbacks and `@traceable` functions pass. The traced call only copies what it reports and queues
it; a thread turns it into rows (`trace_spans`, `trace_values`), redacts it and writes it in
batches. A full queue drops its oldest events, counted and logged, and nothing that happens here is
raised into the graph. With a client of LangSmith itself, finished, redacted spans go there as well.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from langsmith import Client, tracing_context
from langsmith.schemas import Feedback, LangSmithInfo
from sqlalchemy.exc import SQLAlchemyError

from graphs.redaction import Redaction, redact_text
from graphs.store.feedback import FeedbackRecord
from graphs.store.runs import RunRecord
from graphs.store.store import Store
from graphs.trace_spans import FIELD_CHARACTERS, PAYLOADS, merge_span, send_span
from graphs.trace_values import snapshot, to_json

log = logging.getLogger(__name__)

NOWHERE = "http://tandem.invalid"  # a name that never resolves: what is not overridden cannot leave
GATHER_SECONDS = 0.1  # how long a batch gathers; spans that end meanwhile are written once
BATCH = 1_000  # events per transaction
MAX_OPEN = 20_000  # spans that have begun and not ended; older ones are read back from the store


@dataclass(frozen=True, slots=True)
class _Event:
    """What was said of a span, or the feedback on one."""

    run_id: str
    new: bool
    said: dict[str, Any]
    feedback: FeedbackRecord | None = None


class TraceSink(Client):
    """The local LangSmith client of one store; its thread starts with it.

    Attributes:
        project: of spans that name none.
        dropped: events lost to a full queue, a failed write or values that are no data, so far.
    """

    def __init__(
        self,
        store: Store,
        *,
        redaction: Redaction | None = None,
        project: str = "tandem",
        capacity: int = 20_000,  # events that may wait
        remote: Client | None = None,  # see `trace_spans.langsmith_client`
    ) -> None:
        super().__init__(
            api_url=NOWHERE,
            api_key="local",
            info=LangSmithInfo(),
            auto_batch_tracing=False,
            tracing_mode="langsmith",
            tracing_sampling_rate=1.0,
        )
        self.project = project
        self.dropped = 0
        self._store = store
        self._redaction = redaction or Redaction()
        self._remote = remote
        self._capacity = capacity
        self._queue: deque[_Event] = deque()
        self._changed = threading.Condition()
        self._open: OrderedDict[str, RunRecord] = OrderedDict()
        self._writing = self._hurry = self._closing = False
        self._dropped_said = 0
        self._thread = self._start()

    def create_run(  # type: ignore[override]
        self, name: str, inputs: dict[str, Any], run_type: str, **fields: Any
    ) -> None:
        """Record the beginning of a span; the whole of it, if `end_time` is among the fields."""
        run_id = str(fields.pop("id", None) or uuid.uuid4())
        fields.update(name=name, inputs=inputs, run_type=run_type)
        self._put(_Event(run_id, True, _copied(fields)))

    def update_run(self, run_id: Any, **fields: Any) -> None:  # type: ignore[override]
        """Record the end of a span, or what became known of it meanwhile."""
        self._put(_Event(str(run_id), False, _copied(fields)))

    def create_feedback(  # type: ignore[override]
        self, run_id: Any = None, key: str = "unnamed", **fields: Any
    ) -> Feedback:
        """Record feedback on a span; takes the fields of `langsmith.Client.create_feedback`.

        It stays here: LangSmith wants its own id of the project with it, which is not known.

        Raises:
            ValueError: if it names no run.
        """
        about = uuid.UUID(str(run_id or fields.get("trace_id") or _no_run(key)))
        trace_id = uuid.UUID(str(fields.get("trace_id") or about))
        given = {name: fields.get(name) for name in ("score", "value", "correction", "comment")}
        made = datetime.now(UTC)
        id_ = uuid.UUID(str(fields.get("feedback_id") or uuid.uuid4()))
        source = fields.get("feedback_source_type", "api")
        record = FeedbackRecord(
            id=str(id_),
            key=key,
            created_at=made.timestamp(),
            run_id=str(about),
            score=None if given["score"] is None else float(given["score"]),
            value=given["value"],
            comment=given["comment"] or "",
            correction=given["correction"],
            source=str(getattr(source, "value", source)),
        )
        self._put(_Event(str(about), True, {}, record))
        return Feedback(
            id=id_,
            created_at=made,
            modified_at=made,
            run_id=about,
            trace_id=trace_id,
            key=key,
            **given,
        )

    def flush(self, timeout: float | None = None) -> None:
        """Wait until all that was recorded is in the store; `pending` tells after a timeout."""
        with self._changed:
            self._hurry = True
            self._revive()
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.pending == 0, timeout)
            self._hurry = False
        if self._remote is not None:
            self._remote.flush(timeout)

    @property
    def pending(self) -> int:
        """Return a number above 0 while something that was recorded is not in the store."""
        return len(self._queue) + int(self._writing)

    def close(self, timeout: float | None = 10.0) -> None:
        """Write what is left, at most `timeout` seconds, and end the thread; drop later events."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout)
        if self._remote is not None:
            self._remote.close(timeout)
        super().close(timeout=0)

    def _put(self, event: _Event) -> None:
        with self._changed:
            if self._closing:
                self.dropped += 1
                return
            if len(self._queue) >= self._capacity:
                self._queue.popleft()
                self.dropped += 1
            self._queue.append(event)
            if len(self._queue) == 1:
                self._changed.notify_all()
            self._revive()

    def _revive(self) -> None:
        if not self._thread.is_alive():  # a bug ended it; its traceback was printed
            self._thread = self._start()

    def _start(self) -> threading.Thread:
        thread = threading.Thread(target=self._work, name="trace-sink", daemon=True)
        thread.start()
        return thread

    def _work(self) -> None:
        try:
            while batch := self._next_batch():
                self._write(batch)
        finally:
            self._written()

    def _next_batch(self) -> list[_Event]:
        """Wait for events; return none when the sink is closed and nothing is left."""
        self._written()
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            self._changed.wait_for(lambda: self._hurry or self._closing, GATHER_SECONDS)
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            self._writing = bool(batch)
            lost = self.dropped - self._dropped_said
            self._dropped_said = self.dropped
        if lost:
            log.warning("trace events dropped", extra={"events": lost, "in_all": self.dropped})
        return batch

    def _written(self) -> None:
        with self._changed:
            self._writing = False
            self._changed.notify_all()

    def _write(self, batch: list[_Event]) -> None:
        spans = {event.run_id: None for event in batch if event.feedback is None}
        for event in batch:
            if event.feedback is None:
                self._merge(event)
        records = [self._open[run_id] for run_id in spans if run_id in self._open]
        try:
            self._store.save_runs(records)
            for event in batch:
                if event.feedback is not None:
                    self._store.save_feedback_record(self._clean(event.feedback))
        except SQLAlchemyError as error:
            self._lose(len(batch), error)
        for record in records:
            if record.end_time is not None:
                del self._open[record.id]
                if self._remote is not None:
                    send_span(self._remote, record)
        while len(self._open) > MAX_OPEN:
            self._open.popitem(last=False)

    def _merge(self, event: _Event) -> None:
        try:
            old = self._open.get(event.run_id)
            if old is None and not event.new:
                old = self._store.run(event.run_id)
            said = event.said if old else {"session_name": self.project, **event.said}
            self._open[event.run_id] = merge_span(
                old, event.run_id, said, self._redaction, time.time()
            )
        except (SQLAlchemyError, TypeError, ValueError, RecursionError) as error:
            self._lose(1, error)

    def _lose(self, events: int, error: Exception) -> None:
        with self._changed:
            self.dropped += events
            self._dropped_said += events
        log.error("trace events lost", extra={"events": events, "error": str(error)})

    def _clean(self, record: FeedbackRecord) -> FeedbackRecord:
        def clean(value: Any) -> Any:
            return to_json(value, FIELD_CHARACTERS, lambda text: redact_text(text, self._redaction))

        return replace(
            record,
            comment=clean(record.comment),
            value=clean(record.value),
            correction=clean(record.correction),
        )


@contextmanager
def trace(
    sink: TraceSink | None,
    *,
    project: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Sequence[str] = (),
) -> Iterator[None]:
    """Record what runs inside; a sink of None records nothing, whatever the environment says."""
    if sink is None:
        with tracing_context(enabled=False):
            yield
        return
    with tracing_context(
        client=sink,
        enabled=True,
        project_name=project or sink.project,
        metadata=dict(metadata or {}),
        tags=list(tags),
    ):
        yield


def _no_run(key: str) -> str:
    raise ValueError(f"feedback {key!r} names no run; give run_id or trace_id")


def _copied(fields: dict[str, Any]) -> dict[str, Any]:
    """Copy what a later change could reach; drop what says nothing."""
    fields.pop("serialized", None)
    return {
        name: snapshot(value) if name in PAYLOADS else value
        for name, value in fields.items()
        if value is not None
    }
