"""A small HTTP client for load: keep-alive connections over asyncio, one request at a time each.

General clients cost more processor time than the server under test; this one only speaks what our
server answers (Content-Length or chunked).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 120.0


@dataclass(slots=True)
class Reply:
    """Status, JSON body and seconds of one request."""

    status: int
    body: Any
    seconds: float


class Client:
    """One connection."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: dict[str, Any], headers: str = "") -> Reply:
        """Send JSON and read the answer.

        Raises:
            OSError, asyncio.IncompleteReadError: if the server goes away.
        """
        data = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n{headers}"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return await self._exchange(head.encode() + data)

    async def get(self, path: str) -> Reply:
        """Read a path."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n"
        return await self._exchange(head.encode())

    def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _exchange(self, request: bytes) -> Reply:
        started = time.perf_counter()
        try:
            if self._writer is None:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
            assert self._reader is not None
            self._writer.write(request)
            status, raw = await _read(self._reader)
        except BaseException:  # cancelled half-way, the connection holds half an answer
            self.close()
            raise
        return Reply(status, json.loads(raw) if raw else None, time.perf_counter() - started)


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    if "content-length:" in head:
        length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
        return status, await reader.readexactly(length)
    body = b""
    while (size := int((await reader.readline()).strip(), 16)) > 0:
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, body


@contextmanager
def server(home: Path, port: int | None = None, **variables: str) -> Iterator[Server]:
    """Run `tandem serve` on a home of its own until the block ends."""
    running = Server(home, port or free_port(), variables)
    running.start()
    try:
        yield running
    finally:
        running.stop()


class Server:
    """A server process that can be killed and started again on the same home and port."""

    def __init__(self, home: Path, port: int, variables: dict[str, str]) -> None:
        self.home, self.port = home, port
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("TANDEM_", "LANGSMITH"))}
        self._environment = {**clean, "TANDEM_HOME": str(home), **variables}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start and wait until ready; return the seconds that took."""
        started = time.monotonic()
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home.parent / f"{self.home.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "serve", "--port", str(self.port)],
                env=self._environment,
                cwd=Path(__file__).parents[1],
                stdout=log,
                stderr=log,
            )
        while not self._ready():
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}; see the log")
            if time.monotonic() - started > START_SECONDS:
                raise TimeoutError(f"the server is not ready after {START_SECONDS} s")
            time.sleep(0.05)
        return time.monotonic() - started

    def kill(self) -> None:
        """Kill with SIGKILL."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to stop, and wait."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has used (Linux), 0 elsewhere."""
        assert self._process is not None
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5) as reply:
                return bool(reply.status == 200)
        except OSError:
            return False


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
