"""Ask one question in this process, as `tandem solve` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import HumanMessage

from app.assemble import assembled
from app.runs import Ask
from app.settings import Settings
from graphs.episode import Episode


async def solved(settings: Settings, text: str, asked: Mapping[str, Any]) -> Episode:
    """Return the episode of a question; `asked` holds the options that were given, and `mode`."""
    async with assembled(settings) as services:
        options = services.options("cli", **asked)
        live = services.runs.start(Ask(messages=[HumanMessage(text)], options=options))
        try:
            return await live.episode()
        finally:
            live.cancel()
