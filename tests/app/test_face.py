"""What other programs hold on to: operation ids, langgraph.json, health and readiness."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.conftest import RunningServer

ROOT = Path(__file__).parents[2]
OPERATIONS = {
    "POST /v1/chat/completions": "create_chat_completion",
    "GET /v1/models": "list_models",
    "GET /v1/models/{model}": "read_model",
    "POST /v1/tasks": "create_task",
    "GET /v1/tasks": "list_tasks",
    "GET /v1/tasks/{task_id}": "read_task",
    "POST /v1/tasks/{task_id}/cancel": "cancel_task",
    "POST /v1/feedback": "create_feedback",
    "POST /predict": "predict",
    "GET /health": "health",
    "GET /ready": "ready",
    "GET /metrics": "metrics",
}


def test_operation_ids_stay(served: RunningServer) -> None:
    paths = served.client.get("/openapi.json").json()["paths"]
    found = {
        f"{method.upper()} {path}": operation["operationId"]
        for path, methods in paths.items()
        for method, operation in methods.items()
    }
    assert found == OPERATIONS


def test_every_operation_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "api.md").read_text().replace("{id}", "{task_id}")
    missing = [
        path for path in OPERATIONS if path.split(" ")[1].removesuffix("/{model}") not in text
    ]
    assert not missing


def test_ready_says_what_answers(served: RunningServer) -> None:
    served.wait_for("/ready", lambda body: body.get("ready"))
    body = served.client.get("/ready").json()
    assert body["database"] is True
    assert set(body["weights"]) == {"search/tictactoe", "search/connect_four", "math/equations"}
    assert body["language_model"] is None


def test_health_names_the_loaded_weights(served: RunningServer) -> None:
    body = served.client.get("/health").json()
    assert body["status"] == "ok"
    assert body["models_loaded"]["math/equations"]["name"] == "random:1"


def test_other_weights_are_served_without_a_restart(served: RunningServer) -> None:
    services = served.services
    kinds = services.kinds.learned()
    try:
        services.models.use("random:2", kinds)
        loaded = served.client.get("/health").json()["models_loaded"]
        assert {entry["name"] for entry in loaded.values()} == {"random:2"}
    finally:
        services.models.use("random:1", kinds)


def test_langgraph_json_names_a_graph_without_a_saver() -> None:
    config = json.loads((ROOT / "langgraph.json").read_text())
    path, _, name = config["graphs"]["tandem"]["path"].partition(":")
    spec = importlib.util.spec_from_file_location("exported", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    graph = getattr(module, name)
    assert graph.name == "tandem"
    assert graph.checkpointer is None
    assert "messages" in graph.channels  # what chat front ends look for


def test_studio_reads_langgraph_json() -> None:
    pytest.importorskip("langgraph_cli", reason="needs the extra [studio]")
    code = (
        "import pathlib; from langgraph_cli.config import validate_config_file;"
        "print(validate_config_file(pathlib.Path('langgraph.json'))['graphs'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert "tandem" in done.stdout, done.stderr
