"""The real application over real HTTP: uvicorn in a thread, a home of its own, seeded weights.

Weights are `random:1`, so that these tests say nothing about training and do not wait for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from app.assemble import Services
from app.server import create_app
from app.settings import Settings
from neural.model_store import ModelStore
from tasks.catalogue import default_catalogue

EQUATION = "3x + 5 = 17"
BOARD = "X to move: XO..X...O"
QUESTION = "Tell me something about rivers"


class RunningServer:
    """One server: its address, its services, and a client."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.app = create_app(settings)
        config = uvicorn.Config(
            self.app, port=0, log_config=None, timeout_graceful_shutdown=10, lifespan="on"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 60
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, timeout=60)

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    def chat(self, text: str, **fields: Any) -> httpx.Response:
        messages = [{"role": "user", "content": text}]
        body = {"model": "tandem-auto", "messages": messages, **fields}
        return self.client.post("/v1/chat/completions", json=body)

    def wait_for(self, path: str, until: Callable[[Any], bool], seconds: float = 30) -> Any:
        deadline = time.monotonic() + seconds
        while not until(body := self.client.get(path).json()):
            assert time.monotonic() < deadline, f"{path} stays {body}"
            time.sleep(0.02)
        return body

    def stop(self) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive()


def settings_for(home: Path, **given: Any) -> Settings:
    """Settings that nobody's .env reaches."""
    return Settings(_env_file=None, home=home, **given)


def give_weights(home: Path) -> None:
    ModelStore(home).use("random:1", default_catalogue().learned())


@contextmanager
def running(home: Path, **given: Any) -> Iterator[RunningServer]:
    give_weights(home)
    server = RunningServer(settings_for(home, **given))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server without a language model, shared by tests that leave it as it is."""
    with running(tmp_path_factory.mktemp("served"), simulations=200) as server:
        yield server


@pytest.fixture(scope="session")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose scripted model waits a second before each answer."""
    home = tmp_path_factory.mktemp("slow")
    with running(home, simulations=200, model="scripted:echo?latency=1") as server:
        yield server
