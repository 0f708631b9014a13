"""ChatOpenAI under the call policy, against a real server on the loopback."""

from __future__ import annotations

import asyncio
import time
from typing import Any, TypedDict

import pytest
from langchain_core.messages import HumanMessage

from graphs.budget import Budget, Spend
from graphs.llm.models import ModelSettings
from graphs.llm.policy import (
    BudgetSpentError,
    CallPolicy,
    LanguageModel,
    ModelRefusedError,
    ProviderDownError,
    UnknownPriceError,
    UnparsableReplyError,
    open_language_model,
)

Provider = Any  # the stub of conftest.py
ASK = [HumanMessage("How many birds?")]
QUICK = CallPolicy(backoff_seconds=0.01, max_backoff_seconds=0.02, timeout_seconds=5.0)


class Birds(TypedDict):
    """How many birds."""

    birds: int


def language_model(
    provider: Provider, policy: CallPolicy = QUICK, *, priced: bool = True, key: str = "k"
) -> LanguageModel:
    price = {"price_input": 2.0, "price_output": 10.0, "price_cached_input": 0.5} if priced else {}
    settings = ModelSettings(
        model="stub:1b", base_url=provider.base_url, api_key=key, temperature=0.0, **price
    )
    model = open_language_model(settings, policy)
    assert model is not None
    return model


async def test_a_reply_carries_the_providers_figures_and_its_price(provider: Provider) -> None:
    spend = Spend()
    reply = await language_model(provider).complete(ASK, spend, Budget())
    assert reply.text == "four and twenty blackbirds"
    assert (reply.input_tokens, reply.output_tokens) == (100, 20)
    # 60 fresh tokens at $2, 40 cached at $0.5, 20 written at $10, per million
    assert reply.dollars == pytest.approx((60 * 2 + 40 * 0.5 + 20 * 10) / 1e6)
    assert spend.dollars == reply.dollars
    assert (spend.llm_calls, spend.input_tokens, spend.output_tokens) == (1, 100, 20)
    assert spend.price_known
    assert reply.seconds > 0
    assert reply.model == "openai-compatible/stub:1b"


async def test_a_stream_hands_out_tokens_and_asks_for_usage(provider: Provider) -> None:
    spend, words = Spend(), []
    model = language_model(provider)
    reply = await model.complete(ASK, spend, Budget(), on_token=words.append)
    assert len(words) == 4
    assert "".join(words) == reply.text
    assert provider.requests[0]["stream_options"] == {"include_usage": True}
    assert spend.dollars > 0
    assert spend.price_known


@pytest.mark.parametrize("statuses", [[429], [500, 503]])
async def test_passing_failures_are_retried(provider: Provider, statuses: list[int]) -> None:
    provider.statuses = list(statuses)
    spend = Spend()
    reply = await language_model(provider).complete(ASK, spend, Budget())
    assert reply.attempts == len(statuses) + 1 == len(provider.requests) == spend.llm_calls
    assert spend.price_known  # an error status bills nothing


async def test_a_provider_that_stays_down_is_said_to_be_down(provider: Provider) -> None:
    provider.statuses = [500] * 9
    with pytest.raises(ProviderDownError, match="3 requests failed"):
        await language_model(provider).complete(ASK, Spend(), Budget())
    assert len(provider.requests) == 3  # the client itself retries nothing


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_refusals_are_not_retried(provider: Provider, status: int) -> None:
    provider.statuses = [status]
    with pytest.raises(ModelRefusedError, match=f"stub {status}"):
        await language_model(provider).complete(ASK, Spend(), Budget())
    assert len(provider.requests) == 1


async def test_an_empty_account_is_a_refusal_although_its_status_is_429(provider: Provider) -> None:
    provider.statuses, provider.error_code = [429], "insufficient_quota"
    with pytest.raises(ModelRefusedError):
        await language_model(provider).complete(ASK, Spend(), Budget())
    assert len(provider.requests) == 1


async def test_the_wait_that_the_provider_asks_for_is_kept(provider: Provider) -> None:
    provider.statuses, provider.headers = [429], {"retry-after": "0.3"}
    policy = CallPolicy(backoff_seconds=0.001, max_backoff_seconds=1.0)
    started = time.perf_counter()
    await language_model(provider, policy).complete(ASK, Spend(), Budget())
    assert time.perf_counter() - started >= 0.3


async def test_a_timeout_is_retried_and_its_bill_is_unknown(provider: Provider) -> None:
    provider.delay_seconds = 0.5
    spend = Spend()
    policy = CallPolicy(timeout_seconds=0.1, attempts=2, backoff_seconds=0.001)
    with pytest.raises(ProviderDownError, match="TimeoutError"):
        await language_model(provider, policy).complete(ASK, spend, Budget())
    assert spend.llm_calls == 2
    assert not spend.price_known


async def test_a_run_without_time_left_waits_no_longer_than_it_has(provider: Provider) -> None:
    provider.delay_seconds = 2.0
    started = time.perf_counter()
    with pytest.raises(BudgetSpentError) as caught:
        await language_model(provider).complete(ASK, Spend(seconds=1.0), Budget(seconds=1.2))
    assert caught.value.limit == "seconds"
    assert time.perf_counter() - started < 1.0


async def test_a_broken_stream_is_not_asked_for_again(provider: Provider) -> None:
    provider.break_after = 2
    words: list[str] = []
    with pytest.raises(ProviderDownError, match="broke off"):
        await language_model(provider).complete(ASK, Spend(), Budget(), on_token=words.append)
    assert len(provider.requests) == 1
    assert len(words) <= 2


async def test_cancellation_passes_through_at_once(provider: Provider) -> None:
    provider.delay_seconds = 5.0
    spend = Spend()
    call = asyncio.create_task(language_model(provider).complete(ASK, spend, Budget()))
    await asyncio.sleep(0.2)
    started = time.perf_counter()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert time.perf_counter() - started < 0.5
    assert not spend.price_known  # nobody knows what the provider bills for it


async def test_no_more_requests_run_at_once_than_allowed(provider: Provider) -> None:
    provider.delay_seconds = 0.05
    model = language_model(provider, CallPolicy(concurrency=2))
    await asyncio.gather(*(model.complete(ASK, Spend(), Budget()) for _ in range(6)))
    assert provider.most_at_once == 2


async def test_missing_usage_makes_the_cost_unknown_and_is_never_estimated(
    provider: Provider,
) -> None:
    provider.usage = None
    spend = Spend()
    reply = await language_model(provider).complete(ASK, spend, Budget())
    assert (reply.input_tokens, reply.output_tokens, reply.dollars) == (None, None, None)
    assert (spend.dollars, spend.input_tokens, spend.price_known) == (0.0, 0, False)


async def test_a_model_without_a_price_says_so_and_refuses_a_limit_in_dollars(
    provider: Provider,
) -> None:
    model, spend = language_model(provider, priced=False), Spend()
    reply = await model.complete(ASK, spend, Budget())
    assert (reply.dollars, reply.input_tokens, spend.price_known) == (None, 100, False)
    with pytest.raises(UnknownPriceError, match="price_input"):
        await model.complete(ASK, Spend(), Budget(dollars=1.0))


@pytest.mark.parametrize(
    ("budget", "spend", "limit"),
    [
        (Budget(dollars=0.1), Spend(dollars=0.1), "dollars"),
        (Budget(llm_calls=2), Spend(llm_calls=2), "llm_calls"),
        (Budget(seconds=3.0), Spend(seconds=3.0), "seconds"),
    ],
)
async def test_nothing_is_sent_once_a_limit_is_reached(
    provider: Provider, budget: Budget, spend: Spend, limit: str
) -> None:
    with pytest.raises(BudgetSpentError) as caught:
        await language_model(provider).complete(ASK, spend, budget)
    assert caught.value.limit == limit
    assert provider.requests == []


async def test_concurrent_calls_keep_a_limit_on_calls(provider: Provider) -> None:
    provider.delay_seconds = 0.05
    model, spend = language_model(provider), Spend()
    calls = [model.complete(ASK, spend, Budget(llm_calls=3)) for _ in range(6)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(r, BudgetSpentError) for r in results) == 3
    assert len(provider.requests) == spend.llm_calls == 3


async def test_structured_output_is_an_object_with_its_usage(provider: Provider) -> None:
    provider.text = '{"birds": 24}'
    spend = Spend()
    birds, reply = await language_model(provider).structured(ASK, Birds, spend, Budget())
    assert birds == {"birds": 24}
    assert reply.output_tokens == spend.output_tokens == 20


async def test_a_reply_that_is_no_object_is_an_error_and_is_paid_for(provider: Provider) -> None:
    provider.text = "twenty-four"
    spend = Spend()
    with pytest.raises(UnparsableReplyError, match="twenty-four"):
        await language_model(provider).structured(ASK, Birds, spend, Budget())
    assert spend.dollars > 0


async def test_a_key_meant_for_another_server_is_not_sent(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret-of-another-server")
    await language_model(provider, key="").complete(ASK, Spend(), Budget())
    assert "secret" not in provider.keys[0]


def test_one_model_serves_several_event_loops(provider: Provider) -> None:
    model = language_model(provider, CallPolicy(concurrency=1, backoff_seconds=0.01))

    async def two() -> list[str]:
        replies = await asyncio.gather(*(model.complete(ASK, Spend(), Budget()) for _ in range(2)))
        return [reply.text for reply in replies]

    assert asyncio.run(two()) == asyncio.run(two())
