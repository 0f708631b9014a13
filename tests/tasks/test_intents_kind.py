"""Kinds made of labelled texts: reading, drawing, answers, grades."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.conformance import check_kind
from tasks.protocol import Answer, IllegalActionError, InvalidTaskError, Split, Task
from tasks.solving import TooHardError
from tasks.text.intent_data import (
    ABSTAIN,
    IntentDataError,
    Labelled,
    Shares,
    intent_set,
    split_of_text,
)
from tasks.text.intent_features import FeatureSettings, hashed_features, observation
from tasks.text.intent_reading import read_labelled
from tasks.text.intents import IntentPayload, IntentsKind

SAMPLE = Path(__file__).parents[1] / "samples" / "intents" / "helpdesk.csv"
RECORDS = read_labelled(SAMPLE.read_bytes(), "csv")
KIND = IntentsKind("helpdesk", intent_set(RECORDS))
SPLITS: tuple[Split, ...] = ("train", "calibration", "test")


def every_task() -> list[Task]:
    tasks = [KIND.parse(f"helpdesk: {record.text}") for record in RECORDS]
    return [task for task in tasks if task is not None]


def right_action(task: Task) -> int:
    return KIND.intents.action(KIND.intents.texts[task.payload.text])


def test_the_kind_conforms() -> None:
    assert [f.text() for f in check_kind(KIND, 12)] == []


def test_generated_tasks_and_features_keep_to_their_golden_file(
    golden: Callable[[str, str], None],
) -> None:
    tasks = [KIND.generate(n, n / 5, split) for split in SPLITS for n in range(6)]
    told = [
        {
            "id": task.id,
            "prompt": task.prompt,
            "action": right_action(task),
            "features": hashed_features(task.payload.text, KIND.features)[0].tolist()[:8],
        }
        for task in tasks
    ]
    assert KIND.environment is not None
    text = json.dumps({"version": KIND.environment.version, "tasks": told}, indent=1)
    golden("text-intents.json", text + "\n")


def test_right_label_passes_and_every_other_fails() -> None:
    tasks = every_task()
    assert len(tasks) == 225
    environment = KIND.environment
    assert environment is not None
    for task in tasks:
        answers = [KIND.answer_from_actions(task, (a,)) for a in range(environment.num_actions)]
        passed = [KIND.grade(task, answer).passed for answer in answers]
        assert passed.count(True) == 1
        assert passed[right_action(task)]


def test_right_answers_with_one_character_changed_fail() -> None:
    rng = np.random.default_rng(0)
    wrong = 0
    tasks = every_task()
    for task in tasks:
        text = KIND.answer_from_actions(task, (right_action(task),)).text
        place = int(rng.integers(len(text)))
        for changed in (text[:place] + text[place + 1 :], f"{text[:place]}q{text[place:]}"):
            wrong += KIND.grade(task, Answer(changed)).passed is False
    assert wrong == 2 * len(tasks)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "   ",
        "order",
        "laptop",
        "order_laptop order_laptop",
        "order_laptop?",
        "not order_laptop",
        "order laptops",
        "reset_password",
        "printer_trouble",
        "vacation_days",
        "travel_expenses",
        "meeting_room",
        "wifi_problem",
        "parking_permit",
        "oos",
        "abstain",
        "none",
        "2",
        "0",
        "text/helpdesk",
        "order_laptop, reset_password",
    ],
)
def test_planted_wrong_answer_is_refused(said: str) -> None:
    task = next(t for t in every_task() if KIND.intents.texts[t.payload.text] == "order_laptop")
    assert KIND.grade(task, Answer("order_laptop")).passed
    assert KIND.grade(task, Answer(said)).passed is False


def test_text_without_a_label_gets_no_verdict() -> None:
    task = KIND.parse("helpdesk: my chair squeaks")
    assert task is not None
    for said in ("order_laptop", "abstain", ""):
        assert KIND.grade(task, Answer(said)).passed is None


def test_grader_knows_its_texts_in_any_case() -> None:
    record = RECORDS[0]
    task = KIND.parse(f"helpdesk:  {record.text.upper()}  ")
    assert task is not None
    said = ABSTAIN if record.label == "oos" else record.label
    assert KIND.grade(task, Answer(said)).passed


def test_out_of_scope_texts_are_to_be_abstained_on() -> None:
    task = KIND.parse(f"helpdesk: {next(r.text for r in RECORDS if r.label == 'oos')}")
    assert task is not None
    assert KIND.grade(task, Answer(ABSTAIN)).passed
    assert KIND.grade(task, Answer("oos")).passed
    assert "oos" not in KIND.intents.labels


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("helpdesk: the printer hums", "the printer hums"),
        ("  Helpdesk : the  printer\thums ", "the printer hums"),
        ("text/helpdesk: the printer hums", "the printer hums"),
        ("classify as helpdesk: the printer hums", "the printer hums"),
        ("Please classify this with helpdesk: the printer hums", "the printer hums"),
        ("label with text/helpdesk: wifi: it drops", "wifi: it drops"),
    ],
)
def test_question_is_read(text: str, payload: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    assert task.payload == IntentPayload(payload)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "the printer hums",
        "helpdesk",
        "helpdesk the printer hums",
        "the helpdesk: is it open?",
        "my helpdesk: the printer hums",
        "helpdesks: the printer hums",
        "Hello! helpdesk: the printer hums",
        "helpdesk: the printer hums\nsolve 3x + 5 = 17",
        "banking77: I lost my card",
        "classify: the printer hums",
        "a " * 50_000,
        ":" * 100_000,
        " " * 100_000 + "helpdesk: hm",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert KIND.parse(text) is None


@pytest.mark.parametrize("text", ["helpdesk:", "helpdesk:   ", f"helpdesk: {'a' * 1_000_000}"])
def test_question_without_a_text_or_with_a_book_is_refused(text: str) -> None:
    with pytest.raises(InvalidTaskError, match=r"empty|characters"):
        KIND.parse(text)


def test_foreign_text_is_refused_quickly() -> None:
    text = "Tell me: what is the capital of France, and how many people live there?"
    started = time.process_time()
    for _ in range(10_000):
        KIND.parse(text)
    assert (time.process_time() - started) / 10_000 < 50e-6


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("order_laptop", "order_laptop"),
        ("Answer: order_laptop", "order_laptop"),
        ("Order laptop.", "order_laptop"),
        ("It is about paper, so the intent is `printer_trouble`.", "printer_trouble"),
        ("Not wifi_problem.\nThe answer is \\boxed{meeting_room}", "meeting_room"),
        ("First I thought of wifi_problem.\n\nparking_permit", "parking_permit"),
        ("None fits.\nabstain", ABSTAIN),
        ("The label is oos", ABSTAIN),
    ],
)
def test_label_is_found_in_prose(said: str, label: str) -> None:
    answer = KIND.answer_from_text(every_task()[0], said)
    assert answer is not None
    assert answer.text == label


@pytest.mark.parametrize(
    "said", ["", "I do not know", "order_laptop or wifi_problem", "laptop", "9" * 5000]
)
def test_prose_that_settles_on_nothing_is_no_answer(said: str) -> None:
    assert KIND.answer_from_text(every_task()[0], said) is None


def test_generator_draws_labelled_texts_of_its_split_only() -> None:
    by_split = KIND.intents.by_split()
    assert sum(map(len, by_split.values())) == 225
    for split in SPLITS:
        texts = {KIND.generate(n, n / 99, split).payload.text for n in range(100)}
        assert texts <= set(by_split[split])
        assert len(texts) > 0.6 * min(len(by_split[split]), 100)


def test_hard_texts_use_words_of_their_own() -> None:
    tasks = [KIND.generate(n, 0.5, "train") for n in range(10)]
    assert tasks == [KIND.generate(n, 0.5, "train") for n in range(10)]


def test_split_of_a_text_does_not_change_when_texts_are_added() -> None:
    few = intent_set(RECORDS[:150], shares=Shares()).by_split()
    many = intent_set(RECORDS, shares=Shares()).by_split()
    for split in SPLITS:
        assert set(few[split]) <= set(many[split])


def test_label_that_was_only_held_out_is_trained_on() -> None:
    texts = (f"unheard of {n}" for n in range(1000))
    lone = Labelled(next(t for t in texts if split_of_text(t, Shares()) == "test"), "rare")
    by_split = intent_set([*RECORDS, lone], shares=Shares()).by_split()
    assert lone.text in by_split["train"]


def test_one_choice_is_made_and_no_rule_knows_the_right_one() -> None:
    environment = KIND.environment
    assert environment is not None
    state = environment.initial(every_task()[0])
    assert environment.legal(state).all()
    ends = [environment.step(state, action) for action in range(environment.num_actions)]
    assert all(environment.is_terminal(end) for end in ends)
    assert not any(environment.returns(end).any() for end in ends)
    with pytest.raises(IllegalActionError):
        environment.step(ends[0], 0)
    with pytest.raises(IllegalActionError):
        environment.step(state, environment.num_actions)


def test_rules_of_other_labels_or_features_have_another_version() -> None:
    versions = {
        kind.environment.version
        for kind in (
            KIND,
            IntentsKind("helpdesk", intent_set(RECORDS, abstain_label="wifi_problem")),
            IntentsKind("helpdesk", intent_set(RECORDS), FeatureSettings(dimensions=8192)),
        )
        if kind.environment is not None
    }
    assert len(versions) == 3


def test_features_tell_texts_apart_and_ignore_case() -> None:
    features = FeatureSettings()
    seen = {observation(record.text, features).tobytes() for record in RECORDS}
    assert len(seen) == len(RECORDS)
    hello = observation("Hello there", features)
    assert np.array_equal(hello, observation("hello  THERE", features))
    assert (hello.min(), hello.dtype) == (0.0, np.float32)
    assert hello.max() <= 1.0
    assert not observation("?!", features).any()


@pytest.mark.parametrize("name", ["", "Help", "a b", "a/b", "../x", "9x", "x" * 41, "é"])
def test_name_that_cannot_be_one_is_refused(name: str) -> None:
    with pytest.raises(IntentDataError, match="named"):
        IntentsKind(name, KIND.intents)


@pytest.mark.parametrize(
    "data",
    [{}, {"text": 3}, {"text": ""}, {"text": "a", "label": "b"}, {"text": "\ud800"}, {"x": "y"}],
)
def test_broken_payload_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(InvalidTaskError):
        KIND.payload_from_json(data)


def test_payload_with_line_breaks_becomes_one_line() -> None:
    assert KIND.payload_from_json({"text": "a\n b"}) == IntentPayload("a b")


@settings(max_examples=150, deadline=2000)
@given(st.text(max_size=300), st.sampled_from(["", "helpdesk:", "classify as helpdesk: "]))
def test_fuzzed_texts_raise_nothing_but_refusals(text: str, prefix: str) -> None:
    try:
        task = KIND.parse(prefix + text)
    except (InvalidTaskError, TooHardError):
        return
    if task is None:
        return
    answer = KIND.answer_from_text(task, text)
    if answer is not None:
        assert KIND.grade(task, answer).passed is not True
    assert KIND.environment is not None
    assert np.isfinite(KIND.environment.observe(KIND.environment.initial(task))).all()
