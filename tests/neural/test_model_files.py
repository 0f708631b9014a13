import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
import torch
from slot_game import TICTACTOE, SlotGame

from neural.calibration import Calibration
from neural.durable import append_durably, write_durably
from neural.model_files import (
    BrokenWeightsError,
    Card,
    StaleWeightsError,
    load_model,
    make_model,
    random_model,
    save_model,
    weights_version,
)
from neural.policy_value import fresh_net, shape_for

GAME = SlotGame()
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def trained_model(seed: int = 1):
    return make_model(
        fresh_net(shape_for(GAME), seed),
        kind="test/counters",
        environment=GAME,
        calibration=Calibration(1.3, (1.0, 0.5, -0.2), 0.1, 200, 0.03, 0.12),
        training={"run": "self-play", "games": 100, "episodes_by_source": {"self-play": 100}},
        created_at=NOW,
    )


def test_a_saved_model_comes_back_with_its_card(tmp_path) -> None:
    model = trained_model()
    loaded = load_model(save_model(model, tmp_path), GAME)
    assert loaded.card == model.card
    rows = torch.randn(3, *GAME.observation_shape)
    assert torch.equal(loaded.net(rows)[0], model.net(rows)[0])
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        f"{model.card.name}.json",
        f"{model.card.name}.safetensors",
    ]


def test_the_name_is_made_of_kind_and_version() -> None:
    card = trained_model().card
    assert card.name == f"test-counters-{card.weights_version[:8]}"
    assert card.created_at == "2026-01-02T03:04:05+00:00"


def test_the_version_changes_with_one_number_of_one_tensor() -> None:
    net = trained_model().net
    before = weights_version(net)
    with torch.no_grad():
        net.value.bias += 1e-3
    assert weights_version(net) != before
    assert len(before) == 16


def test_a_net_that_changed_after_its_card_was_made_is_not_saved(tmp_path) -> None:
    model = trained_model()
    with torch.no_grad():
        model.net.value.bias += 1e-3
    with pytest.raises(BrokenWeightsError, match="changed after its card"):
        save_model(model, tmp_path)


def test_other_tensors_than_the_card_says_are_refused(tmp_path) -> None:
    path = save_model(trained_model(), tmp_path)
    other = save_model(trained_model(seed=2), tmp_path)
    other.with_suffix(".safetensors").rename(path.with_suffix(".safetensors"))
    with pytest.raises(BrokenWeightsError, match="hash"):
        load_model(path, GAME)


@pytest.mark.parametrize("keep", [0, 7, 1000, -1])
def test_truncated_weights_are_refused(tmp_path, keep: int) -> None:
    path = save_model(trained_model(), tmp_path)
    weights = path.with_suffix(".safetensors")
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(BrokenWeightsError):
        load_model(path, GAME)


def test_weights_without_a_card_are_no_model(tmp_path) -> None:
    path = save_model(trained_model(), tmp_path)
    path.unlink()
    with pytest.raises(BrokenWeightsError, match="no model card"):
        load_model(path, GAME)


def test_a_card_without_weights_is_no_model(tmp_path) -> None:
    path = save_model(trained_model(), tmp_path)
    path.with_suffix(".safetensors").unlink()
    with pytest.raises(BrokenWeightsError, match="safetensors"):
        load_model(path, GAME)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda card: card.pop("calibration"),
        lambda card: card.update(surprise=1),
        lambda card: card.update(format=99),
        lambda card: card["shape"].update(torso="conv"),
        lambda card: card["shape"].update(width=32),
    ],
)
def test_a_card_that_does_not_read_or_fit_is_refused(tmp_path, spoil) -> None:
    path = save_model(trained_model(), tmp_path)
    card = json.loads(path.read_text())
    spoil(card)
    path.write_text(json.dumps(card))
    with pytest.raises(BrokenWeightsError):
        load_model(path, GAME)


def test_half_a_card_is_refused(tmp_path) -> None:
    path = save_model(trained_model(), tmp_path)
    path.write_text(path.read_text()[:100])
    with pytest.raises(BrokenWeightsError, match="not JSON"):
        load_model(path, GAME)


@pytest.mark.parametrize("change", [{"version": "counters-2"}, {"observation_shape": (5, 6)}])
def test_weights_of_other_rules_are_refused_with_the_command_that_retrains(
    tmp_path, change
) -> None:
    path = save_model(trained_model(), tmp_path)
    changed = SlotGame()
    for name, value in change.items():
        setattr(changed, name, value)
    with pytest.raises(
        StaleWeightsError, match=r"python -m training\.cli self-play --kind test/counters"
    ):
        load_model(path, changed)


def test_a_replaced_model_is_the_new_one_and_its_half_written_neighbours_are_ignored(
    tmp_path,
) -> None:
    first = dataclasses.replace(trained_model(1).card, name="test-counters")
    second = dataclasses.replace(trained_model(2).card, name="test-counters")
    save_model(dataclasses.replace(trained_model(1), card=first), tmp_path)
    (tmp_path / ".test-counters.json.0123.tmp").write_text('{"half')
    path = save_model(dataclasses.replace(trained_model(2), card=second), tmp_path)
    assert load_model(path, GAME).card.weights_version == second.weights_version


def test_a_kill_between_new_weights_and_new_card_leaves_no_model(tmp_path) -> None:
    # the instant in which the old card is gone and the new one not yet there
    model = trained_model(1)
    path = save_model(model, tmp_path)
    card = path.read_bytes()
    path.unlink()
    with pytest.raises(BrokenWeightsError):
        load_model(path, GAME)
    path.write_bytes(card)
    assert load_model(path, GAME).card == model.card


def test_a_process_killed_while_writing_leaves_one_whole_file(tmp_path) -> None:
    path = tmp_path / "file"
    program = (
        "import sys; from pathlib import Path; from neural.durable import write_durably\n"
        "path = Path(sys.argv[1])\n"
        "while True:\n"
        "    for letter in (b'a', b'b'):\n"
        "        write_durably(path, letter * 2_000_000)\n"
    )
    for delay in (0.0, 0.013, 0.031, 0.047):
        child = subprocess.Popen([sys.executable, "-c", program, str(path)])
        try:
            deadline = time.monotonic() + 20
            while not path.exists() and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(delay)
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
        assert path.read_bytes() in (b"a" * 2_000_000, b"b" * 2_000_000)
        path.unlink()


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path) -> None:
    path = tmp_path / "file"
    write_durably(path, b"old")
    with pytest.raises(TypeError):
        write_durably(path, "text is not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_an_unfinished_line_spoils_itself_alone(tmp_path) -> None:
    path = tmp_path / "log"
    append_durably(path, "one")
    with path.open("ab") as file:
        file.write(b"tw")
    append_durably(path, "three")
    assert path.read_text() == "one\ntw\nthree\n"


def test_random_models_are_the_same_on_every_machine() -> None:
    # A hash written down: episodes name random weights by it, and must find them anywhere.
    model = random_model(TICTACTOE.name, TICTACTOE.environment, 7)
    assert model.card.weights_version == "e0258d0658ccc527"
    assert model.card.name == "random:7"
    assert not model.card.calibration.is_fitted


def test_card_survives_json() -> None:
    card = trained_model().card
    assert Card.from_json(json.loads(json.dumps(card.to_json()))) == card
