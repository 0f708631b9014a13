"""An HTTP client for OpenAI's package that survives a change of event loop.

langchain-openai shares one client per server among all models of a process; its idle connections
belong to the loop that opened them, so a second `asyncio.run` fails with "Event loop is closed".
"""

from __future__ import annotations

import asyncio
from typing import Any
from weakref import WeakKeyDictionary


def client_per_loop() -> Any:
    """Return an asynchronous client that sends through a client of the running loop's own."""
    from openai import DefaultAsyncHttpxClient  # noqa: PLC0415 (1 CPU s)

    class ClientPerLoop(DefaultAsyncHttpxClient):
        def __init__(self) -> None:
            super().__init__()
            self._own: WeakKeyDictionary[asyncio.AbstractEventLoop, DefaultAsyncHttpxClient] = (
                WeakKeyDictionary()
            )

        async def send(self, request: Any, **options: Any) -> Any:
            loop = asyncio.get_running_loop()
            if loop not in self._own:
                self._own[loop] = DefaultAsyncHttpxClient()
            return await self._own[loop].send(request, **options)

    return ClientPerLoop()
