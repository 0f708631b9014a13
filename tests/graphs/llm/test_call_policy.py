"""Breaker, pace and jitter by an injected clock; nothing here waits."""

from __future__ import annotations

import random

import pytest
from langchain_core.messages import HumanMessage

from graphs.budget import Budget, Spend
from graphs.llm.breaker import CircuitBreaker, Pace
from graphs.llm.models import FREE
from graphs.llm.policy import CallPolicy, LanguageModel, ModelRefusedError, ProviderDownError
from graphs.llm.scripted import ScriptedChatModel, scripted_model

ASK = [HumanMessage("hello")]


class FakeClock:
    """Seconds that pass only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def model_of(
    chat: ScriptedChatModel, policy: CallPolicy, clock: FakeClock, seed: int = 0
) -> LanguageModel:
    return LanguageModel(
        chat, policy, FREE, clock=clock, sleep=clock.sleep, rng=random.Random(seed)
    )


async def test_waits_between_retries_double_and_are_jittered_by_the_seed() -> None:
    slept = []
    for seed in (1, 1, 2):
        clock = FakeClock()
        model = model_of(
            scripted_model("scripted:echo?fail_first=3"), CallPolicy(attempts=4), clock, seed
        )
        assert (await model.complete(ASK, Spend(), Budget())).text == "hello"
        slept.append(clock.slept)
    assert slept[0] == slept[1] != slept[2]
    for number, wait in enumerate(slept[0]):
        assert 0.25 * 2**number <= wait <= 0.5 * 2**number


async def test_the_circuit_opens_after_failures_in_a_row_and_lets_one_probe_pass() -> None:
    clock = FakeClock()
    policy = CallPolicy(attempts=1, breaker_failures=2, breaker_pause_seconds=30.0)
    chat = scripted_model("scripted:echo?fail_first=3")
    model = model_of(chat, policy, clock)
    spend = Spend()
    for _ in range(2):
        with pytest.raises(ProviderDownError, match="requests failed"):
            await model.complete(ASK, spend, Budget())
    with pytest.raises(ProviderDownError, match="asked again in 30 s"):
        await model.complete(ASK, spend, Budget())
    assert spend.llm_calls == 2  # an open circuit sends nothing
    clock.now += 30.0
    with pytest.raises(ProviderDownError, match="requests failed"):  # the probe fails
        await model.complete(ASK, spend, Budget())
    with pytest.raises(ProviderDownError, match="asked again"):
        await model.complete(ASK, spend, Budget())
    clock.now += 30.0
    assert (await model.complete(ASK, spend, Budget())).text == "hello"
    assert (await model.complete(ASK, spend, Budget())).text == "hello"


async def test_a_refusal_is_no_outage() -> None:
    clock = FakeClock()
    chat = ScriptedChatModel(script=lambda m, t: "", fail_first=3, fail_status=401)
    model = model_of(chat, CallPolicy(breaker_failures=1), clock)
    for _ in range(3):
        with pytest.raises(ModelRefusedError):
            await model.complete(ASK, Spend(), Budget())
    assert clock.slept == []


def test_only_one_probe_passes_while_half_open_and_a_cancelled_one_frees_the_place() -> None:
    clock = FakeClock()
    breaker = CircuitBreaker(1, 10.0, clock)
    breaker.leave("down", breaker.enter())
    assert breaker.wait_seconds() == 10.0
    clock.now += 10.0
    probe = breaker.enter()
    assert probe
    assert breaker.wait_seconds() > 0
    breaker.leave("unknown", probe)
    assert breaker.wait_seconds() == 0.0
    breaker.leave("up", breaker.enter())
    assert not breaker.enter()


async def test_the_pace_spaces_requests_evenly() -> None:
    clock = FakeClock()
    pace = Pace(4.0, clock, clock.sleep)
    starts = []
    for _ in range(5):
        await pace.wait()
        starts.append(clock.now)
    assert starts == pytest.approx([100.0, 100.25, 100.5, 100.75, 101.0])


async def test_an_error_in_our_own_code_is_neither_retried_nor_renamed() -> None:
    def broken(messages: object, tools: object) -> str:
        raise ZeroDivisionError("a bug")

    spend = Spend()
    model = model_of(ScriptedChatModel(script=broken), CallPolicy(), FakeClock())
    with pytest.raises(ZeroDivisionError):
        await model.complete(ASK, spend, Budget())
    assert spend.llm_calls == 1
