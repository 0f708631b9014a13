"""A kind of labelled texts over HTTP and on the command line, after nothing but the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app as tandem
from app.kinds import finish_interrupted, kinds_of
from neural.model_store import ModelStore
from tasks.text.intent_files import INTENTS_FOLDER
from tests.app.conftest import running, settings_for
from tests.app.test_tasks import create, ended
from training.cli import app as training

SAMPLE = Path(__file__).parents[1] / "samples" / "intents" / "helpdesk.csv"
QUESTION = "helpdesk: the printer on my floor has no toner"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labelled")
    command = ["intents", "--data", str(SAMPLE), "--name", "helpdesk", "--home", str(folder)]
    result = CliRunner().invoke(training, command)
    assert result.exit_code == 0, result.output
    return folder


def test_server_picks_the_kind_up(home: Path) -> None:
    with running(home, simulations=50) as server:
        answer = server.chat(QUESTION).json()["choices"][0]["message"]["content"]
        assert answer.startswith("printer_trouble (not verified")
        text = "the printer on my floor has no toner"
        for body in ({"problem": text}, {"problem": QUESTION}, {"payload": {"text": text}}):
            task = ended(server, create(server, kind="text/helpdesk", **body).json()["id"])
            assert task["status"] == "done", task
            assert task["tandem"]["kind"] == "text/helpdesk"
            assert task["tandem"]["answer"] == "printer_trouble"
            assert task["tandem"]["source"] == "network"
        ready = server.client.get("/ready").json()
        assert ready["weights"]["text/helpdesk"]["name"].startswith("text-helpdesk-")


def test_labelled_text_is_verified_by_the_label_that_came_with_it(home: Path) -> None:
    with running(home, simulations=50) as server:
        told = server.chat("helpdesk: the printer is jammed again").json()
    content = told["choices"][0]["message"]["content"]
    assert content.startswith("printer_trouble (verified")


def test_two_problems_of_different_families_are_answered_in_order(home: Path) -> None:
    with running(home, simulations=200) as server:
        told = server.chat(f"{QUESTION}\nhelpdesk: is a parking space free").json()
    lines = told["choices"][0]["message"]["content"].splitlines()
    assert lines[0].startswith("1. printer_trouble")
    assert lines[1].startswith("2. parking_permit")


def test_text_that_fits_no_label_gets_none(home: Path) -> None:
    with running(home, simulations=50) as server:
        for foreign in (
            "quarterly orbit of the moons of jupiter",
            "the bus was late",
            "hello there",
        ):
            body = {"kind": "text/helpdesk", "problem": foreign}
            task = ended(server, create(server, **body).json()["id"])
            assert task["tandem"]["answer"] in (None, "abstain"), task


def test_prediction_takes_an_observation_of_the_kind(home: Path) -> None:
    with running(home) as server:
        kind = server.services.kinds["text/helpdesk"]
        assert kind.environment is not None
        task = kind.parse(QUESTION)
        assert task is not None
        state = kind.environment.observe(kind.environment.initial(task)).tolist()
        body = {"model": "text/helpdesk", "state": state, "legal": [True] * 9, "temperature": 0}
        told = server.client.post("/predict", json=body).json()
    assert kind.answer_from_actions(task, (told["action"],)).text == "printer_trouble"
    assert told["confidence"] > 0.5


def test_command_line_lists_and_solves(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("TANDEM_HOME", str(home))
    runner = CliRunner()
    assert "text/helpdesk" in runner.invoke(tandem, ["kinds"]).output
    solved = runner.invoke(tandem, ["solve", QUESTION])
    assert solved.exit_code == 0, solved.output
    assert "printer_trouble" in solved.output
    assert "text-helpdesk-" in runner.invoke(tandem, ["models"]).output


def test_model_that_a_kill_left_unchosen_is_chosen_at_the_next_start(home: Path) -> None:
    settings = settings_for(home)
    kinds, models = kinds_of(settings), ModelStore(home)
    kind = kinds["text/helpdesk"]
    own = models.active_name(kind.name)
    (home / "models" / "active.json").unlink()  # as before the choice
    finish_interrupted(home, kinds, models)
    assert models.active_name(kind.name) == own
    models.use("random:1", [kind])
    finish_interrupted(home, kinds, models)  # a choice that works stays
    assert models.active_name(kind.name) == "random:1"
    models.use(own, [kind])
    assert (home / INTENTS_FOLDER / "helpdesk" / "kind.json").exists()
