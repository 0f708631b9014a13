import dataclasses
import itertools
import json
import threading
from datetime import UTC, datetime

import pytest
from slot_game import TICTACTOE, SlotGame, SlotKind

from neural.calibration import UNCALIBRATED
from neural.model_choice import ModelChoiceError
from neural.model_files import Model, StaleWeightsError, make_model, random_model, save_model
from neural.model_store import ModelNameError, ModelStore, NoWeightsError, UnknownModelError
from neural.policy_value import fresh_net, shape_for
from tasks.open import OpenKind

COUNTERS = SlotKind()
KINDS = [TICTACTOE, COUNTERS]
NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path) -> ModelStore:
    """A store with shipped weights for the counters and none for tic-tac-toe."""
    shipped = tmp_path / "shipped"
    save_model(trained(0, name="test-counters"), shipped)
    return ModelStore(tmp_path / "home", shipped=shipped, clock=lambda: NOW)


def trained(seed: int, name: str = "") -> Model:
    return make_model(
        fresh_net(shape_for(COUNTERS.environment), seed),
        kind=COUNTERS.name,
        environment=COUNTERS.environment,
        calibration=UNCALIBRATED,
        training={"seed": seed},
        created_at=NOW,
        name=name,
    )


def test_shipped_weights_are_used_until_another_choice(store: ModelStore) -> None:
    assert store.active_name(COUNTERS.name) == "test-counters"
    assert store.active(COUNTERS).card.training == {"seed": 0}
    assert store.stamp() == ()


def test_a_kind_without_shipped_weights_names_the_command_that_trains_them(store) -> None:
    with pytest.raises(NoWeightsError, match=r"training\.cli self-play --kind search/tictactoe"):
        store.active(TICTACTOE)


def test_a_trained_model_is_used_by_its_kind_alone_and_only_when_asked(store: ModelStore) -> None:
    name = store.add(trained(1))
    assert store.active_name(COUNTERS.name) == "test-counters"
    assert store.use(name, KINDS, "better") == {COUNTERS.name: name}
    assert store.active(COUNTERS).card.training == {"seed": 1}
    assert store.active_name(TICTACTOE.name) == "search-tictactoe"


def test_random_weights_are_used_by_all_kinds_and_can_be_put_back(store: ModelStore) -> None:
    assert store.use("random:5", KINDS) == {k.name: "random:5" for k in KINDS}
    for kind in KINDS:
        expected = random_model(kind.name, kind.environment, 5).card.weights_version
        assert store.active(kind).card.weights_version == expected
    store.use("test-counters", KINDS)
    assert store.active(COUNTERS).card.training == {"seed": 0}
    assert store.active(TICTACTOE).card.name == "random:5"


def test_history_tells_each_change_with_its_reason(store: ModelStore) -> None:
    name = store.add(trained(1))
    store.use(name, [COUNTERS], "promoted")
    store.use("random:2", [COUNTERS], "asked for")
    assert [dataclasses.astuple(change) for change in store.history()] == [
        ("2026-01-02T00:00:00+00:00", COUNTERS.name, "test-counters", name, "promoted"),
        ("2026-01-02T00:00:00+00:00", COUNTERS.name, name, "random:2", "asked for"),
    ]


def test_an_unfinished_history_line_is_passed_over(store: ModelStore, tmp_path) -> None:
    store.use("random:1", [COUNTERS])
    with (tmp_path / "home/models/history.jsonl").open("a") as file:
        file.write('{"time": "2026')
    store.use("random:2", [COUNTERS])
    assert [change.after for change in store.history()] == ["random:1", "random:2"]


def test_the_stamp_changes_with_every_choice_and_another_process_sees_it(store, tmp_path) -> None:
    other = ModelStore(tmp_path / "home", shipped=tmp_path / "shipped")
    stamps = [other.stamp()]
    for seed in range(4):
        store.use(f"random:{seed}", [COUNTERS])
        stamps.append(other.stamp())
        assert other.active_name(COUNTERS.name) == f"random:{seed}"
    assert all(a != b for a, b in itertools.pairwise(stamps))


def test_choices_made_at_the_same_time_are_all_kept(store: ModelStore) -> None:
    def choose(kind, seeds) -> None:
        for seed in seeds:
            store.use(f"random:{seed}", [kind])

    threads = [threading.Thread(target=choose, args=(kind, range(8))) for kind in KINDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.active_name(kind.name) for kind in KINDS] == ["random:7", "random:7"]
    for kind in KINDS:
        changes = [c for c in store.history() if c.kind == kind.name]
        assert [c.before for c in changes[1:]] == [c.after for c in changes[:-1]]


def test_models_are_found_by_the_hash_that_episodes_record(store: ModelStore) -> None:
    model = trained(1)
    store.add(model)
    store.use("random:3", [COUNTERS])
    store.use("test-counters", [COUNTERS])
    random_version = random_model(COUNTERS.name, COUNTERS.environment, 3).card.weights_version
    for version in (model.card.weights_version, random_version):
        assert store.find_version(version, COUNTERS).card.weights_version == version
    with pytest.raises(UnknownModelError, match="0123"):
        store.find_version("0123", COUNTERS)


def test_entries_tell_origin_and_use(store: ModelStore) -> None:
    name = store.add(trained(1))
    store.use(name, [COUNTERS])
    assert [(e.card.name, e.origin, e.active) for e in store.entries()] == [
        ("test-counters", "shipped", False),
        (name, "trained", True),
    ]


def test_weights_whose_saving_was_killed_are_no_entry(store: ModelStore, tmp_path) -> None:
    name = store.add(trained(1))
    (tmp_path / f"home/models/{name}/{name}.json").unlink()
    assert [e.card.name for e in store.entries()] == ["test-counters"]
    with pytest.raises(UnknownModelError):
        store.use(name, [COUNTERS])


def test_a_model_that_does_not_load_is_not_used(store: ModelStore) -> None:
    name = store.add(trained(1))
    changed = SlotGame()
    changed.version = "counters-2"
    with pytest.raises(StaleWeightsError):
        store.use(name, [SlotKind(changed)])
    assert store.history() == []
    assert store.active_name(COUNTERS.name) == "test-counters"


@pytest.mark.parametrize(
    "name", ["nothing", "../shipped/test-counters", "", "random:x", "random:-1"]
)
def test_a_name_that_is_not_there_is_refused(store: ModelStore, name: str) -> None:
    with pytest.raises(UnknownModelError):
        store.use(name, [COUNTERS])


def test_a_model_of_another_kind_is_refused(store: ModelStore) -> None:
    with pytest.raises(UnknownModelError, match="none of the kinds"):
        store.use("test-counters", [TICTACTOE])
    with pytest.raises(UnknownModelError, match="is for test/counters"):
        store.load("test-counters", TICTACTOE)


def test_a_kind_without_an_environment_has_no_model(store: ModelStore) -> None:
    with pytest.raises(UnknownModelError, match="no environment"):
        store.use("random:1", [OpenKind()])


@pytest.mark.parametrize("name", ["test-counters", "../outside", "random:1"])
def test_a_trained_model_takes_no_shipped_or_impossible_name(store: ModelStore, name: str) -> None:
    with pytest.raises(ModelNameError):
        store.add(trained(1, name=name))


def test_a_spoiled_choice_says_which_file(store: ModelStore, tmp_path) -> None:
    store.use("random:1", [COUNTERS])
    path = tmp_path / "home/models/active.json"
    path.write_text("{")
    with pytest.raises(ModelChoiceError, match=r"active\.json"):
        store.active(COUNTERS)
    path.write_text(json.dumps({"format": 2, "active": {}}))
    with pytest.raises(ModelChoiceError, match="format 1"):
        store.active(COUNTERS)


def test_a_store_without_a_home_serves_shipped_weights_and_keeps_nothing(tmp_path) -> None:
    save_model(trained(0, name="test-counters"), tmp_path)
    store = ModelStore(None, shipped=tmp_path)
    assert store.active(COUNTERS).card.name == "test-counters"
    assert store.stamp() == ()
    with pytest.raises(ModelChoiceError, match="home"):
        store.use("random:1", [COUNTERS])
    with pytest.raises(ModelChoiceError, match="home"):
        store.add(trained(1))
