import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.connect4_data import BadLabelError, Positions, read_positions, sampled
from bench.connect4_players import (
    ENVIRONMENT,
    KIND,
    Control,
    Counting,
    WithoutValue,
    choices_alone,
    choices_by_search,
    mistakes_by_search,
)
from bench.report import Report
from bench.strength import CONTROL, add_known
from bench.strength_rows import add_shares
from neural.inference import NetEvaluator
from neural.model_files import random_model
from tasks.search.connect_four_rules import from_words
from training.bootstrap import wilson

SAMPLE = Path(__file__).parents[1] / "samples" / "connect4.jsonl"


@pytest.fixture(scope="module")
def positions() -> Positions:
    return read_positions(SAMPLE.parent)


def quiet(progress: str) -> None:
    """Say nothing."""


def shares(positions: Positions, choices: np.ndarray[Any, Any]) -> dict[str, float | None]:
    report = Report(program="strength", seed=0)
    add_shares(report, positions, {"player": positions.mistakes(choices)})
    return {row.figure: row.value for row in report.rows}


def test_who_plays_the_labels_makes_no_mistake(positions: Positions) -> None:
    found = shares(positions, positions.classes.argmax(1))
    assert len(found) == 6
    assert set(found.values()) == {0.0}


def test_who_plays_the_worst_errs_wherever_moves_differ(positions: Positions) -> None:
    worst = np.where(positions.legal, positions.classes, 2).argmin(1)
    for figure, value in shares(positions, worst).items():
        assert value == (1.0 if "/decisive/" in figure else 0.8), figure


def test_positions_and_observations_are_those_of_the_rules(positions: Positions) -> None:
    for words, seen, legal in zip(
        positions.words, positions.observations, positions.legal, strict=True
    ):
        state = from_words(words)
        assert (ENVIRONMENT.observe(state) == seen).all()
        assert (ENVIRONMENT.legal(state) == legal).all()


def test_a_full_column_cannot_be_chosen(positions: Positions) -> None:
    full = np.asarray((~positions.legal).any(1))
    chosen = positions.take(full)
    with pytest.raises(ValueError, match="full column"):
        chosen.mistakes(chosen.legal.argmin(1))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r.update(moves=r["moves"] + "8"), "cannot be played"),
        (lambda r: r.update(moves="1111111"), "cannot be played"),
        (lambda r: r.update(moves="1212121"), "game is over"),
        (lambda r: r.update(moves=None), "want text"),
        (lambda r: r.update(move_scores=r["move_scores"][:6]), "expected 7"),
        (lambda r: r.update(move_scores=["win"] * 7), "expected integers"),
        (lambda r: r.update(move_scores=[None] * 7), "have room"),
        (lambda r: r.update(decisive=not r["decisive"]), "contradicts"),
        (lambda r: r.update(score=r["score"] + 1), "not the best"),
    ],
)
def test_a_corrupted_label_is_refused_with_file_and_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    lines = SAMPLE.read_text().splitlines()
    record = json.loads(lines[1])
    change(record)
    (tmp_path / "labels.jsonl").write_text(f"{lines[0]}\n{json.dumps(record)}\n")
    with pytest.raises(BadLabelError, match=message) as caught:
        read_positions(tmp_path)
    assert str(caught.value).startswith("labels.jsonl:2: ")


def test_half_a_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text(SAMPLE.read_text()[:-40])
    with pytest.raises(BadLabelError, match=r"labels.jsonl:30: not JSON"):
        read_positions(tmp_path)


def test_other_files_and_other_tasks_are_passed_over(tmp_path: Path) -> None:
    below = tmp_path / "deep"
    below.mkdir()
    (below / "boards.jsonl").write_text(SAMPLE.read_text())
    (tmp_path / "mazes.jsonl").write_text('{"task": "maze", "grid": ["S.G"]}\n')
    (tmp_path / "notes.txt").write_text('"connect4" is not labelled here')
    assert len(read_positions(tmp_path)) == 30


def test_a_folder_without_positions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadLabelError, match="--data"):
        read_positions(tmp_path)


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.jsonl").write_text(SAMPLE.read_text())
    with pytest.raises(BadLabelError, match="2 times"):
        read_positions(tmp_path)


def test_a_sample_takes_the_same_positions_of_every_phase(positions: Positions) -> None:
    chosen = sampled(positions, 4, seed=1)
    assert chosen.ids.tolist() == sampled(positions, 4, seed=1).ids.tolist()
    assert {p: (chosen.phases == p).sum() for p in ("end", "middle", "opening")} == dict.fromkeys(
        ("end", "middle", "opening"), 4
    )


def test_the_interval_of_a_share_is_wilsons() -> None:
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)  # hand-worked
    assert wilson(5, 10) == pytest.approx((0.2366, 0.7634), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_more_simulations_repeat_fewer_ones(positions: Positions) -> None:
    evaluator = NetEvaluator(random_model(KIND, ENVIRONMENT, 1))
    both = choices_by_search(evaluator, positions, (8, 24), quiet)
    assert (both[24] == choices_by_search(evaluator, positions, (24,), quiet)[24]).all()


def test_positions_that_need_no_search_are_never_mistakes(positions: Positions) -> None:
    evaluator = NetEvaluator(random_model(KIND, ENVIRONMENT, 1))
    chosen = choices_by_search(evaluator, positions, (8,), quiet)[8]
    assert (
        positions.mistakes(chosen) == mistakes_by_search(evaluator, positions, (8,), quiet)[8]
    ).all()


def test_remembering_saves_evaluations(positions: Positions) -> None:
    counting = Counting(NetEvaluator(random_model(KIND, ENVIRONMENT, 1)))
    choices_by_search(counting, positions, (8, 16, 24), quiet)
    assert counting.positions < 30 * 25


def test_values_can_be_taken_away_from_a_net(positions: Positions) -> None:
    evaluator = NetEvaluator(random_model(KIND, ENVIRONMENT, 1))
    without = WithoutValue(evaluator)
    priors, values = without.evaluate_batch(positions.observations, positions.legal)
    assert not values.any()
    assert (priors == evaluator.evaluate_batch(positions.observations, positions.legal)[0]).all()
    assert (choices_alone(without, positions) == choices_alone(evaluator, positions)).all()


def test_the_control_repeats_the_independent_measurements(benchdata: Path) -> None:
    known = read_positions(benchdata / "search")
    found = mistakes_by_search(Control(), known, CONTROL, quiet)
    report = Report(program="strength", seed=0)
    add_known(report, known, {f"control-{n}": found[n] for n in CONTROL})
    assert len(report.rows) == 9
    assert [row.figure for row in report.rows if not row.keeps(row.must)] == []
