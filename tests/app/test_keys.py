"""API keys: who may come in, and what belongs to whom."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from app.callers import host_is_ours
from app.settings import LOOPBACK, SettingsError, check_exposure
from tests.app.conftest import EQUATION, RunningServer, running, settings_for

HASHED = f"sha256:{hashlib.sha256(b'second').hexdigest()}"


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with running(tmp_path_factory.mktemp("locked"), api_keys=("first", HASHED)) as server:
        yield server


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def chat(server: RunningServer, key: str, **fields: Any) -> Any:
    body = {"messages": [{"role": "user", "content": EQUATION}], **fields}
    return server.client.post("/v1/chat/completions", json=body, headers=bearer(key))


def test_valid_keys_come_in_plain_or_hashed(locked: RunningServer) -> None:
    assert chat(locked, "first").status_code == 200
    assert chat(locked, "second").status_code == 200


@pytest.mark.parametrize("header", [{}, bearer("wrong"), {"Authorization": "Basic first"}])
def test_others_get_401_in_the_form_of_the_path(
    locked: RunningServer, header: dict[str, str]
) -> None:
    body = {"messages": [{"role": "user", "content": EQUATION}]}
    reply = locked.client.post("/v1/chat/completions", json=body, headers=header)
    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert reply.json()["error"]["code"] == "invalid_api_key"
    for path in ("/metrics", "/v1/tasks", "/v1/models"):
        assert locked.client.get(path, headers=header).status_code == 401


def test_health_needs_no_key(locked: RunningServer) -> None:
    assert locked.client.get("/health").status_code == 200


def test_task_of_one_key_does_not_exist_for_another(locked: RunningServer) -> None:
    task = locked.client.post("/v1/tasks", json={"text": EQUATION}, headers=bearer("first")).json()
    path = f"/v1/tasks/{task['id']}"
    assert locked.client.get(path, headers=bearer("first")).status_code == 200
    assert locked.client.get(path, headers=bearer("second")).status_code == 404
    assert locked.client.post(f"{path}/cancel", headers=bearer("second")).status_code == 404
    listed = locked.client.get("/v1/tasks", headers=bearer("second")).json()["data"]
    assert task["id"] not in [other["id"] for other in listed]


def test_answer_to_one_key_is_not_another_keys_to_judge(locked: RunningServer) -> None:
    told = {"episode_id": chat(locked, "first").json()["tandem"]["episode_id"], "score": 1}
    for key, status in (("second", 404), ("first", 201)):
        assert (
            locked.client.post("/v1/feedback", json=told, headers=bearer(key)).status_code == status
        )


def test_two_keys_never_share_a_thread(locked: RunningServer) -> None:
    thread = {"metadata": {"thread_id": "ours"}}
    chat(locked, "first", **thread)
    follow_up = [{"role": "user", "content": "now solve 3y = x + 9"}]
    assert chat(locked, "first", messages=follow_up, **thread).status_code == 200
    assert chat(locked, "second", messages=follow_up, **thread).status_code == 422


def test_keys_are_neither_shown_nor_stored(locked: RunningServer) -> None:
    assert "first" not in repr(locked.settings)
    assert b"first" not in (locked.settings.home / "tandem.db").read_bytes()


def test_other_machines_are_not_let_in_without_keys(tmp_path: Any) -> None:
    with pytest.raises(SettingsError, match="TANDEM_API_KEYS"):
        check_exposure(settings_for(tmp_path, host="0.0.0.0"))
    check_exposure(settings_for(tmp_path, host="0.0.0.0", api_keys=("a key",)))


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("evil.example:8000", False),
        ("", False),
    ],
)
def test_host_of_a_keyless_server(host: str, ours: bool) -> None:
    assert host_is_ours(host, "127.0.0.1", LOOPBACK) is ours
