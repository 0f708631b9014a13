from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphs.store.requests import (
    IdempotencyConflictError,
    LostLeaseError,
    UnknownRequestError,
)
from graphs.store.store import Store


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(tmp_path, clock=clock) as store:
        yield store


def test_a_request_runs_from_queued_to_done(timed: Store) -> None:
    assert timed.create_request("r", {"b": 1, "a": [2]}).status == "queued"
    assert timed.claim_request("r", "server-1", lease_seconds=10)
    assert timed.request("r").status == "running"
    timed.finish_request("r", "done", {"answer": "x = 1"}, owner="server-1")
    found = timed.request("r")
    assert (found.status, found.response, found.attempts) == ("done", {"answer": "x = 1"}, 1)
    assert found.body == {"a": [2], "b": 1}


def test_the_same_idempotency_key_gives_the_first_request(timed: Store) -> None:
    timed.create_request("first", {"a": 1, "b": 2}, "key")
    again = timed.create_request("second", {"b": 2, "a": 1}, "key")
    assert again.id == "first"
    with pytest.raises(UnknownRequestError, match="second"):
        timed.request("second")


def test_an_idempotency_key_with_another_body_is_a_conflict(timed: Store) -> None:
    timed.create_request("first", {"a": 1}, "key")
    with pytest.raises(IdempotencyConflictError, match="first"):
        timed.create_request("second", {"a": 2}, "key")


def test_idempotency_keys_of_different_api_keys_do_not_meet(timed: Store) -> None:
    timed.create_request("mine", {"a": 1}, "key", key_hash="me")
    assert timed.create_request("yours", {"a": 1}, "key", key_hash="you").id == "yours"


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_an_idempotency_key_of_a_wrong_length_is_refused(timed: Store, key: str) -> None:
    with pytest.raises(ValueError, match="1 to 200"):
        timed.create_request("r", {}, key)


def test_only_one_claims_a_request(timed: Store) -> None:
    timed.create_request("r", {})
    assert timed.claim_request("r", "server-1", lease_seconds=10)
    assert not timed.claim_request("r", "server-2", lease_seconds=10)
    assert timed.unfinished_requests() == []


def test_a_dead_owners_request_is_found_and_run_again(timed: Store, clock: Clock) -> None:
    timed.create_request("r", {})
    timed.claim_request("r", "dead", lease_seconds=10)
    clock.now += 11
    assert [r.id for r in timed.unfinished_requests()] == ["r"]
    assert timed.claim_request("r", "alive", lease_seconds=10)
    # The dead one was only asleep: what it says now no longer counts.
    with pytest.raises(LostLeaseError, match="alive"):
        timed.finish_request("r", "done", {"answer": "late"}, owner="dead")
    with pytest.raises(LostLeaseError, match="dead"):
        timed.renew_request("r", "dead", lease_seconds=10)
    timed.finish_request("r", "done", {"answer": "right"}, owner="alive")
    assert timed.request("r").response == {"answer": "right"}
    assert timed.request("r").attempts == 2


def test_a_renewed_lease_is_not_taken_over(timed: Store, clock: Clock) -> None:
    timed.create_request("r", {})
    timed.claim_request("r", "server-1", lease_seconds=10)
    clock.now += 9
    assert timed.renew_request("r", "server-1", lease_seconds=10) is False
    clock.now += 9
    assert not timed.claim_request("r", "server-2", lease_seconds=10)


def test_cancelling_ends_a_queued_request_and_tells_the_owner_of_a_running_one(
    timed: Store,
) -> None:
    timed.create_request("queued", {})
    timed.create_request("running", {})
    timed.claim_request("running", "server-1", lease_seconds=10)
    assert timed.cancel_request("queued").status == "cancelled"
    assert timed.cancel_request("running").status == "running"
    assert timed.renew_request("running", "server-1", lease_seconds=10) is True
    timed.finish_request("running", "cancelled", None, owner="server-1")
    assert timed.cancel_request("running").status == "cancelled"


def test_an_ended_request_does_not_end_again(timed: Store) -> None:
    timed.create_request("r", {})
    timed.claim_request("r", "server-1", lease_seconds=10)
    timed.finish_request("r", "failed", {"error": "x"}, owner="server-1")
    with pytest.raises(LostLeaseError, match="failed"):
        timed.finish_request("r", "done", {}, owner="server-1")


def test_finishing_an_unknown_request_says_so(timed: Store) -> None:
    with pytest.raises(UnknownRequestError, match="nothing"):
        timed.finish_request("nothing", "done", {}, owner="server-1")
