"""Requests that must not be lost: accepted once, run under a lease, finished by whoever holds it.

A request is `queued` when it is acknowledged, `running` while a process holds its lease, and ends
as `done`, `failed` or `cancelled`. A process that dies stops renewing; another one may then claim
the request. Every write after the claim checks the owner, so that a stalled process cannot finish
what was given to another.
Times are Unix seconds.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from graphs.store.database import StoreError
from graphs.store.tables import requests

Status = Literal["queued", "running", "done", "failed", "cancelled"]
EndStatus = Literal["done", "failed", "cancelled"]
MAX_IDEMPOTENCY_KEY = 200  # characters


class UnknownRequestError(StoreError, LookupError):
    """No request has this id."""


class IdempotencyConflictError(StoreError):
    """The idempotency key was used before, with another body."""


class LostLeaseError(StoreError):
    """Another process holds the request now, or it has ended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRecord:
    """One request.

    Attributes:
        body, response: JSON values.
        cancel_requested: True when its owner should stop at the next renewal.
        owner, lease_until: who runs it, and until when without a renewal.
        attempts: how often it was claimed.
    """

    id: str
    key_hash: str
    idempotency_key: str | None
    thread_id: str
    body: Any
    body_hash: str
    status: Status
    response: Any
    cancel_requested: bool
    owner: str | None
    lease_until: float | None
    attempts: int
    created_at: float
    updated_at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRequest:
    """What arrives.

    Attributes:
        body: JSON values.
        idempotency_key: at most MAX_IDEMPOTENCY_KEY characters; counts per `key_hash`, so that
            nobody can read another's answer with it.
    """

    id: str
    body: Any
    idempotency_key: str | None = None
    thread_id: str = ""
    key_hash: str = ""

    def __post_init__(self) -> None:
        if (
            self.idempotency_key is not None
            and not 0 < len(self.idempotency_key) <= MAX_IDEMPOTENCY_KEY
        ):
            raise ValueError(
                f"the idempotency key has {len(self.idempotency_key)} characters; "
                f"expected 1 to {MAX_IDEMPOTENCY_KEY}"
            )


def write_request(connection: Connection, new: NewRequest, now: float) -> RequestRecord:
    """Queue the request, or return the one that its idempotency key named before (its id then
    differs).

    Raises:
        IdempotencyConflictError: if the key came with another body.
    """
    body = json.dumps(new.body, sort_keys=True, separators=(",", ":"))
    body_hash = hashlib.sha256(body.encode()).hexdigest()
    if new.idempotency_key is not None:
        same = and_(
            requests.c.key_hash == new.key_hash, requests.c.idempotency_key == new.idempotency_key
        )
        row = connection.execute(select(requests).where(same)).one_or_none()
        if row is not None and row.body_hash != body_hash:
            raise IdempotencyConflictError(
                f"idempotency key {new.idempotency_key!r} was used by request {row.id} with "
                "another body; use a fresh key for a new request"
            )
        if row is not None:
            return _record(row)
    values = {
        "id": new.id,
        "key_hash": new.key_hash,
        "idempotency_key": new.idempotency_key,
        "thread_id": new.thread_id,
        "body": body,
        "body_hash": body_hash,
        "status": "queued",
        "response": None,
        "cancel_requested": False,
        "owner": None,
        "lease_until": None,
        "attempts": 0,
        "created_at": now,
        "updated_at": now,
    }
    connection.execute(insert(requests), values)
    return RequestRecord(**{**values, "body": json.loads(body)})


def find_request(connection: Connection, request_id: str) -> RequestRecord:
    """Return a request.

    Raises:
        UnknownRequestError: if there is none with this id.
    """
    row = connection.execute(select(requests).where(requests.c.id == request_id)).one_or_none()
    if row is None:
        raise UnknownRequestError(
            f"no request {request_id!r} in the store; it may have been deleted"
        )
    return _record(row)


def find_unfinished(connection: Connection, now: float) -> list[RequestRecord]:
    """Return those that nobody works on, oldest first: queued, or with an expired lease."""
    query = select(requests).where(_claimable(now)).order_by(requests.c.created_at, requests.c.id)
    return [_record(row) for row in connection.execute(query)]


def claim(connection: Connection, request_id: str, owner: str, until: float, now: float) -> bool:
    """Take the lease if nobody holds it; say whether that worked."""
    mine = update(requests).where(requests.c.id == request_id, _claimable(now))
    values = {"status": "running", "owner": owner, "lease_until": until, "updated_at": now}
    done = connection.execute(mine.values(**values, attempts=requests.c.attempts + 1))
    return done.rowcount == 1


def renew(connection: Connection, request_id: str, owner: str, until: float) -> bool:
    """Prolong the lease; say whether the request should be cancelled.

    Raises:
        LostLeaseError: if the lease is another's now, or the request has ended.
    """
    held = connection.execute(
        update(requests).where(_held(request_id, owner)).values(lease_until=until)
    )
    if held.rowcount != 1:
        raise LostLeaseError(
            f"request {request_id} is no longer run by {owner!r}; stop working on it"
        )
    return find_request(connection, request_id).cancel_requested


def finish(
    connection: Connection,
    request_id: str,
    status: EndStatus,
    response: Any,
    owner: str,
    now: float,
) -> None:
    """End a request that `owner` claimed.

    Raises:
        UnknownRequestError: if there is none with this id.
        LostLeaseError: if the lease is another's now, or the request has ended.
    """
    values = {"status": status, "response": json.dumps(response), "updated_at": now}
    released = {"owner": None, "lease_until": None}
    ended = connection.execute(
        update(requests).where(_held(request_id, owner)).values(**values, **released)
    )
    if ended.rowcount != 1:
        found = find_request(connection, request_id)
        raise LostLeaseError(
            f"request {request_id} is {found.status}, owner {found.owner!r}; "
            f"{owner!r} cannot finish it"
        )


def cancel(connection: Connection, request_id: str, now: float) -> RequestRecord:
    """Cancel a queued request at once; ask the owner of a running one to stop; leave an ended one
    alone.

    Raises:
        UnknownRequestError: if there is none with this id.
    """
    this = requests.c.id == request_id
    waiting = update(requests).where(this, requests.c.status == "queued")
    connection.execute(waiting.values(status="cancelled", cancel_requested=True, updated_at=now))
    running = update(requests).where(this, requests.c.status == "running")
    connection.execute(running.values(cancel_requested=True, updated_at=now))
    return find_request(connection, request_id)


def _claimable(now: float) -> Any:
    expired = and_(requests.c.status == "running", requests.c.lease_until < now)
    return or_(requests.c.status == "queued", expired)


def _held(request_id: str, owner: str) -> Any:
    return and_(
        requests.c.id == request_id, requests.c.status == "running", requests.c.owner == owner
    )


def _record(row: Row[Any]) -> RequestRecord:
    values = dict(row._mapping)
    values["body"] = json.loads(values["body"])
    values["response"] = None if values["response"] is None else json.loads(values["response"])
    return RequestRecord(**values)
