# ruff: noqa: E501 - one row a line
"""Whatever is wrong with a request: a clear 4xx, in the form of its path, and the server lives."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.app.conftest import EQUATION, RunningServer

CHAT, TASKS, PREDICT, FEEDBACK = "/v1/chat/completions", "/v1/tasks", "/predict", "/v1/feedback"
JSON = {"content-type": "application/json"}
ASKED = [{"role": "user", "content": EQUATION}]
CELLS = [0.0] * 18 + [1.0] * 9
MANY = "\n".join(f"{n}x + 1 = {n}" for n in range(2, 202))

# name, path, body (bytes as they are, else JSON), status, code
TABLE: list[tuple[str, str, Any, int, str]] = [
    ("malformed JSON", CHAT, b'{"messages": [', 400, "invalid_request"),
    ("no JSON at all", TASKS, b"\xff\xfe", 400, "invalid_request"),
    ("empty body", CHAT, b"", 400, "invalid_request"),
    ("a list", CHAT, [], 400, "invalid_request"),
    ("deep nesting", CHAT, b"[" * 100_000, 400, "invalid_request"),
    ("deep nesting in state", PREDICT, b'{"state": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", 400, "invalid_request"),
    ("no messages", CHAT, {"messages": []}, 400, "invalid_request"),
    ("wrong role", CHAT, {"messages": [{"role": "boss", "content": "x"}]}, 400, "invalid_request"),
    ("wrong type", CHAT, {"messages": "3x + 5 = 17"}, 400, "invalid_request"),
    ("blank question", CHAT, {"messages": [{"role": "user", "content": "  "}]}, 400, "no_question"),
    ("an image", CHAT, {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "invalid_request"),
    ("lone surrogate", CHAT, rb'{"messages": [{"role": "user", "content": "\ud800"}]}', 400, "invalid_request"),
    ("unknown model", CHAT, {"model": "gpt-9", "messages": ASKED}, 404, "model_not_found"),
    ("n = 2", CHAT, {"n": 2, "messages": ASKED}, 400, "unsupported"),
    ("tools", CHAT, {"tools": [{"type": "function"}], "messages": ASKED}, 400, "unsupported"),
    ("json schema", CHAT, {"response_format": {"type": "json_schema"}, "messages": ASKED}, 400, "unsupported"),
    ("NaN seconds", CHAT, b'{"max_seconds": NaN, "messages": [{"role": "user", "content": "x = 1"}]}', 400, "invalid_request"),
    ("infinite dollars", CHAT, b'{"max_dollars": 1e999, "messages": [{"role": "user", "content": "x = 1"}]}', 400, "invalid_request"),
    ("negative seed", CHAT, {"seed": -1, "messages": ASKED}, 400, "invalid_request"),
    ("unknown mode", CHAT, {"mode": "magic", "messages": ASKED}, 400, "invalid_request"),
    ("thread id with spaces", CHAT, {"metadata": {"thread_id": "a b"}, "messages": ASKED}, 400, "invalid_request"),
    ("illegal position", CHAT, {"messages": [{"role": "user", "content": "X to move: XXXXX...O"}]}, 422, "invalid_problem"),
    ("two unknowns", CHAT, {"messages": [{"role": "user", "content": "solve x + y = 3"}]}, 422, "invalid_problem"),
    ("nobody can answer", CHAT, {"messages": [{"role": "user", "content": "Who are you?"}]}, 422, "no_model"),
    ("question beyond the limit", CHAT, {"messages": [{"role": "user", "content": "a" * 200_000}]}, 400, "invalid_request"),
    ("question in parts beyond the limit", CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": "a" * 60_000}] * 2}]}, 400, "invalid_request"),
    ("too many problems", CHAT, {"messages": [{"role": "user", "content": MANY}]}, 422, "invalid_problem"),
    ("too many problems in a task", TASKS, {"text": MANY}, 422, "invalid_problem"),
    ("deep nesting in a payload", TASKS, b'{"kind": "math/equations", "payload": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}", 422, "invalid_request"),
    ("deep nesting in a correction", FEEDBACK, b'{"episode_id": "x", "correction": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}", 422, "invalid_request"),
    ("2 MB message", CHAT, {"messages": [{"role": "user", "content": "a" * 2_000_000}]}, 413, "body_too_large"),
    ("2 MB message to tasks", TASKS, {"text": "a" * 2_000_000}, 413, "body_too_large"),
    ("task without anything", TASKS, {}, 400, "invalid_request"),
    ("task with both doors", TASKS, {"text": "x", "kind": "open", "problem": "y"}, 400, "invalid_request"),
    ("task with a blank text", TASKS, {"text": " "}, 422, "invalid_request"),
    ("task with unknown field", TASKS, {"text": "x = 1", "priority": 1}, 422, "invalid_request"),
    ("unknown kind", TASKS, {"kind": "math/nothing", "problem": "x"}, 422, "unknown_kind"),
    ("problem of another kind", TASKS, {"kind": "math/equations", "problem": "hello"}, 422, "invalid_problem"),
    ("illegal board", TASKS, {"kind": "search/tictactoe", "payload": {"board": "XXX......"}}, 422, "invalid_problem"),
    ("payload with wrong fields", TASKS, {"kind": "search/tictactoe", "payload": {"b": 1}}, 422, "invalid_problem"),
    ("payload of wrong types", TASKS, {"kind": "math/equations", "payload": {"left": None}}, 422, "invalid_problem"),
    ("task nobody can do", TASKS, {"text": "Who are you?"}, 422, "no_model"),
    ("open kind without model", TASKS, {"kind": "open", "problem": "Who?"}, 422, "no_model"),
    ("state too short", PREDICT, {"state": [0.0] * 9}, 422, "invalid_state"),
    ("state of words", PREDICT, {"state": ["a"] * 27}, 422, "invalid_state"),
    ("state with NaN", PREDICT, b'{"state": [NaN' + b", 0" * 26 + b"]}", 422, "invalid_state"),
    ("state with a huge number", PREDICT, b'{"state": [1' + b"0" * 400 + b", 0" * 26 + b"]}", 422, "invalid_state"),
    ("state that is no position", PREDICT, {"state": [1.0] * 27}, 422, "invalid_state"),
    ("unknown weights", PREDICT, {"state": CELLS, "model": "nobody"}, 404, "model_not_found"),
    ("legal of wrong length", PREDICT, {"state": CELLS, "legal": [True]}, 422, "invalid_state"),
    ("nothing legal", PREDICT, {"state": CELLS, "legal": [False] * 9}, 422, "invalid_state"),
    ("negative temperature", PREDICT, {"state": CELLS, "temperature": -1}, 422, "invalid_request"),
    ("feedback that says nothing", FEEDBACK, {"episode_id": "x"}, 400, "invalid_request"),
    ("feedback on nothing", FEEDBACK, {"episode_id": "x", "score": 1}, 404, "not_found"),
    ("feedback with NaN", FEEDBACK, b'{"episode_id": "x", "score": NaN}', 422, "invalid_request"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "path", "body", "status", "code"), TABLE, ids=[r[0] for r in TABLE]
)
def test_bad_request_is_refused_clearly(
    served: RunningServer, name: str, path: str, body: Any, status: int, code: str
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = served.client.post(path, content=content, headers=JSON)
    assert (reply.status_code, said(reply)) == (status, code), reply.text
    assert served.client.get("/health").status_code == 200


def test_deep_metadata_is_passed_over(served: RunningServer) -> None:
    body = b'{"text": "x = 2", "metadata": {"a": ' + b"[" * 900 + b"]" * 900 + b"}}"
    assert served.client.post(TASKS, content=body, headers=JSON).status_code == 202


def test_body_sent_in_chunks_is_counted_too(served: RunningServer) -> None:
    def chunks() -> Any:
        yield b'{"messages": [{"role": "user", "content": "'
        for _ in range(40):
            yield b"a" * 50_000

    reply = served.client.post(CHAT, content=chunks(), headers=JSON)
    assert reply.status_code == 413


def test_unknown_path_and_method_are_problems(served: RunningServer) -> None:
    assert served.client.get("/v1/nothing").json()["status"] == 404
    assert served.client.delete("/v1/tasks").status_code == 405
    assert served.client.get("/v1/tasks/nothing").json()["code"] == "not_found"
    assert served.client.get("/v1/tasks?limit=0").status_code == 422


def test_foreign_host_is_not_served_without_keys(served: RunningServer) -> None:
    reply = served.client.get("/health", headers={"host": "evil.example"})
    assert reply.status_code == 421


def test_error_does_not_repeat_what_was_sent(served: RunningServer) -> None:
    body = {"messages": [{"role": "user", "content": EQUATION}], "seed": "sk-secret-seed"}
    assert "sk-secret" not in served.client.post(CHAT, json=body).text


def said(reply: httpx.Response) -> str:
    """Read the code in either form of an error."""
    body = reply.json()
    if reply.request.url.path == CHAT:
        assert set(body["error"]) == {"message", "type", "param", "code"}
        return str(body["error"]["code"])
    assert reply.headers["content-type"] == "application/problem+json"
    assert body["status"] == reply.status_code
    return str(body["code"])
