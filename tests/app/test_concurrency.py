"""Threads, clients that leave, and too many requests at once."""

from __future__ import annotations

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.app.conftest import EQUATION, QUESTION, RunningServer, running

CHAT = "/v1/chat/completions"
HARD = "12(3x - 4(2x + 7)) = 5(x - 3(2x - 1)) + 4"


def until(fact: Any, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def outcomes(server: RunningServer) -> list[str]:
    found = server.services.store.episodes(server.services.kinds, trainable=False)
    return [episode.outcome for episode in found]


def leave(server: RunningServer, stream: bool, text: str) -> None:
    """Send a chat, wait until it runs, and hang up."""
    body = json.dumps({"messages": [{"role": "user", "content": text}], "stream": stream})
    request = (
        f"POST {CHAT} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(request.encode())
        until(lambda: server.services.runs.in_progress == 1)
        time.sleep(0.4)  # the search is under way


def test_second_run_on_a_busy_thread_gets_409(slow: RunningServer) -> None:
    thread = {"metadata": {"thread_id": "busy"}}
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(slow.chat, QUESTION, **thread)
        until(lambda: slow.services.runs.in_progress == 1)
        second = slow.chat(QUESTION, **thread)
        assert second.status_code == 409
        assert second.json()["error"]["code"] == "thread_busy"
        assert first.result().status_code == 200
    assert slow.chat(EQUATION, **thread).status_code == 200


@pytest.mark.parametrize("stream", [False, True])
def test_search_stops_when_the_client_leaves(tmp_path: Path, stream: bool) -> None:
    with running(tmp_path, simulations=20_000) as server:  # some six seconds with random weights
        server.wait_for("/ready", lambda body: body.get("ready"))
        leave(server, stream, HARD)
        until(lambda: server.services.runs.in_progress == 0, seconds=3)
        time.sleep(0.2)
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.25  # the process is idle again
        assert outcomes(server) == ["cancelled"]


def test_model_call_stops_when_the_client_leaves(tmp_path: Path) -> None:
    with running(tmp_path, model="scripted:echo?latency=30") as server:
        leave(server, False, QUESTION)
        until(lambda: server.services.runs.in_progress == 0, seconds=3)
        assert outcomes(server) == ["cancelled"]


def test_more_runs_than_may_wait_get_503(tmp_path: Path) -> None:
    with running(tmp_path, model="scripted:echo?latency=0.5", running=1, waiting=1) as server:
        with ThreadPoolExecutor(6) as pool:
            replies = list(pool.map(lambda _: server.chat(QUESTION), range(6)))
        statuses = sorted(reply.status_code for reply in replies)
        refused = next(reply for reply in replies if reply.status_code == 503)
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 2
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["error"]["code"] == "overloaded"


def test_hundred_requests_at_once_are_all_answered(served: RunningServer) -> None:
    def ask(number: int) -> httpx.Response:
        return served.chat(f"{number + 2}x + 5 = {3 * (number + 2) + 5}")

    with ThreadPoolExecutor(50) as pool:
        replies = list(pool.map(ask, range(100)))
    assert {reply.json()["tandem"]["answer"] for reply in replies} == {"x = 3"}
    ids = [reply.json()["tandem"]["episode_id"] for reply in replies]
    for episode_id in ids:
        served.services.store.episode(episode_id, served.services.kinds)


def test_server_that_stops_answers_what_it_has_begun(tmp_path: Path) -> None:
    with running(tmp_path, model="scripted:echo?latency=0.5") as server:
        replies: list[httpx.Response] = []
        asking = threading.Thread(
            target=lambda: replies.append(
                httpx.post(
                    f"{server.url}{CHAT}",
                    json={"messages": [{"role": "user", "content": QUESTION}]},
                    timeout=30,
                )
            )
        )
        asking.start()
        until(lambda: server.services.runs.in_progress == 1)
    asking.join()
    assert replies[0].status_code == 200
