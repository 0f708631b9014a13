"""Spans in LangSmith's schema. Who records them is `graphs.traces`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Connection, Row, select

from graphs.store.database import upsert
from graphs.store.tables import runs

JSON_FIELDS = ("inputs", "outputs", "extra", "tags", "events")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """One span.

    Attributes:
        trace_id: id of the root span, which is the episode's id.
        dotted_order: time and id of every span from the root to this one; sorts the tree.
        run_type: chain, llm, tool, retriever, parser, ...
        session_name: the project.
        thread_id: of the conversation, from `extra["metadata"]`; empty without one.
        start_time, end_time: Unix seconds; the end is None while the span runs.
        inputs, outputs, extra, tags, events: JSON values.
    """

    id: str
    trace_id: str
    dotted_order: str
    name: str
    run_type: str
    start_time: float
    parent_run_id: str | None = None
    session_name: str = ""
    thread_id: str = ""
    end_time: float | None = None
    error: str | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def metadata(self) -> dict[str, Any]:
        """Return `extra["metadata"]`, empty if there is none."""
        found = self.extra.get("metadata")
        return found if isinstance(found, dict) else {}


def run_rows(records: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """Turn spans into rows; outside the transaction, since it takes the time."""
    return [_row(record) for record in records]


def write_runs(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Insert the rows, or replace those with their ids."""
    if rows:
        connection.execute(upsert(connection, runs), rows)


def find_runs(connection: Connection, trace_id: str) -> list[RunRecord]:
    """Return the spans of a trace, parents before children; empty if there are none."""
    query = select(runs).where(runs.c.trace_id == trace_id).order_by(runs.c.dotted_order)
    return [_record(row) for row in connection.execute(query)]


def find_run(connection: Connection, run_id: str) -> RunRecord | None:
    """Return one span."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    return None if row is None else _record(row)


def _row(record: RunRecord) -> dict[str, Any]:
    row = {f.name: getattr(record, f.name) for f in fields(record)}
    for name in JSON_FIELDS:
        row[name] = None if row[name] is None else json.dumps(row[name], separators=(",", ":"))
    return row


def _record(row: Row[Any]) -> RunRecord:
    values = dict(row._mapping)
    for name in JSON_FIELDS:
        values[name] = None if values[name] is None else json.loads(values[name])
    return RunRecord(**values)
