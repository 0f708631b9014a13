"""The parts of `bench/strength.py` that look at training: curve, worth, games, provenance."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bench import provenance, strength_curve, strength_worth
from bench.connect4_data import Positions, read_positions
from bench.connect4_players import ENVIRONMENT, KIND
from bench.provenance import NoProvenanceError, Trail
from bench.report import Report, Row
from bench.strength import add_cost
from bench.strength_curve import NoCurveError, Point, add_curve, add_fall
from bench.strength_games import add_games
from bench.strength_worth import BUDGETS, falling, saved_by_values, saved_from_without
from neural.calibration import UNCALIBRATED
from neural.device import instruction_set
from neural.model_files import Model, make_model, random_model, save_model, shipped_name

SAMPLES = Path(__file__).parents[1] / "samples"
TRAIL = Trail(
    {"iteration-0001-x-chunk-000": "aa"},
    {"iteration-0001": "bb"},
    {"games": 10, "evaluations": 100},
    1.0,
)


@pytest.fixture(scope="module")
def positions() -> Positions:
    return read_positions(SAMPLES)


def quiet(progress: str) -> None:
    """Say nothing."""


def rows(report: Report) -> dict[str, Row]:
    return {row.figure: row for row in report.rows}


def trained(seed: int, iteration: int, **training: object) -> Model:
    return make_model(
        random_model(KIND, ENVIRONMENT, seed).net,
        kind=KIND,
        environment=ENVIRONMENT,
        calibration=UNCALIBRATED,
        training={"run": "self-play", "iterations": iteration, **training},
        created_at=datetime.now(UTC),
        name=f"iteration-{iteration:04d}",
    )


def test_the_cost_of_training_is_what_the_card_says() -> None:
    report = Report(program="strength", seed=0)
    add_cost(report, trained(1, 3, games=90, evaluations=5000, cpu_seconds=3601.0))
    found = rows(report)
    assert found["cost/games"].value == 90
    cost = found["cost/cpu-minutes"]
    assert not cost.keeps(cost.must)


def curve(positions: Positions, shares: list[float]) -> dict[str, Row]:
    """Return the rows of a curve whose players all err on a share of the positions."""
    count = len(positions)
    points = []
    for place, share in enumerate(shares):
        wrong = np.zeros(count, bool)
        wrong[np.flatnonzero(positions.decisive)[: round(share * positions.decisive.sum())]] = True
        points.append(Point(place, dict.fromkeys(strength_curve.PLAYERS, wrong), {}))
    report = Report(program="strength", seed=0)
    add_fall(report, positions, points)
    assert strength_curve.table(positions, points).count("\n") == len(shares) + 1
    return rows(report)


def test_a_curve_that_falls_is_told_from_one_that_rises(positions: Positions) -> None:
    for shares, falls in (([0.9, 0.8, 0.5, 0.3, 0.2, 0.1], True), ([0.1, 0.3, 0.9], False)):
        found = curve(positions, shares)
        row = found["curve/falls/net-100"]
        assert row.keeps(row.must) == falls
        rank = found["curve/rank/net-100"].value
        assert rank == pytest.approx(-1.0 if falls else 1.0)


def test_a_flat_curve_does_not_fall(positions: Positions) -> None:
    row = curve(positions, [0.5, 0.5, 0.5])["curve/falls/net-alone"]
    assert not row.keeps(row.must)


def test_a_curve_of_two_iterations_says_nothing(positions: Positions) -> None:
    row = curve(positions, [0.9, 0.1])["curve/falls/net-100"]
    assert row.value is None
    assert not row.keeps(row.must)


def test_the_learners_of_a_run_are_measured_in_order(
    positions: Positions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for iteration in (10, 2, 1):
        costs = {"games": 7 * iteration, "evaluations": 1000, "cpu_seconds": 90.0}
        save_model(
            trained(iteration, iteration, **costs), tmp_path / "learners" / shipped_name(KIND)
        )
    report = Report(program="strength", seed=0)
    few = positions.take(np.arange(0, 30, 5))
    add_curve(report, few, tmp_path, tmp_path / "curve.png", quiet)
    shown = [line.split()[:4] for line in capsys.readouterr().out.splitlines()[2:5]]
    assert shown == [[str(n), str(7 * n), "1,000", "1.5"] for n in (1, 2, 10)]
    assert (tmp_path / "curve.png").stat().st_size > 1000
    assert "curve/0010/decisive/net-32" in rows(report)


def test_a_folder_without_learners_is_refused(positions: Positions, tmp_path: Path) -> None:
    with pytest.raises(NoCurveError, match="--checkpoint-dir"):
        add_curve(Report(program="strength", seed=0), positions, tmp_path, None, quiet)


def curves(
    given: list[float], bare: list[float]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return one sample of one position that has these shares of mistakes."""
    return np.array(given + bare).reshape(1, 1, -1)


def test_simulations_saved_are_read_off_between_the_measured_ones() -> None:
    bare = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]
    given = [0.6, 0.5, 0.4, 0.4, 0.4, 0.2, 0.1]
    # without values 200 simulations reach the 0.4 of 100 with them
    assert saved_by_values(curves(given, bare))[0] == pytest.approx(1 - 100 / 200)
    # with values 16 simulations reach the 0.5 of 100 without them
    assert saved_from_without(curves(given, bare))[0] == pytest.approx(1 - 16 / 100)
    half = [*bare[:5], 0.3, 0.2]  # 0.4 lies half-way between 100 and 200, by the logarithm
    assert saved_by_values(curves(given, half))[0] == pytest.approx(1 - 1 / np.sqrt(2))


def test_values_that_mislead_save_less_than_nothing() -> None:
    good, bad = [0.5, 0.4, 0.3, 0.2, 0.1, 0.1, 0.1], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.1]
    assert saved_by_values(curves(bad, good))[0] == pytest.approx(1 - 100 / 8)
    assert saved_from_without(curves(bad, good))[0] == pytest.approx(1 - 400 / 100)


@pytest.mark.parametrize(("values_help", "bound"), [(True, ", at least"), (False, ", at most")])
def test_what_lies_beyond_the_measured_range_is_a_bound(values_help: bool, bound: str) -> None:
    low, high = [0.1] * len(BUDGETS), [0.9] * len(BUDGETS)
    sample = curves(*((low, high) if values_help else (high, low)))
    for statistic in (saved_by_values, saved_from_without):
        assert strength_worth._beyond(float(statistic(sample)[0]), statistic) == bound


def test_neighbours_out_of_order_share_their_mean() -> None:
    assert falling(np.array([0.5, 0.2, 0.4, 0.1])).tolist() == pytest.approx([0.5, 0.3, 0.3, 0.1])
    assert falling(np.array([0.1, 0.2, 0.3])).tolist() == pytest.approx([0.2] * 3)


def test_games_of_self_play_are_counted_and_timed() -> None:
    report = Report(program="strength", seed=0)
    add_games(report, random_model(KIND, ENVIRONMENT, 1), 4, 1, quiet)
    found = rows(report)
    results = [found[f"games/starter-{name}"].value for name in ("won", "drawn", "lost")]
    assert sum(value or 0.0 for value in results) == pytest.approx(1.0)
    length, examples = found["games/mean-length"].value, found["games/examples"].value
    assert length is not None
    assert examples == 4 * length
    ratio, floor = found["games/processor-over-floor"].value, found["games/floor"].value
    assert ratio is not None
    assert floor is not None
    assert ratio * floor == pytest.approx(found["games/processor"].value)


def compared(noted: Trail, found: Trail, *, exact: bool) -> list[str]:
    """Return the rows that miss what they must."""
    report = Report(program="strength", seed=0)
    provenance.compare(report, noted, found, exact=exact)
    return [
        row.figure.removeprefix("provenance/") for row in report.rows if not row.keeps(row.must)
    ]


def test_an_equal_repetition_keeps_every_bound() -> None:
    assert compared(TRAIL, TRAIL, exact=True) == []


def test_other_games_or_weights_are_noticed() -> None:
    games = replace(TRAIL, shards={"iteration-0001-x-chunk-000": "ab"})
    weights = replace(TRAIL, learners={"iteration-0001": "ba"})
    assert compared(TRAIL, games, exact=True) == ["shards-equal"]
    assert compared(TRAIL, weights, exact=True) == ["weights-equal"]
    assert compared(TRAIL, replace(TRAIL, shards={}), exact=False) == ["shards-present"]


def test_another_instruction_set_allows_other_bits_only() -> None:
    bits = replace(TRAIL, shards={"iteration-0001-x-chunk-000": "ab"}, loss=1.009)
    assert compared(TRAIL, bits, exact=False) == []
    assert compared(TRAIL, replace(bits, loss=1.02), exact=False) == ["loss-within-1-percent"]
    fewer = replace(bits, played={"games": 9, "evaluations": 100})
    assert compared(TRAIL, fewer, exact=False) == ["games-equal"]


def test_a_card_without_notes_cannot_be_repeated() -> None:
    with pytest.raises(NoProvenanceError, match="instruction_set, threads"):
        provenance.notes_of(trained(1, 1).card)


def test_the_processor_decides_whether_bits_must_be_equal() -> None:
    told: list[str] = []
    assert provenance.same_processor({"instruction_set": instruction_set()}, told.append)
    assert not told
    assert not provenance.same_processor({"instruction_set": "PDP-11"}, told.append)
    assert "PDP-11" in told[0]


def test_other_versions_are_told_but_excuse_nothing() -> None:
    told: list[str] = []
    notes = {"instruction_set": instruction_set(), "versions": {"torch": "0.4"}}
    assert provenance.same_processor(notes, told.append)
    assert "torch 0.4, now" in told[0]
