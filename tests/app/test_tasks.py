"""Background tasks: durable when acknowledged, run once, run again after a kill."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from graphs.episode import new_id
from graphs.store.store import Store
from tests.app.conftest import BOARD, EQUATION, QUESTION, RunningServer, running

ENDED = ("done", "failed", "cancelled")


def create(server: RunningServer, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return server.client.post("/v1/tasks", json=body, headers=headers)


def ended(server: RunningServer, task_id: str) -> Any:
    return server.wait_for(f"/v1/tasks/{task_id}", lambda task: task["status"] in ENDED)


def test_task_is_accepted_durably_and_then_solved(served: RunningServer) -> None:
    reply = create(served, text=EQUATION)
    assert reply.status_code == 202
    task_id = reply.json()["id"]
    assert reply.headers["location"] == f"/v1/tasks/{task_id}"
    assert served.services.store.request(task_id).id == task_id
    task = ended(served, task_id)
    assert task["status"] == "done"
    assert task["tandem"]["answer"] == "x = 4"
    assert task["tandem"]["episode_id"] == task_id


def test_task_of_a_named_kind_takes_a_problem_or_a_payload(served: RunningServer) -> None:
    by_text = create(served, kind="math/equations", problem=EQUATION).json()["id"]
    by_payload = create(served, kind="search/tictactoe", payload={"board": "XO..X...O"}).json()[
        "id"
    ]
    assert ended(served, by_text)["tandem"]["kind"] == "math/equations"
    assert ended(served, by_payload)["tandem"]["kind"] == "search/tictactoe"


def test_task_of_a_named_kind_need_not_name_it_again(served: RunningServer) -> None:
    for kind, problem in (
        ("search/connect_four", "4445361"),
        ("search/connect_four", "moves so far: 4 4 4 5 3 6 1"),
        ("search/tictactoe", "best first move"),
    ):
        task = create(served, kind=kind, problem=problem)
        assert ended(served, task.json()["id"])["tandem"]["kind"] == kind
    reply = create(served, kind="search/connect_four", problem="448")
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("move 3 is 8, no column")


def test_problem_that_its_kind_does_not_read_is_answered_with_examples(
    served: RunningServer,
) -> None:
    reply = create(served, kind="search/connect_four", problem="who invented it?")
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_problem")
    assert "'Connect four, moves so far: 44453'" in reply.json()["detail"]


def test_same_idempotency_key_gives_the_same_task(served: RunningServer) -> None:
    first = create(served, "once", text=EQUATION).json()["id"]
    assert create(served, "once", text=EQUATION).json()["id"] == first
    assert create(served, "twice", text=EQUATION).json()["id"] != first


def test_idempotency_key_with_another_body_is_refused(served: RunningServer) -> None:
    create(served, "mine", text=EQUATION)
    reply = create(served, "mine", text=BOARD)
    assert (reply.status_code, reply.json()["code"]) == (422, "idempotency_conflict")


def test_list_goes_through_all_tasks_by_cursor(served: RunningServer) -> None:
    made = [create(served, text=EQUATION).json()["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = served.client.get(f"/v1/tasks?limit=2{cursor}").json()
        seen += [task["id"] for task in page["data"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&after={page['next_cursor']}"
    assert seen[:5] == made[::-1]
    assert len(seen) == len(set(seen))


def test_cancelled_task_stops(slow: RunningServer) -> None:
    task_id = create(slow, text=QUESTION).json()["id"]
    slow.wait_for(f"/v1/tasks/{task_id}", lambda task: task["status"] == "running")
    started = time.monotonic()
    assert slow.client.post(f"/v1/tasks/{task_id}/cancel").status_code == 202
    task = ended(slow, task_id)
    assert task["status"] == "cancelled"
    assert time.monotonic() - started < 0.9  # the model would have taken a second


def test_restarted_server_runs_what_was_left(tmp_path: Path) -> None:
    with running(tmp_path, task_lease_seconds=0.5) as server:
        asked = server.services.store.request(create(server, text=EQUATION).json()["id"]).body
    queued, orphaned = new_id(), new_id()
    with Store.open(tmp_path) as store:  # as a killed server leaves them
        for task_id in (queued, orphaned):
            store.create_request(task_id, asked)
        store.claim_request(orphaned, "a process that is gone", lease_seconds=0.5)
    with running(tmp_path, task_lease_seconds=0.5) as server:
        for task_id in (queued, orphaned):
            assert ended(server, task_id)["tandem"]["answer"] == "x = 4"
        assert server.client.get(f"/v1/tasks/{orphaned}").json()["attempts"] == 2


def test_answered_task_is_not_run_twice(tmp_path: Path) -> None:
    with running(tmp_path, task_lease_seconds=0.5) as server:
        task_id = create(server, text=EQUATION).json()["id"]
        ended(server, task_id)
        body = server.services.store.request(task_id).body
        before = server.services.store.episode(task_id, server.services.kinds)
    again = new_id()
    with Store.open(tmp_path) as store:  # killed between the record and the mark
        store.create_request(again, body)
        store.claim_request(again, "a process that is gone", lease_seconds=0.1)
        store.save_episode(replace(before, id=again))
    with running(tmp_path, task_lease_seconds=0.5) as server:
        task = ended(server, again)
        after = server.services.store.episode(again, server.services.kinds)
    assert task["tandem"]["episode_id"] == again
    assert after.started_at == before.started_at


def test_task_that_takes_the_server_down_every_time_is_given_up(tmp_path: Path) -> None:
    with running(tmp_path, task_lease_seconds=0.5) as server:
        body = server.services.store.request(create(server, text=EQUATION).json()["id"]).body
    poison = new_id()
    with Store.open(tmp_path) as store:
        store.create_request(poison, body)
        for attempt in range(5):
            assert store.claim_request(poison, f"process {attempt}", lease_seconds=0.0)
    with running(tmp_path, task_lease_seconds=0.5) as server:
        task = ended(server, poison)
    assert (task["status"], task["error"]["code"]) == ("failed", "gave_up")
