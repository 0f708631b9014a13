"""How a language model is called: timeout, retries, caps, circuit breaker, budget, usage.

Which model and what it costs is `models`; what counts as a passing failure is `failures`. A call
adds its calls, tokens and dollars to the run's Spend. It leaves `spend.seconds` alone, because
calls may run side by side: the run keeps that clock, and a Reply says its own seconds.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar, cast
from weakref import WeakKeyDictionary

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import RunnableConfig

from graphs.budget import Budget, Limit, Spend
from graphs.llm.breaker import CircuitBreaker, Clock, Outcome, Pace, Sleep
from graphs.llm.failures import RefusedError, TransientError, provider_failures
from graphs.llm.models import ModelSettings, Price, build_chat_model, model_name
from graphs.llm.reply import Reply, book

log = logging.getLogger(__name__)
T = TypeVar("T")
Ask: TypeAlias = Callable[[], Awaitable[T]]
OnToken = Callable[[str], None]
_QUIET: RunnableConfig = {"tags": ["nostream"]}  # tokens go out through on_token, and only there


class ProviderDownError(RuntimeError):
    """The provider failed after all retries, broke off an answer, or its circuit is open."""


class ModelRefusedError(RuntimeError):
    """The provider answered and would do so again: a wrong key, a bad request, no quota."""


class BudgetSpentError(RuntimeError):
    """A limit of the run forbids the call; `limit` says which."""

    def __init__(self, limit: Limit, message: str = "") -> None:
        super().__init__(message or f"the run's limit on {limit} is reached")
        self.limit = limit


class UnknownPriceError(BudgetSpentError):
    """A limit in dollars that cannot be kept, because the model's price is unknown."""


class UnparsableReplyError(ValueError):
    """A reply that is not of the form that was asked for; the message shows its beginning."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CallPolicy:
    """How one model is called.

    Attributes:
        timeout_seconds: of one attempt, from the request to the last token.
        attempts: requests per call at most, the first one included.
        backoff_seconds: before the first retry; doubles with each, shortened by up to half at
            random.
        max_backoff_seconds: the longest wait, also where the provider asks for a longer one.
        concurrency: requests in flight at most.
        requests_per_second: None for no cap.
        breaker_failures: failed requests in a row that open the circuit.
        breaker_pause_seconds: for how long.
    """

    timeout_seconds: float = 60.0
    attempts: int = 3
    backoff_seconds: float = 0.5
    max_backoff_seconds: float = 20.0
    concurrency: int = 8
    requests_per_second: float | None = None
    breaker_failures: int = 5
    breaker_pause_seconds: float = 30.0

    def __post_init__(self) -> None:
        if min(self.attempts, self.concurrency, self.breaker_failures) < 1:
            raise ValueError("attempts, concurrency and breaker_failures must be 1 or more")
        if self.timeout_seconds <= 0 or (self.requests_per_second or 1.0) <= 0:
            raise ValueError("timeout_seconds and requests_per_second must be above 0")


class LanguageModel:
    """A chat model behind a call policy; shared by all runs of a process.

    Args:
        chat: should not retry by itself.
        price: None when unknown: replies then say dollars None, and a limit in dollars refuses the
            call.
        name: `provider/model`; taken from the chat model when empty.
        clock, sleep: seconds, monotonic. rng: of the jitter.
    """

    def __init__(
        self,
        chat: BaseChatModel,
        policy: CallPolicy,
        price: Price | None,
        *,
        name: str = "",
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        rng: random.Random | None = None,
    ) -> None:
        self.chat, self.policy, self.price = chat, policy, price
        self.name = name or model_name(chat)
        self._clock, self._sleep, self._rng = clock, sleep, rng or random.Random()
        self._breaker = CircuitBreaker(policy.breaker_failures, policy.breaker_pause_seconds, clock)
        self._pace = Pace(policy.requests_per_second, clock, sleep)
        self._semaphores: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )
        self._said_no_usage = False

    @property
    def scripted(self) -> bool:
        """Say whether this is the scripted model, which is no language model."""
        return self.name.startswith("scripted/")

    async def complete(
        self,
        messages: Sequence[BaseMessage],
        spend: Spend,
        budget: Budget,
        *,
        on_token: OnToken | None = None,
    ) -> Reply:
        """Ask for a text; `on_token` gets its pieces as they come.

        Raises:
            BudgetSpentError: before a request that a limit forbids, or when the time runs out.
            ProviderDownError: after the last retry, when the circuit is open, or when an answer
                broke off after its first token (it is not asked for again: the reader has seen the
                beginning).
            ModelRefusedError: for status 400, 401 and the like.
        """
        tokens_sent = 0

        def send(text: str) -> None:
            nonlocal tokens_sent
            tokens_sent += 1
            if on_token is not None:
                on_token(text)

        async def ask() -> AIMessage:
            if on_token is None:
                return await self.chat.ainvoke(list(messages), _QUIET)
            return await _stream(self.chat, messages, send)

        started = self._clock()
        message, attempts = await self._send(ask, spend, budget, lambda: tokens_sent == 0)
        return self._reply(message, spend, attempts, self._clock() - started)

    async def structured(
        self, messages: Sequence[BaseMessage], schema: Any, spend: Spend, budget: Budget
    ) -> tuple[dict[str, Any], Reply]:
        """Ask for an object of a schema (a TypedDict class, or a JSON schema with a title).

        Raises:
            UnparsableReplyError: if the reply is no such object; it is paid for all the same.
            BudgetSpentError, ProviderDownError, ModelRefusedError: as `complete`.
        """
        bound = self.chat.with_structured_output(schema, include_raw=True)

        async def ask() -> dict[str, Any]:
            return cast(dict[str, Any], await bound.ainvoke(list(messages), _QUIET))

        started = self._clock()
        answer, attempts = await self._send(ask, spend, budget, lambda: True)
        reply = self._reply(answer["raw"], spend, attempts, self._clock() - started)
        if not isinstance(answer["parsed"], dict):
            raise UnparsableReplyError(
                f"{self.name} was asked for an object and said "
                f"{reply.text[:200]!r} ({answer['parsing_error'] or 'no call of it'})"
            )
        return answer["parsed"], reply

    async def _send(
        self, ask: Ask[T], spend: Spend, budget: Budget, may_retry: Callable[[], bool]
    ) -> tuple[T, int]:
        """Send until an answer comes; return it and the number of requests."""
        started, seconds_before = self._clock(), spend.seconds
        for attempt in range(1, self.policy.attempts + 1):
            async with self._slots():
                await self._pace.wait()
                used = max(spend.seconds, seconds_before + self._clock() - started)
                self._refuse_if_spent(budget, replace(spend, seconds=used))
                left = None if budget.seconds is None else budget.seconds - used
                try:
                    return await self._request(ask, spend, left), attempt
                except RefusedError as error:
                    raise ModelRefusedError(str(error)) from error
                except TransientError as error:
                    failure = error
            if not may_retry():
                raise ProviderDownError(f"the answer broke off: {failure}") from failure
            used = max(spend.seconds, seconds_before + self._clock() - started)
            delay = self._delay(attempt, failure) if attempt < self.policy.attempts else 0.0
            if budget.seconds is not None and used + delay >= budget.seconds:
                raise BudgetSpentError("seconds") from failure
            if delay:
                log.info("retry model call", extra={"model": self.name, "attempt": attempt})
                await self._sleep(delay)
        raise ProviderDownError(f"{self.policy.attempts} requests failed: {failure}") from failure

    async def _request(self, ask: Ask[T], spend: Spend, seconds_left: float | None) -> T:
        """Send one request; book it, and say in `spend` when nobody knows what it cost."""
        wait = self._breaker.wait_seconds()
        if wait > 0:
            raise ProviderDownError(
                f"{self.name} failed {self.policy.breaker_failures} times in a row; "
                f"it is asked again in {wait:.0f} s"
            )
        probe = self._breaker.enter()
        spend.llm_calls += 1
        outcome: Outcome = "unknown"
        bill_known = False
        hurried = seconds_left is not None and seconds_left < self.policy.timeout_seconds
        limit = seconds_left if hurried else self.policy.timeout_seconds
        try:
            with provider_failures(self.name):
                async with asyncio.timeout(limit):
                    answer = await ask()
            outcome, bill_known = "up", True
            return answer
        except RefusedError:
            outcome, bill_known = "up", True
            raise
        except TransientError as error:
            bill_known = error.status is not None
            if bill_known or not hurried:  # a run out of time says nothing about the provider
                outcome = "down"
            raise
        finally:
            self._breaker.leave(outcome, probe)
            if not bill_known and (self.price is None or not self.price.is_free):
                spend.price_known = False

    def _refuse_if_spent(self, budget: Budget, spend: Spend) -> None:
        limit = replace(budget, simulations=None).spent(spend)
        if limit is not None:
            raise BudgetSpentError(limit)
        if budget.dollars is not None and self.price is None:
            raise UnknownPriceError(
                "dollars",
                f"the price of {self.name} is unknown, so the limit of {budget.dollars} dollars "
                "cannot be kept; set its price_input and price_output, or no limit",
            )

    def _delay(self, attempt: int, failure: TransientError) -> float:
        """Return the seconds to wait: exponential, with jitter, and at least what was asked for."""
        backoff = self.policy.backoff_seconds * 2.0 ** (attempt - 1) * self._rng.uniform(0.5, 1.0)
        return min(max(backoff, failure.retry_after_seconds), self.policy.max_backoff_seconds)

    def _reply(self, message: AIMessage, spend: Spend, attempts: int, seconds: float) -> Reply:
        reply = book(message, self.price, spend)
        if reply.input_tokens is None and not self._said_no_usage:
            self._said_no_usage = True
            log.warning("model reports no usage; its cost is unknown", extra={"model": self.name})
        return replace(reply, seconds=seconds, attempts=attempts, model=self.name)

    def _slots(self) -> asyncio.Semaphore:
        """Return the semaphore of the running loop (one belongs to one loop)."""
        slots = asyncio.Semaphore(self.policy.concurrency)
        return self._semaphores.setdefault(asyncio.get_running_loop(), slots)


def open_language_model(settings: ModelSettings, policy: CallPolicy) -> LanguageModel | None:
    """Build the model that the settings name, behind the policy; None when they name none.

    Raises:
        ModelSettingsError, MissingPackageError: as `models.build_chat_model`.
    """
    chat = build_chat_model(settings)
    if chat is None:
        return None
    return LanguageModel(chat, policy, settings.price, name=f"{settings.provider}/{settings.name}")


async def _stream(
    chat: BaseChatModel, messages: Sequence[BaseMessage], on_token: OnToken
) -> AIMessage:
    """Gather a streamed answer; the sum of its chunks has the usage of the last one."""
    whole: AIMessageChunk | None = None
    async for chunk in chat.astream(list(messages), _QUIET):
        if chunk.text:
            on_token(str(chunk.text))
        whole = chunk if whole is None else whole + chunk
    if whole is None:
        raise TransientError("the stream ended before it began", None, 0.0)
    return whole
