"""Metrics: documented names and real figures, scraped after real requests."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from graphs.budget import Spend
from graphs.episode import Episode
from graphs.routing.decision import Decision
from tests.app.conftest import EQUATION, QUESTION, RunningServer
from training.metrics import Metrics, calls_by_reason, dollars_by_source, value_errors

TABLE = Path(__file__).parents[2] / "docs" / "metrics.md"
CONTRACT = {
    "self_play_success_rate",
    "task_completion_seconds",
    "solution_quality_score",
    "mcts_iterations",
    "model_inference_seconds",
    "policy_entropy",
    "value_prediction_error",
    "gpu_memory_used_bytes",
    "episode_buffer_size",
    "training_iterations_total",
    "neural_predictions_total",
    "llm_calls_total",
    "prediction_latency_seconds",
    "model_confidence",
    "inference_cost_dollars",
}


def documented() -> dict[str, tuple[str, list[str]]]:
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*)\|", TABLE.read_text(), re.M)
    return {name: (kind, re.findall(r"`(\w+)`", labels)) for name, kind, labels in rows}


def scraped(server: RunningServer) -> dict[str, float]:
    text = server.client.get("/metrics").text
    return {
        f"{s.name}{sorted(s.labels.items())}": s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }


def episode_of(server: RunningServer, text: str) -> Episode:
    tandem = server.chat(text).json()["tandem"]
    return server.services.store.episode(tandem["episode_id"], server.services.kinds)


def test_documented_metrics_are_the_exposed_ones(served: RunningServer) -> None:
    served.chat(EQUATION)
    text = served.client.get("/metrics").text
    exposed = dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.M))
    exposed = {name: kind for name, kind in exposed.items() if not name.endswith("_created")}
    assert exposed == {name: kind for name, (kind, _) in documented().items()}
    assert set(exposed) >= CONTRACT


def test_labels_are_the_documented_ones(served: RunningServer) -> None:
    served.chat(EQUATION)
    rows = documented()
    for family in text_string_to_metric_families(served.client.get("/metrics").text):
        name = family.name if family.name in rows else f"{family.name}_total"
        if name.endswith("_created") or name not in rows:
            continue
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(rows[name][1]), sample.name


def test_a_solved_request_moves_its_metrics(served: RunningServer) -> None:
    before = scraped(served)
    episode = episode_of(served, EQUATION)
    after = scraped(served)

    def moved(name: str) -> float:
        return after[name] - before.get(name, 0.0)

    kind = "[('task_type', 'math/equations')]"
    assert moved(f"task_completion_seconds_count{kind}") == 1
    assert moved(f"task_completion_seconds_sum{kind}") == pytest.approx(episode.spend.seconds)
    assert moved("mcts_iterations_sum[]") == episode.spend.simulations
    assert moved("neural_predictions_total[('model_type', 'policy_value')]") == (
        episode.spend.evaluations
    )
    assert moved("solution_quality_score_sum[]") == 1
    assert moved("tandem_episodes_total[('origin', 'http'), ('outcome', 'solved')]") == 1
    assert moved("inference_cost_dollars_sum[('source', 'search')]") == 0


def test_model_calls_are_counted_by_reason(slow: RunningServer) -> None:
    name = "llm_calls_total[('fallback_reason', 'no_environment')]"
    before = scraped(slow).get(name, 0.0)
    slow.chat(QUESTION)
    assert scraped(slow)[name] - before == 1


def test_calls_and_dollars_of_an_episode_add_up_to_its_spend(served: RunningServer) -> None:
    plain = episode_of(served, EQUATION)
    asked = [
        Decision(kind="answer", source="llm", reason="unsure", dollars=0.01),
        Decision(kind="refine", source="llm_search", reason="check_failed"),
    ]
    spend = Spend(llm_calls=7, dollars=0.05)
    episode = replace(plain, steps=(), decisions=tuple(asked), spend=spend)
    assert calls_by_reason(episode) == {"unsure": 1, "check_failed": 6}
    assert sum(dollars_by_source(episode).values()) == pytest.approx(0.05)
    failed = replace(plain, steps=(), decisions=(), spend=spend)
    assert calls_by_reason(failed) == {"provider_down": 7}


def test_value_error_is_the_distance_to_the_return_of_the_mover(served: RunningServer) -> None:
    episode = episode_of(served, EQUATION)
    summary = episode.steps[0].search
    assert summary is not None
    reached = 0.9 ** len(episode.steps)  # as a search backs it up
    assert value_errors(episode, 0.9) == [pytest.approx(abs(summary.root_value - reached))]


def test_step_that_the_network_hands_over_counts_as_the_networks(served: RunningServer) -> None:
    plain = episode_of(served, EQUATION)
    handed = Decision(
        kind="expand", source="search", reason="unsure", confidence=0.3, seconds=0.2, dollars=0.1
    )
    checked = Decision(kind="answer", source="search", reason="check_passed", confidence=1.0)
    refined = Decision(kind="refine", source="llm", reason="check_failed", seconds=2.0)
    metrics = Metrics()
    decisions = (handed, checked, refined)
    metrics.observe_episode(replace(plain, steps=(), decisions=decisions, spend=Spend(dollars=0.1)))
    text = metrics.text().decode()
    assert 'model_confidence_sum{model_type="network"} 0.3' in text
    assert 'prediction_latency_seconds_sum{model_type="network"} 0.2' in text
    assert 'prediction_latency_seconds_sum{model_type="llm"} 2.0' in text
    assert 'model_confidence_count{model_type="search"}' not in text  # a check is no search's word
    assert 'inference_cost_dollars_sum{source="network"} 0.1' in text


def test_iteration_sets_success_and_buffer() -> None:
    metrics = Metrics()
    records = [{"kind": "math/equations", "solved": 0.25}, {"kind": "my/kind", "solved": 1.0}]
    metrics.observe_iteration(records, 40)
    text = metrics.text().decode()
    assert 'self_play_success_rate{task_type="math/equations"} 0.25' in text
    assert "episode_buffer_size 40.0" in text
    assert "training_iterations_total 1.0" in text
