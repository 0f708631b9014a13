"""OpenAI's chat form: completion, chunks, and the reading of a request's messages.

One reader serves both forms: `Pieces` turns a live run into progress, text and the end; the plain
answer is what is left of it without the progress.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, SystemMessage

from app.answers import tandem_object, usage_object
from app.runs import Event, LiveRun
from app.schemas import ChatMessage
from graphs.episode import Episode, Mode, new_id
from graphs.settle import reply_text

MODES: dict[str, Mode] = {
    "tandem-auto": "auto",
    "tandem-neural": "neural_only",
    "tandem-llm": "llm_only",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """Something happened: plan, task, search, draft, refine or settled."""

    event: Event


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The record is saved."""

    episode: Episode


Piece = Progress | Text | Finished


class Pieces:
    """What happens in a run, piece by piece; the text pieces add up to the answer.

    A model's words are passed on as they come where the message holds one problem; the answer to
    several is put together at the end.
    """

    def __init__(self, live: LiveRun) -> None:
        self._live = live
        self._sent = ""
        self._alone = False
        self._last: list[Piece] = []

    async def next(self, timeout_seconds: float | None = None) -> Piece:
        """Return the next piece; `Finished` is the last one.

        Raises:
            TimeoutError: if none comes in time; the next call goes on.
        """
        while not self._last:
            event = await self._live.next_event(timeout_seconds)
            if event is None:
                self._last = self._ending(await self._live.episode())
            elif event["event"] == "token" and self._alone:
                self._sent += event["text"]
                return Text(event["text"])
            elif event["event"] not in ("token", "answer"):
                self._alone = self._alone or len(event.get("subtasks", ())) == 1
                return Progress(event)
        return self._last.pop(0)

    def _ending(self, episode: Episode) -> list[Piece]:
        whole, shown = reply_text(episode), self._sent.strip()
        # Where what was passed on was not the last word, the last word follows it.
        rest = whole[len(shown) :] if whole.startswith(shown) else f"\n\n{whole}"
        return [Text(rest), Finished(episode)] if rest else [Finished(episode)]


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer under way, in OpenAI's form.

    Its id is not the episode's: the first chunk leaves before there is a record to name.
    """

    model: str
    id: str = field(default_factory=lambda: f"chatcmpl-{new_id()}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self, episode: Episode) -> dict[str, Any]:
        """Return the answer in one piece."""
        message = {"role": "assistant", "content": reply_text(episode), "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": finish_reason(episode),
        }
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": usage_object(episode),
            "tandem": tandem_object(episode),
        }

    def opening(self) -> dict[str, Any]:
        """Return the first chunk."""
        return self._chunk({"role": "assistant", "content": ""})

    def piece(self, piece: Progress | Text) -> dict[str, Any]:
        """Return a chunk: text as content, progress as an empty delta with a `tandem` field."""
        if isinstance(piece, Text):
            return self._chunk({"content": piece.text})
        return {**self._chunk({}), "tandem": piece.event}

    def closing(self, episode: Episode, include_usage: bool) -> list[dict[str, Any]]:
        """Return the chunk with the finish reason and the `tandem` object, then the usage."""
        last = {
            **self._chunk({}, finish_reason(episode)),
            "tandem": tandem_object(episode),
        }
        if not include_usage:
            return [last]
        usage = {
            **self._head("chat.completion.chunk"),
            "choices": [],
            "usage": usage_object(episode),
        }
        return [last, usage]

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**self._head("chat.completion.chunk"), "choices": [choice]}


def finish_reason(episode: Episode) -> str:
    """Return `length` where a limit ended the run, else `stop`."""
    return "length" if episode.outcome == "out_of_budget" else "stop"


def sse(data: dict[str, Any]) -> bytes:
    """Return one server-sent event."""
    return b"data: " + json.dumps(data, separators=(",", ":")).encode() + b"\n\n"


SSE_DONE = b"data: [DONE]\n\n"
SSE_PING = b": still here\n\n"


def read_messages(messages: Sequence[ChatMessage]) -> list[AnyMessage]:
    """Turn OpenAI's messages into LangChain's; tool results and empty turns say nothing here."""
    read: list[AnyMessage] = []
    for message in messages:
        if not message.text.strip():
            continue
        if message.role == "user":
            read.append(HumanMessage(message.text))
        elif message.role == "assistant":
            read.append(AIMessage(message.text))
        elif message.role in ("system", "developer"):
            read.append(SystemMessage(message.text))
    return read


def newest_turn(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """Return what follows the last answer: all that a thread which the server keeps still needs."""
    for index in range(len(messages) - 1, -1, -1):
        if isinstance(messages[index], AIMessage):
            return list(messages[index + 1 :])
    return list(messages)


def model_list(created: int) -> dict[str, Any]:
    """Return the presets in the form of `GET /v1/models`."""
    data = [
        {"id": name, "object": "model", "created": created, "owned_by": "tandem"} for name in MODES
    ]
    return {"object": "list", "data": data}
