"""Ask a model something that must be read: once more with the fault, then an error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from langchain_core.messages import AIMessage, BaseMessage

from graphs.budget import Budget, Spend
from graphs.llm.policy import LanguageModel, UnparsableReplyError
from graphs.llm.prompts import correction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answered(Generic[T]):
    """What was read, and what all replies to the question took; dollars None where unknown."""

    read: T
    dollars: float | None
    seconds: float


async def ask(
    model: LanguageModel,
    messages: Sequence[BaseMessage],
    read: Callable[[str], T],
    spend: Spend,
    budget: Budget,
    attempts: int = 2,
) -> Answered[T]:
    """Ask until the reply can be read, at most `attempts` times; the model is told what was wrong.

    Raises:
        UnparsableReplyError: if the last reply cannot be read either; all of them are paid for.
        BudgetSpentError, ProviderDownError, ModelRefusedError: as `LanguageModel.complete`.
    """
    talk = list(messages)
    dollars: float | None = 0.0
    seconds = 0.0
    attempt = 0
    while True:
        attempt += 1
        reply = await model.complete(talk, spend, budget)
        seconds += reply.seconds
        dollars = None if dollars is None or reply.dollars is None else dollars + reply.dollars
        try:
            return Answered(read(reply.text), dollars, seconds)
        except UnparsableReplyError as error:
            if attempt >= attempts:
                raise
            talk = [*talk, AIMessage(reply.text), correction(str(error))]


async def together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Await calls side by side, in order; the first failure, or cancellation, stops the others."""
    tasks = [asyncio.ensure_future(call) for call in calls]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
