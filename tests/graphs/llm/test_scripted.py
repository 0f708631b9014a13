"""The scripted model behaves as a LangChain chat model and is labelled as scripted."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any, TypedDict

import pytest
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage
from langchain_core.tools import tool

from graphs.llm.models import ModelSettings, ModelSettingsError, build_chat_model, model_name
from graphs.llm.scripted import (
    ScriptedCallError,
    ScriptedChatModel,
    ScriptedSpecError,
    scripted_model,
)

EQUATION = "3x + 5 = 17"


class City(TypedDict):
    """A city."""

    name: str
    people: int


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def use_tool(messages: Any, tools: Any) -> AIMessage:
    name = tools[0]["function"]["name"]
    return AIMessage("", tool_calls=[{"name": name, "args": {"a": 2, "b": 3}, "id": "call_1"}])


def test_streamed_words_and_usage_add_up_to_the_whole_reply() -> None:
    model = scripted_model("scripted:teacher")
    whole = model.invoke(EQUATION)
    chunks = list(model.stream(EQUATION))
    total: Any = chunks[0]
    for chunk in chunks[1:]:
        total = total + chunk
    assert len(chunks) > 3
    assert total.text == whole.text
    assert total.usage_metadata == whole.usage_metadata
    last = chunks[-1]
    assert isinstance(last, AIMessageChunk)
    assert last.chunk_position == "last"
    assert [c.usage_metadata for c in chunks[:-1]] == [None] * (len(chunks) - 1)


async def test_streaming_works_awaited_too() -> None:
    model = scripted_model("scripted:echo")
    assert (
        "".join([str(c.text) async for c in model.astream("one two  three\n")])
        == "one two  three\n"
    )


def test_every_reply_says_that_it_is_scripted() -> None:
    model = scripted_model("scripted:echo")
    reply = model.invoke("hello")
    assert reply.response_metadata["scripted"] is True
    assert reply.response_metadata["model_name"] == "scripted/echo"
    assert model_name(model) == "scripted/echo"
    last = list(model.stream("hello"))[-1]
    assert last.response_metadata["scripted"] is True


def test_tools_reach_the_script_in_openai_form_and_come_back_as_calls() -> None:
    model = ScriptedChatModel(script=use_tool, script_name="adder").bind_tools([add])
    reply = model.invoke("2 + 3?")
    assert reply.tool_calls == [
        {"name": "add", "args": {"a": 2, "b": 3}, "id": "call_1", "type": "tool_call"}
    ]
    streamed: Any = None
    for chunk in model.stream("2 + 3?"):
        streamed = chunk if streamed is None else streamed + chunk
    assert streamed.tool_calls == reply.tool_calls


def test_structured_output_returns_the_object_the_script_wrote() -> None:
    model = ScriptedChatModel(script=lambda m, t: '{"name": "Bern", "people": 134794}')
    structured = model.with_structured_output(City, include_raw=True)
    answer: Any = structured.invoke("Capital of Switzerland?")
    assert answer["parsed"] == {"name": "Bern", "people": 134794}
    assert answer["raw"].usage_metadata["output_tokens"] > 0


def test_usage_reaches_the_usage_callback_under_the_scripted_name() -> None:
    handler = UsageMetadataCallbackHandler()
    scripted_model("scripted:echo").invoke("one two three", config={"callbacks": [handler]})
    assert handler.usage_metadata["scripted/echo"]["input_tokens"] == 3
    assert handler.usage_metadata["scripted/echo"]["output_tokens"] == 3


def test_the_same_seed_and_prompt_give_the_same_wrong_answers() -> None:
    prompts = [f"{a}x + 1 = {a * 3 + 1}" for a in range(2, 202)]
    answers = [
        [scripted_model(f"scripted:teacher?wrong=0.3&seed={seed}").invoke(p).text for p in prompts]
        for seed in (7, 7, 8)
    ]
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]
    wrong = sum("x = 3" not in a for a in answers[0])
    assert 35 <= wrong <= 85  # 60 expected, 6.5 standard deviation


def test_wrong_share_zero_is_always_right_and_one_is_always_wrong() -> None:
    right, wrong = (scripted_model(f"scripted:teacher?wrong={share}") for share in (0, 1))
    assert "x = 4" in right.invoke(EQUATION).text
    assert "x = 4" not in wrong.invoke(EQUATION).text


def test_fail_first_fails_that_many_calls_and_then_answers() -> None:
    model = scripted_model("scripted:echo?fail_first=2")
    for _ in range(2):
        with pytest.raises(ScriptedCallError) as caught:
            model.invoke("hello")
        assert caught.value.status_code == 503
    assert model.invoke("hello").text == "hello"


def test_a_retry_of_a_failed_prompt_draws_anew() -> None:
    model = scripted_model("scripted:echo?fail=0.5&seed=3")
    outcomes = []
    for _ in range(40):
        try:
            model.invoke("the same prompt")
            outcomes.append(True)
        except ScriptedCallError:
            outcomes.append(False)
    assert 8 <= sum(outcomes) <= 32


async def test_latency_is_waited_before_the_first_token() -> None:
    model = scripted_model("scripted:echo?latency=0.1")
    started = time.perf_counter()
    async for _ in model.astream("hello"):
        break
    assert time.perf_counter() - started >= 0.1


def test_stop_ends_the_text() -> None:
    assert scripted_model("scripted:echo").invoke("one END two", stop=["END"]).text == "one "


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (EQUATION, "x = 4"),
        ("Solve 0 = 4*b + b + 15 for b.", "b = -3"),
        ("what is y if 5(y - 3) = 2y + 9?", "y = 8"),
        ("2(x - 3) = 1/2 x + 4", "x = 20/3"),
        ("x = x + 1", "no solution"),
        ("2x = 2x", "every number"),
        ("### Problem\n2x = 8\n### Draft answer\nx = 5", "x = 4"),
        ("Tic-tac-toe, X to move:\nX X .\nO O .\n. . .", "Move: 3"),
        ("Tic-tac-toe, X to move:\nX . .\nO O .\n. X .", "Move: 6"),
        ("Who wrote Faust?", "no rule"),
    ],
)
def test_teacher_follows_its_text_rules(text: str, answer: str) -> None:
    model = scripted_model("scripted:teacher")
    assert answer in model.invoke([SystemMessage("Be brief."), HumanMessage(text)]).text


@pytest.mark.parametrize(
    "spec",
    [
        "scripted:nobody",
        "scripted:echo?speed=1",
        "scripted:echo?latency=fast",
        "scripted:echo?wrong=1",
    ],
)
def test_a_spec_that_cannot_be_followed_is_refused(spec: str) -> None:
    with pytest.raises(ScriptedSpecError):
        scripted_model(spec)
    with pytest.raises(ModelSettingsError):
        build_chat_model(ModelSettings(model=spec))


def test_the_scripted_model_imports_no_task_kind_and_no_grader() -> None:
    code = (
        "import sys, graphs.llm.scripted\n"
        "bad = [m for m in sys.modules if m.startswith('tasks') or 'grader' in m or m == 'sympy']\n"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
