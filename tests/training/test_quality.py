"""Quality figures by hand, and resource figures that follow what the process does."""

from __future__ import annotations

import mmap
import time
from typing import Any

import numpy as np
import pytest

from training.quality import quality_metrics
from training.resources import resource_usage


def record(iteration: int, solved: float, games: int = 10, length: float = 5.0) -> dict[str, Any]:
    return {"iteration": iteration, "solved": solved, "games": games, "mean_length": length}


def test_figures_of_three_iterations_by_hand() -> None:
    found = quality_metrics([record(1, 0.2), record(2, 0.4), record(3, 0.9, length=8.0)])
    assert found["avg_success_rate"] == pytest.approx(0.5)
    assert found["success_rate_std"] == pytest.approx(np.std([0.2, 0.4, 0.9]))
    assert found["success_rate_trend"] == pytest.approx(0.35)
    assert found["best_success_rate"] == 0.9
    assert found["total_iterations"] == 3
    assert found["total_episodes_generated"] == 30
    assert found["avg_episode_length"] == pytest.approx(6.0)


def test_kinds_of_one_iteration_count_by_their_games() -> None:
    found = quality_metrics([record(1, 1.0, games=30), record(1, 0.0, games=10)])
    assert found["avg_success_rate"] == 0.75
    assert found["success_rate_trend"] == 0.0


def test_only_the_last_ten_are_averaged() -> None:
    history = [record(n, 1.0 if n <= 5 else 0.5) for n in range(1, 16)]
    found = quality_metrics(history)
    assert found["avg_success_rate"] == 0.5
    assert found["success_rate_trend"] == pytest.approx(0.0)
    assert found["best_success_rate"] == 1.0
    assert found["total_iterations"] == 15


def test_before_the_first_iteration_there_is_nothing() -> None:
    assert set(quality_metrics([]).values()) == {0.0}


def test_resources_follow_the_process() -> None:
    before = resource_usage()
    kept = mmap.mmap(-1, 40_000_000)  # new pages: the heap might have some to give back
    kept.write(b"1" * 40_000_000)
    until = time.process_time() + 0.1
    while time.process_time() < until:
        kept.find(b"2")
    after = resource_usage()
    kept.close()
    assert after["cpu_seconds"] >= before["cpu_seconds"] + 0.09
    assert after["memory_bytes"] >= before["memory_bytes"] + 30e6
    assert after["memory_peak_bytes"] >= 0.99 * after["memory_bytes"]
    assert 0.0 < after["memory_percent"] < 100.0
    assert after["cpu_percent"] > 0.0
    if after["gpu_count"] == 0:
        assert after["gpu_memory_bytes"] == 0.0
