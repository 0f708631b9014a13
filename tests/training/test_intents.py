"""Learning labels: it happens, it comes from the labels, and a kill leaves what was there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from neural.inference import NetEvaluator
from neural.model_files import Model, random_model
from neural.model_store import ModelStore
from neural.policy_value import fresh_net, shape_for
from tasks.catalogue import KindModuleError, default_catalogue
from tasks.text.intent_data import IntentDataError, Labelled, intent_set
from tasks.text.intent_features import FeatureSettings
from tasks.text.intent_files import INTENTS_FOLDER, read_kind
from tasks.text.intent_reading import read_labelled
from tasks.text.intents import IntentsKind
from training.cli import app
from training.intent_store import keep_kind
from training.intents import IntentFit, train_intents
from training.selfplay.run_lock import RunLock
from training.solving import environment_of, observe

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "tests" / "samples" / "intents" / "helpdesk.csv"
RECORDS = read_labelled(SAMPLE.read_bytes(), "csv")
SMALL = FeatureSettings(dimensions=4096)
QUICK = IntentFit(epochs=12)
MAJORITY = 25 / 225


@pytest.fixture(scope="module")
def trained() -> tuple[IntentsKind, Model]:
    return train_intents("helpdesk", RECORDS, features=SMALL, config=QUICK, seed=1)


def accuracy(kind: IntentsKind, model: Model) -> float:
    """Return the share of the texts kept for tests whose label the net finds."""
    texts = kind.intents.by_split()["test"]
    environment = environment_of(kind)
    tasks = [kind.parse(f"helpdesk: {text}") for text in texts]
    states = [environment.initial(task) for task in tasks if task is not None]
    evaluator = NetEvaluator(model)
    priors, _ = evaluator.evaluate_batch(*observe(environment, states))
    right = [kind.intents.action(kind.intents.texts[text]) for text in texts]
    return float((priors.argmax(1) == np.array(right)).mean())


def test_net_learns_labels_of_texts_it_has_not_seen(trained: tuple[IntentsKind, Model]) -> None:
    kind, model = trained
    assert accuracy(kind, model) > MAJORITY + 0.6
    assert model.card.training["accuracy"]["test"] == pytest.approx(accuracy(kind, model))
    loss = model.card.training["loss"]
    assert loss["last_epoch"] < loss["first_epoch"]


def test_training_changes_every_weight_that_labels_depend_on(
    trained: tuple[IntentsKind, Model],
) -> None:
    kind, model = trained
    before = fresh_net(shape_for(environment_of(kind)), 1).state_dict()
    after = model.net.state_dict()
    changed = {name for name, old in before.items() if not bool((old == after[name]).all())}
    assert {"torso.table", "torso.bias", "torso.policy.weight", "torso.scale"} <= changed


def test_random_weights_are_no_better_than_chance(trained: tuple[IntentsKind, Model]) -> None:
    kind, _ = trained
    untrained = random_model(kind.name, environment_of(kind), 3)
    assert accuracy(kind, untrained) < MAJORITY + 0.15


def test_shuffled_labels_teach_nothing(trained: tuple[IntentsKind, Model]) -> None:
    order = np.random.default_rng(0).permutation(len(RECORDS))
    shuffled = [
        replace(record, label=RECORDS[n].label) for record, n in zip(RECORDS, order, strict=True)
    ]
    kind, model = train_intents("helpdesk", shuffled, features=SMALL, config=QUICK, seed=1)
    assert accuracy(kind, model) < MAJORITY + 0.15


def test_same_data_and_seed_give_the_same_weights(trained: tuple[IntentsKind, Model]) -> None:
    _, model = trained
    again = train_intents("helpdesk", RECORDS[::-1], features=SMALL, config=QUICK, seed=1)[1]
    assert again.card.training["data_sha256"] == model.card.training["data_sha256"]
    assert again.card.weights_version == model.card.weights_version
    other = train_intents("helpdesk", RECORDS, features=SMALL, config=QUICK, seed=2)[1]
    assert other.card.weights_version != model.card.weights_version


def test_confidence_is_calibrated_on_texts_kept_from_training(
    trained: tuple[IntentsKind, Model],
) -> None:
    kind, model = trained
    calibration = model.card.calibration
    assert calibration.n == len(kind.intents.by_split()["calibration"])
    environment = environment_of(kind)
    asked = ["my wifi is down", "the weather on the sea is fine", "zzz qqq"]
    states = [environment.initial(t) for a in asked if (t := kind.parse(f"helpdesk: {a}"))]
    sure = [e.confidence for e in NetEvaluator(model).judge(environment, states)]
    assert sure[0] > sure[2]


def test_value_is_what_the_rules_return(trained: tuple[IntentsKind, Model]) -> None:
    kind, model = trained
    environment = environment_of(kind)
    task = kind.parse("helpdesk: my wifi is down")
    assert task is not None
    (evaluation,) = NetEvaluator(model).judge(environment, [environment.initial(task)])
    assert evaluation.value == 0.0


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("a.csv", "", "no labelled text"),
        ("a.csv", "text,intent\n", "no labelled text"),
        ("a.jsonl", "\n\n", "no labelled text"),
        ("a.csv", "body,intent\nhello,x\n", "no field any of text"),
        ("a.csv", "text,tag\nhello,x\n", "--label-field"),
        ("a.csv", "text,intent\nhello,x\nbye,x\n", "at least two labels"),
        ("a.csv", "text,intent\nhello,x\nHello,y\nbye,z\n", "two labels ('hello': x and y)"),
        ("a.csv", "text,intent\nhello,x,y\n", "line 2 has 3 values"),
        ("a.csv", 'text,intent\n"hello,x\n', "line 2 does not read as CSV"),
        ("a.csv", "text,intent\n,x\nbye,y\n", "line 2: the text is empty"),
        ("a.csv", "text,intent\nhello,\nbye,y\n", "line 2: the label ''"),
        ("a.csv", f"text,intent\n{'a' * 100_000},x\n", "100,000 characters; at most 10,000"),
        ("a.csv", f"text,intent\n{'a' * 1_000_000},x\n", "line 2 does not read as CSV"),
        ("a.jsonl", '{"text": "a", "intent": "x"}\n{"text"', "line 2 is not JSON"),
        ("a.jsonl", "[1]\n", "line 1 is no JSON object"),
        ("a.jsonl", "[" * 100_000, "line 1 is not JSON"),
        ("a.jsonl", '{"text": 3, "intent": "x"}\n', "line 1: text is 3"),
        ("a.jsonl", '{"text": "a", "intent": null}\n', "line 1: intent is missing"),
        ("a.jsonl", '{"text": "a", "intent": true}\n', "line 1: intent is True"),
        ("a.jsonl", '{"text": "a", "intent": "x"}\n{"intent": "x"}', "line 2: text is missing"),
        (
            "a.jsonl",
            json.dumps({"text": "a" * 1_000_000, "intent": "x"}),
            "line 1: the text has 1,000,000 characters",
        ),
        ("a.jsonl", '{"text": "\\ud800", "intent": "x"}', "no whole character"),
        ("a.csv", "text,intent\na,top up\nb,top_up\n", "look alike"),
        ("a.csv", "text,intent\na,abstain\nb,x\n", "--abstain-label abstain"),
        ("a.txt", "text,intent\na,x\n", "is none of .csv"),
    ],
)
def test_fault_in_the_data_is_one_clear_line(
    tmp_path: Path, file: str, text: str, said: str
) -> None:
    result = intents(tmp_path, write(tmp_path / file, text))
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "home").exists()


def intents(folder: Path, data: Path, name: str = "helpdesk", *more: str) -> Result:
    arguments = ["intents", "--data", str(data), "--name", name, "--home", str(folder / "home")]
    return CliRunner().invoke(app, [*arguments, *more])


def test_missing_file_and_bad_name_are_one_clear_line(tmp_path: Path) -> None:
    assert "nowhere.csv" in intents(tmp_path, tmp_path / "nowhere.csv").stderr
    assert "small letters" in intents(tmp_path, SAMPLE, "Help desk").stderr


def test_fields_are_found_by_their_usual_names_in_any_layout() -> None:
    layouts = {
        "csv": 'Utterance;Category\n one;x\n"two; three";y\n',
        "jsonl": '{"id": 1, "message": "one", "label": 1}\n\n{"message": "two", "label": 2}\n',
    }
    read = {form: read_labelled(text.encode(), form) for form, text in layouts.items()}  # type: ignore[arg-type]
    assert [(r.text.strip(), r.label) for r in read["csv"]] == [("one", "x"), ("two; three", "y")]
    assert [(r.text, r.label) for r in read["jsonl"]] == [("one", "1"), ("two", "2")]
    named = read_labelled(b"a\tb\n1\t2\n", "csv", "B", "a")
    assert named == [Labelled("2", "1", 2)]
    assert read_labelled(b"\xef\xbb\xbftext,intent\na,x\n", "csv")[0].text == "a"


def test_repeated_texts_count_once_and_conflicts_can_be_dropped() -> None:
    rows = [Labelled("a", "x"), Labelled("A ", "x"), Labelled("b", "y"), Labelled("c", "x")]
    torn = [*rows, Labelled("B", "x")]
    assert dict(intent_set(rows).texts) == {"a": "x", "b": "y", "c": "x"}
    with pytest.raises(IntentDataError, match="1 texts have two labels"):
        intent_set(torn)
    with pytest.raises(IntentDataError, match="two labels"):  # only x is left
        intent_set(torn, conflicts="drop")


def test_command_makes_a_kind_that_is_read_back(tmp_path: Path) -> None:
    result = intents(tmp_path, SAMPLE)
    assert result.exit_code == 0, result.output
    assert "text/helpdesk: 225 texts, 8 labels; oos means abstain" in result.output
    home = tmp_path / "home"
    kind = default_catalogue((), home / INTENTS_FOLDER)["text/helpdesk"]
    assert isinstance(kind, IntentsKind)
    assert dict(kind.intents.texts) == {r.text: r.label for r in RECORDS}
    card = ModelStore(home).active(kind).card
    assert card.training["command"].startswith("python -m training.cli")
    assert card.training["accuracy"]["test"] > MAJORITY + 0.6


def test_damaged_files_say_how_to_make_the_kind_anew(
    tmp_path: Path, trained: tuple[IntentsKind, Model]
) -> None:
    keep_kind(tmp_path, *trained)
    folder = tmp_path / INTENTS_FOLDER / "helpdesk"
    (texts,) = folder.glob("texts-*.jsonl")
    texts.write_bytes(texts.read_bytes()[:-20])
    with pytest.raises(KindModuleError, match="intents --name helpdesk --data FILE"):
        default_catalogue((), tmp_path / INTENTS_FOLDER)
    (folder / "kind.json").write_text("{")
    with pytest.raises(KindModuleError, match="does not read"):
        default_catalogue((), tmp_path / INTENTS_FOLDER)


def test_kept_kind_replaces_the_old_one_and_its_texts(
    tmp_path: Path, trained: tuple[IntentsKind, Model]
) -> None:
    keep_kind(tmp_path, *trained)
    fewer = train_intents("helpdesk", RECORDS[:150], features=SMALL, config=QUICK)
    name = keep_kind(tmp_path, *fewer)
    folder = tmp_path / INTENTS_FOLDER / "helpdesk"
    assert len(list(folder.glob("texts-*.jsonl"))) == 1
    kind = read_kind(folder)
    assert len(kind.intents.texts) == 150
    assert ModelStore(tmp_path).active_name(kind.name) == name


def test_kill_in_the_middle_of_training_leaves_the_old_kind(
    tmp_path: Path, trained: tuple[IntentsKind, Model]
) -> None:
    home = tmp_path / "home"
    keep_kind(home, *trained)
    before = files_of(home)
    rows = SAMPLE.read_text().splitlines()
    slower = write(tmp_path / "more.csv", "\n".join(rows + [f"{r.rpartition(',')[0]} {n},extra"
                   for n in range(40) for r in rows[1:]]))  # fmt: skip
    command = [sys.executable, "-m", "training.cli", "intents", "--data", str(slower)]
    child = subprocess.Popen(
        [*command, "--name", "helpdesk", "--home", str(home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert child.stdout is not None
    line = child.stdout.readline()
    assert b"9225 texts" in line, line + child.stdout.read()  # it goes on to train
    time.sleep(0.5)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert files_of(home) == before
    kind = default_catalogue((), home / INTENTS_FOLDER)["text/helpdesk"]
    assert ModelStore(home).active(kind).card == trained[1].card
    with RunLock(home / INTENTS_FOLDER / "helpdesk", "the next one"):
        pass  # the lock went with the process


def files_of(home: Path) -> dict[str, bytes]:
    kept = (p for p in home.rglob("*") if p.is_file() and p.name != "run.lock")
    return {str(path.relative_to(home)): path.read_bytes() for path in kept}
