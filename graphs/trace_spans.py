"""Turn what a LangSmith client is told of a span into a RunRecord, and a record into such a call.

The way in is pure, so that spans recorded here and runs imported from LangSmith become the same
rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from langsmith import Client

from graphs.redaction import Redaction, redact_text
from graphs.store.runs import RunRecord
from graphs.trace_values import to_json

FIELD_CHARACTERS = 64 * 1024  # of each of inputs, outputs, extra, tags, events
ERROR_CHARACTERS = 16 * 1024
PAYLOADS = ("inputs", "outputs", "extra", "tags", "events")
# Rows are joined by these: redaction leaves them as they are.
KEPT_IDS = ("thread_id", "run_id", "task_id", "episode_id", "checkpoint_ns")


def merge_span(
    old: RunRecord | None, run_id: str, said: Mapping[str, Any], redaction: Redaction, now: float
) -> RunRecord:
    """Return the span with what was said of it now, redacted and within the sizes above.

    `said` has the field names of `langsmith.Client.create_run` and `update_run`. A span whose
    beginning was never seen (`old` is None and `said` has no start) begins `now`, in Unix seconds.
    """
    changes = _changes(said, redaction)
    if old is not None:
        return replace(old, **changes)
    start = changes.setdefault("start_time", now)
    return RunRecord(
        id=run_id,
        trace_id=str(said.get("trace_id") or run_id),
        dotted_order=str(said.get("dotted_order") or _order(start, run_id)),
        name=changes.pop("name", "span"),
        run_type=changes.pop("run_type", "chain"),
        **changes,
    )


def send_span(remote: Client, record: RunRecord) -> None:
    """Hand a finished span to LangSmith's own client, which sends it in the background."""
    remote.create_run(
        record.name,
        record.inputs,
        record.run_type,  # type: ignore[arg-type]
        project_name=record.session_name,
        id=UUID(record.id),
        trace_id=UUID(record.trace_id),
        parent_run_id=UUID(record.parent_run_id) if record.parent_run_id else None,
        dotted_order=record.dotted_order,
        start_time=datetime.fromtimestamp(record.start_time, UTC),
        end_time=datetime.fromtimestamp(record.end_time or record.start_time, UTC),
        outputs=record.outputs,
        error=record.error,
        extra=record.extra,
        tags=record.tags,
        events=record.events,
    )


def langsmith_client(api_key: str, endpoint: str | None = None) -> Client:
    """Return LangSmith's own client, for `TraceSink(remote=...)`."""
    return Client(api_key=api_key, api_url=endpoint or "https://api.smith.langchain.com")


def _changes(said: Mapping[str, Any], redaction: Redaction) -> dict[str, Any]:
    def clean(value: Any) -> Any:
        return to_json(value, FIELD_CHARACTERS, lambda text: redact_text(text, redaction))

    hidden = {"inputs": redaction.hide_inputs, "outputs": redaction.hide_outputs}
    changes: dict[str, Any] = {}
    for name in ("name", "run_type", "parent_run_id"):
        if said.get(name):
            changes[name] = str(said[name])
    for name in ("start_time", "end_time"):
        if said.get(name):
            changes[name] = _seconds(said[name])
    for name in ("inputs", "outputs"):
        if said.get(name) is not None:
            changes[name] = {"hidden": True} if hidden[name] else _mapping(clean(said[name]))
    project = said.get("session_name") or said.get("project_name")
    if project:
        changes["session_name"] = str(project)
    if said.get("extra"):
        changes["extra"] = _extra(_mapping(clean(said["extra"])), said["extra"])
        changes["thread_id"] = str(changes["extra"]["metadata"].get("thread_id") or "")
    if said.get("error"):
        changes["error"] = redact_text(str(said["error"])[:ERROR_CHARACTERS], redaction)
    if said.get("tags"):
        changes["tags"] = clean(list(said["tags"]))
    if said.get("events"):
        changes["events"] = clean(_events(said["events"]))
    return changes


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"value": value}


def _extra(cleaned: dict[str, Any], original: Any) -> dict[str, Any]:
    """Leave out what is the same for every span; put back the ids that redaction may have hit."""
    cleaned.pop("runtime", None)
    metadata = cleaned.get("metadata")
    cleaned["metadata"] = metadata if isinstance(metadata, dict) else {}
    before = original.get("metadata") if isinstance(original, Mapping) else None
    if isinstance(before, Mapping):
        cleaned["metadata"].update({n: str(before[n]) for n in KEPT_IDS if before.get(n)})
    return cleaned


def _events(events: Sequence[Any]) -> list[Any]:
    """Keep, of streamed tokens, the time of the first one."""
    kept, seen = [], False
    for event in events:
        token = isinstance(event, Mapping) and event.get("name") == "new_token"
        if token and not seen:
            kept.append({"name": "new_token", "time": event.get("time")})
        elif not token:
            kept.append(event)
        seen = seen or token
    return kept


def _seconds(when: datetime | str) -> float:
    at = datetime.fromisoformat(when) if isinstance(when, str) else when
    # LangChain's times carry their zone; RunTree's may carry none and then mean UTC.
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def _order(start: float, run_id: str) -> str:
    return f"{datetime.fromtimestamp(start, UTC):%Y%m%dT%H%M%S%f}Z{run_id}"
