"""A language model judges positions: strictly read, paid from the run, cancelled together."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import AIMessage

from graphs.budget import Budget, Spend
from graphs.episode import Draft
from graphs.llm.evaluator import LLMEvaluator
from graphs.llm.models import FREE, Price
from graphs.llm.policy import (
    BudgetSpentError,
    CallPolicy,
    LanguageModel,
    ProviderDownError,
    UnparsableReplyError,
)
from graphs.llm.prompts import answer_messages, judge_messages, refine_messages
from graphs.llm.replies import read_choice, read_judgement, read_value
from graphs.llm.scripted import ScriptedChatModel, scripted_model
from tasks.math.equations import EquationsKind
from tasks.open import OpenKind, open_task
from tasks.protocol import Answer
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tictactoe_rules import board_from_text

KIND = TicTacToeKind()
GAME = KIND.environment
LEGAL = np.array([True, False, True])
GOOD = {"actions": {"0": 0.7, "2": 0.3}, "value": -0.2, "confidence": 0.6}


def state_of(board: str) -> Any:
    return board_from_text(board)


def draft(text: str, passed: bool | None, feedback: str) -> Draft:
    return Draft(
        answer=Answer(text), source="llm", confidence=None, passed=passed, feedback=feedback
    )


def evaluator_of(
    chat: ScriptedChatModel, spend: Spend, budget: Budget | None = None, **options: Any
) -> LLMEvaluator:
    model = LanguageModel(chat, CallPolicy(backoff_seconds=0.001), options.pop("price", FREE))
    return LLMEvaluator(model, KIND, spend, budget or Budget(), **options)


def saying(reply: Callable[[str], str]) -> ScriptedChatModel:
    return ScriptedChatModel(script=lambda messages, tools: reply(messages[-1].text))


async def test_states_come_back_in_order_with_priors_over_their_legal_actions() -> None:
    spend = Spend()
    boards = ["XX.OO....", "XO..X...O", "........."]
    states = [state_of(board) for board in boards]
    judged = await evaluator_of(scripted_model("scripted:teacher"), spend).evaluate(GAME, states)
    assert [int(np.argmax(e.priors)) for e in judged] == [2, 2, 4]
    for state, evaluation in zip(states, judged, strict=True):
        assert GAME is not None
        assert evaluation.priors[~GAME.legal(state)].sum() == 0
        assert evaluation.priors.sum() == pytest.approx(1.0)
        assert evaluation.source == "llm:scripted/teacher"
        assert evaluation.confidence == evaluation.signals["stated"] == 0.9
    assert spend.llm_calls == 3


async def test_each_state_says_what_its_call_cost() -> None:
    spend = Spend()
    price = Price(input=1.0, output=10.0)
    evaluator = evaluator_of(scripted_model("scripted:teacher"), spend, price=price)
    judged = await evaluator.evaluate(GAME, [state_of("XX.OO....")])
    expected = (spend.input_tokens * 1.0 + spend.output_tokens * 10.0) / 1e6
    assert judged[0].dollars == pytest.approx(expected)
    assert spend.dollars == pytest.approx(expected)
    assert judged[0].seconds > 0


async def test_an_unreadable_reply_is_asked_for_again_with_its_fault() -> None:
    def first_wrong(text: str) -> str:
        if "could not be used" in text:
            assert "it is not JSON" in text
            return json.dumps({"actions": {"2": 1.0}, "value": 1.0, "confidence": 0.8})
        return "I would play in the corner."

    spend = Spend()
    judged = await evaluator_of(saying(first_wrong), spend).evaluate(GAME, [state_of("XX.OO....")])
    assert int(np.argmax(judged[0].priors)) == 2
    assert spend.llm_calls == 2


async def test_a_model_that_never_writes_the_form_is_an_error_not_a_prior() -> None:
    spend = Spend()
    with pytest.raises(UnparsableReplyError, match="not JSON"):
        await evaluator_of(saying(lambda text: "action 0"), spend).evaluate(
            GAME, [state_of("XX.OO....")]
        )
    assert spend.llm_calls == 2


async def test_the_first_failure_stops_the_calls_that_still_wait() -> None:
    spend = Spend()
    chat = scripted_model("scripted:teacher?latency=0.05")
    chat.fail_share, chat.fail_status, chat.seed = 0.5, 503, 1
    evaluator = evaluator_of(chat, spend)
    evaluator._model.policy = CallPolicy(attempts=1, concurrency=1)
    with pytest.raises(ProviderDownError):
        await evaluator.evaluate(GAME, [state_of("X...O....")] * 12)
    sent = spend.llm_calls
    assert sent < 12
    await asyncio.sleep(0.2)
    assert spend.llm_calls == sent


async def test_a_spent_budget_reaches_the_caller_as_such() -> None:
    spend = Spend()
    evaluator = evaluator_of(scripted_model("scripted:teacher"), spend, Budget(llm_calls=1))
    with pytest.raises(BudgetSpentError):
        await evaluator.evaluate(GAME, [state_of("XX.OO...."), state_of("XO..X...O")])
    assert spend.llm_calls == 1


def test_a_judgement_is_read_bare_or_fenced_and_normalised() -> None:
    text = json.dumps(GOOD)
    for reply in (text, f"```json\n{text}\n```", f"Here it is:\n```\n{text}\n```"):
        judged = read_judgement(reply, LEGAL)
        assert judged.priors == pytest.approx([0.7, 0.0, 0.3])
        assert (judged.value, judged.confidence) == (-0.2, 0.6)
    rounded = {**GOOD, "actions": {"0": 0.33, "2": 0.66}}
    assert read_judgement(json.dumps(rounded), LEGAL).priors.sum() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"actions": {"1": 1.0}}, "not legal"),
        ({"actions": {"9": 1.0}}, "not legal"),
        ({"actions": {"-1": 1.0}}, "no index"),
        ({"actions": {}}, "no actions"),
        ({"actions": [0.5, 0.5]}, "no actions"),
        ({"actions": {"0": 0.2, "2": 0.2}}, "sum to 0.4"),
        ({"actions": {"0": 1.5}}, "outside"),
        ({"actions": {"0": "0.7", "2": 0.3}}, "no number"),
        ({"value": 1.2}, "outside"),
        ({"value": None}, "no number"),
        ({"value": float("nan")}, "no number"),
        ({"confidence": True}, "no number"),
    ],
)
def test_a_judgement_out_of_form_is_refused(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(UnparsableReplyError, match=fault):
        read_judgement(json.dumps({**GOOD, **change}), LEGAL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"action": 2, "confidence": 0.9}', (2, 0.9)),
        ('{"action": 0}', (0, None)),
        ("2", (2, None)),
        ("Action: 2", (2, None)),
    ],
)
def test_a_choice_is_read(text: str, expected: tuple[int, float | None]) -> None:
    assert read_choice(text, LEGAL) == expected


@pytest.mark.parametrize(
    "text", ["", "1", "go left", '{"action": 1}', '{"move": 0}', "0 or 2", "1.5"]
)
def test_what_is_no_choice_is_refused(text: str) -> None:
    with pytest.raises(UnparsableReplyError):
        read_choice(text, LEGAL)


def test_a_value_is_read_in_its_range_only() -> None:
    assert read_value('{"value": -0.5, "confidence": 0.7}') == (-0.5, 0.7)
    assert read_value("Value: 0.25") == (0.25, None)
    for text in ("2", "good", '{"value": "high"}'):
        with pytest.raises(UnparsableReplyError):
            read_value(text)


def test_the_question_lists_every_legal_action_and_no_other() -> None:
    state = state_of("XX.OO....")
    text = judge_messages(GAME, state, KIND.title)[-1].text
    assert "X X .\nO O .\n. . ." in text
    assert [line[0] for line in text.partition("### Legal actions\n")[2].splitlines()] == list(
        "25678"
    )


def test_refining_shows_each_draft_with_what_the_check_said() -> None:
    kind = EquationsKind()
    task = kind.parse("3x + 5 = 17")
    assert task is not None
    drafts = [
        draft("x = 5", False, "3*5 + 5 is 20, not 17"),
        draft("x = 6", None, ""),
    ]
    text = refine_messages(kind, task, drafts)[-1].text
    assert text.index("x = 5") < text.index("is 20, not 17") < text.index("x = 6")
    assert "nothing was checked" in text
    reply = scripted_model("scripted:teacher").invoke(refine_messages(kind, task, drafts))
    assert "x = 4" in reply.text


def test_a_free_question_goes_out_as_it_was_asked() -> None:
    task = open_task("Who wrote Faust?")
    assert answer_messages(OpenKind(), task)[-1].text == "Who wrote Faust?"


def test_the_teacher_passes_both_graders_and_fails_them_when_told_to_err() -> None:
    for kind in (EquationsKind(), TicTacToeKind()):
        passed = {"0": 0, "1": 0}
        for seed in range(12):
            task = kind.generate(seed, 0.5, "train")
            for wrong in passed:
                chat = scripted_model(f"scripted:teacher?wrong={wrong}")
                reply: AIMessage = chat.invoke(answer_messages(kind, task))
                answer = kind.answer_from_text(task, reply.text)
                passed[wrong] += bool(answer and kind.grade(task, answer).passed)
        assert passed["0"] >= 11, kind.name  # its rules for the game are short of perfect play
        assert passed["1"] == 0, kind.name
