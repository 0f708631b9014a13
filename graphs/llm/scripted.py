"""A deterministic chat model for demos and tests: it follows a script, and says so everywhere.

Tools, structured output, streaming, usage, injected latency, failures and wrong answers. What it
says is in `scripts`; nothing here knows a grader, a solver or a task kind. Its name is
`scripted/<script>`, every reply carries `response_metadata["scripted"] = True`, and its tokens are
words: it is its own provider.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Literal
from urllib.parse import parse_qsl

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.base import LangSmithParams, LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import PrivateAttr

from graphs.llm.scripts import SCRIPTS, Script

PROVIDER = "scripted"
_SPEC_KEYS = ("latency", "wrong", "fail", "fail_first", "seed")


class ScriptedSpecError(ValueError):
    """A `scripted:NAME?key=value` text that names no script or has an unknown key."""


class ScriptedCallError(Exception):
    """An injected failure; `status_code` is what a provider would have answered with."""

    def __init__(self, status_code: int) -> None:
        super().__init__(f"scripted failure with status {status_code}")
        self.status_code = status_code


class ScriptedChatModel(BaseChatModel):
    """A chat model that answers by a script.

    Attributes:
        script: (messages, tools in OpenAI's form) -> text or AIMessage.
        wrong_script: the same for wrong answers; needed where `wrong_share` is above 0.
        script_name: shown as `scripted/<script_name>`.
        latency_seconds: waited before the first token.
        wrong_share: share of prompts, in [0, 1], that get a wrong answer; which ones depends on
            seed and prompt.
        fail_share: share of calls, in [0, 1], that fail; a retry of the same prompt draws anew.
        fail_first: the first calls of this instance that fail.
        fail_status: HTTP status of injected failures; 503 is worth a retry, 401 is not.
        seed: of the two shares.
    """

    script: Callable[[Sequence[BaseMessage], Sequence[dict[str, Any]]], AIMessage | str]
    wrong_script: (
        Callable[[Sequence[BaseMessage], Sequence[dict[str, Any]]], AIMessage | str] | None
    ) = None
    script_name: str = "script"
    latency_seconds: float = 0.0
    wrong_share: float = 0.0
    fail_share: float = 0.0
    fail_first: int = 0
    fail_status: int = 503
    seed: int = 0

    _calls: int = PrivateAttr(default=0)
    _tries: Counter[str] = PrivateAttr(default_factory=Counter)

    def model_post_init(self, context: Any, /) -> None:
        """Refuse shares outside [0, 1] and wrong answers that no script makes."""
        for name in ("wrong_share", "fail_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ScriptedSpecError(f"{name} is {getattr(self, name)}; it must be in [0, 1]")
        if self.wrong_share and self.wrong_script is None:
            raise ScriptedSpecError(
                f"script {self.script_name!r} has no wrong answers; leave wrong_share at 0"
            )
        super().model_post_init(context)

    @property
    def _llm_type(self) -> str:
        return PROVIDER

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": f"{PROVIDER}/{self.script_name}", "seed": self.seed}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return LangSmithParams(
            ls_provider=PROVIDER, ls_model_name=self.script_name, ls_model_type="chat"
        )

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Offer tools to the script; where one is forced, a JSON reply becomes its arguments."""
        formatted = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=formatted, tool_choice=tool_choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        time.sleep(self.latency_seconds)
        return _result(self._answer(messages, stop, kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        await asyncio.sleep(self.latency_seconds)
        return _result(self._answer(messages, stop, kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        time.sleep(self.latency_seconds)
        for chunk in _chunks(self._answer(messages, stop, kwargs)):
            if run_manager:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        await asyncio.sleep(self.latency_seconds)
        for chunk in _chunks(self._answer(messages, stop, kwargs)):
            if run_manager:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _answer(
        self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]
    ) -> AIMessage:
        """Fail, err or answer, as the settings say."""
        prompt = "\x1e".join(f"{m.type}\x1f{m.text}" for m in messages)
        self._calls += 1
        if self.fail_share:
            self._tries[prompt] += 1
        failing = self._draw("fail", prompt, self._tries[prompt]) < self.fail_share
        if self._calls <= self.fail_first or failing:
            raise ScriptedCallError(self.fail_status)
        wrong = self._draw("wrong", prompt, 0) < self.wrong_share
        script = self.wrong_script if wrong and self.wrong_script else self.script
        tools = kwargs.get("tools") or []
        reply = script(messages, tools)
        message = AIMessage(_cut(reply, stop)) if isinstance(reply, str) else reply
        forced = _forced_tool(tools, kwargs.get("tool_choice"))
        if forced and not message.tool_calls:
            message = _as_call(forced, message.text)
        return message.model_copy(
            update={
                "usage_metadata": _usage(messages, message),
                "response_metadata": {
                    **message.response_metadata,
                    "scripted": True,
                    "model_name": f"{PROVIDER}/{self.script_name}",
                    "model_provider": PROVIDER,
                    "finish_reason": "tool_calls" if message.tool_calls else "stop",
                },
            }
        )

    def _draw(self, purpose: Literal["fail", "wrong"], prompt: str, number: int) -> float:
        """Return a number in [0, 1) that the seed, the purpose and the prompt determine."""
        digest = hashlib.sha256(f"{self.seed}|{purpose}|{number}|{prompt}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64


def scripted_model(spec: str) -> ScriptedChatModel:
    """Build the model of a text such as `scripted:teacher?latency=1&wrong=0.3&seed=7`.

    Keys: latency (seconds), wrong and fail (shares in [0, 1]), fail_first (calls), seed.

    Raises:
        ScriptedSpecError: if the script or a key is unknown, or a value is no number.
    """
    name, _, query = spec.removeprefix(f"{PROVIDER}:").partition("?")
    if name not in SCRIPTS:
        raise ScriptedSpecError(f"no script {name!r}; known: {', '.join(sorted(SCRIPTS))}")
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(set(options) - set(_SPEC_KEYS))
    if unknown:
        raise ScriptedSpecError(
            f"unknown {', '.join(unknown)} in {spec!r}; known: {', '.join(_SPEC_KEYS)}"
        )
    script: Script = SCRIPTS[name]
    try:
        return ScriptedChatModel(
            script=script.right,
            wrong_script=script.wrong,
            script_name=name,
            latency_seconds=float(options.get("latency", 0.0)),
            wrong_share=float(options.get("wrong", 0.0)),
            fail_share=float(options.get("fail", 0.0)),
            fail_first=int(options.get("fail_first", 0)),
            seed=int(options.get("seed", 0)),
        )
    except ValueError as error:
        raise ScriptedSpecError(f"cannot read {spec!r}: {error}") from error


def _cut(text: str, stop: Sequence[str] | None) -> str:
    for end in stop or ():
        text = text.partition(end)[0]
    return text


def _forced_tool(tools: Sequence[dict[str, Any]], choice: Any) -> str | None:
    """Return the tool that must be called; None if the script may choose."""
    if not tools or choice in (None, False, "auto", "none"):
        return None
    if isinstance(choice, dict):
        return str(choice["function"]["name"])
    names = [tool["function"]["name"] for tool in tools]
    return choice if choice in names else str(names[0])


def _as_call(tool: str, text: str) -> AIMessage:
    """Make the call whose arguments the text is; a text that is no JSON object stays a text."""
    try:
        arguments = json.loads(text)
    except json.JSONDecodeError:
        arguments = None
    if not isinstance(arguments, dict):
        return AIMessage(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    return AIMessage("", tool_calls=[{"name": tool, "args": arguments, "id": f"call_{digest}"}])


def _usage(messages: Sequence[BaseMessage], reply: AIMessage) -> UsageMetadata:
    """Count words: this provider's tokens are words, of the text and of tool arguments."""
    read = sum(len(m.text.split()) for m in messages)
    arguments = " ".join(json.dumps(call["args"]) for call in reply.tool_calls)
    written = len(reply.text.split()) + len(arguments.split())
    return UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)


def _result(message: AIMessage) -> ChatResult:
    return ChatResult(generations=[ChatGeneration(message=message)])


def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    """Split a reply into words, tool calls, and an empty last chunk that carries the usage."""
    for word in re.findall(r"\s*\S+|\s+", message.text):
        yield ChatGenerationChunk(message=AIMessageChunk(content=word))
    for index, call in enumerate(message.tool_calls):
        part = tool_call_chunk(
            name=call["name"], args=json.dumps(call["args"]), id=call["id"], index=index
        )
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[part]))
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            usage_metadata=message.usage_metadata,
            response_metadata=message.response_metadata,
            chunk_position="last",
        )
    )
