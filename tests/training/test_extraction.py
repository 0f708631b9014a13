"""What hand-made and played episodes teach, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.data import ConcatDataset, DataLoader

from training.datasets import ExampleShapeError, SelfPlayDataset
from training.extraction import TrainingDataExtractor
from training.rows import BadTargetError
from training.selfplay.traces import (
    Action,
    EpisodeOutcome,
    MalformedEpisodeError,
    MCTSTrace,
    SelfPlayEpisode,
    State,
)


def state(name: str, mover: int = 0) -> State:
    return State(name, torch.tensor([float(ord(name[-1])), 1.0]), {"to_play": mover})


def trace(root: str, visits: dict[str, int], q: dict[str, float], chosen: str) -> MCTSTrace:
    total = sum(visits.values())
    priors = dict.fromkeys(visits, 1.0 / len(visits))
    return MCTSTrace(root, total, visits, q, priors, chosen, 2, 0.01, {root: max(q.values())})


def run(
    rewards: list[float],
    movers: list[int],
    outcome: EpisodeOutcome = "success",
    q: list[dict[str, float]] | None = None,
    **metadata: Any,
) -> SelfPlayEpisode:
    steps = len(rewards)
    states = [state(f"s{n}", mover) for n, mover in enumerate([*movers, 0])]
    values = q or [{"0": 0.2, "1": -0.5}] * steps
    return SelfPlayEpisode(
        task_id="t",
        initial_state=states[0],
        actions=[Action("0", "solve") for _ in range(steps)],
        states=states,
        rewards=rewards,
        mcts_traces=[trace(f"s{n}", {"0": 3, "1": 1}, values[n], "0") for n in range(steps)],
        outcome=outcome,
        metadata=metadata,
    )


def test_values_are_the_worked_returns() -> None:
    episode = run([0.1, 0.2, 0.3, 1.0], [0, 0, 0, 0])
    values = TrainingDataExtractor().extract_examples([episode])["value"]
    assert [round(v.target, 3) for v in values] == [1.562, 1.477, 1.290, 1.0]
    assert {v.weight for v in values} == {1.0}


def test_values_of_a_game_belong_to_the_mover() -> None:
    episode = run([0.0, 0.0, 1.0], [0, 1, 0], num_players=2)
    values = TrainingDataExtractor().extract_examples([episode])["value"]
    assert [round(v.target, 4) for v in values] == [0.9801, -0.99, 1.0]


def test_policies_are_visit_shares_and_say_so() -> None:
    policies = TrainingDataExtractor().extract_examples([run([1.0], [0])])["policy"]
    assert policies[0].target == {"0": 0.75, "1": 0.25}
    assert policies[0].metadata["target_source"] == "visit counts"
    other = run([1.0], [0], target_source="completed Q")
    policies = TrainingDataExtractor().extract_examples([other])["policy"]
    assert policies[0].metadata["target_source"] == "completed Q"


def test_reasoning_is_the_query_and_the_chain() -> None:
    examples = TrainingDataExtractor().extract_examples([run([0.0, 1.0], [0, 0], query="3x = 6")])
    assert [(e.state, e.target) for e in examples["reasoning"]] == [("3x = 6", ["solve", "solve"])]


def test_a_failure_teaches_its_worst_decisions_and_no_policy() -> None:
    q = [{"0": 0.1, "1": -0.9}, {"0": 0.3, "1": 0.8}, {"0": -1.0, "1": -1.0}]
    episode = run([0.0, 0.0, -1.0], [0, 0, 0], "failure", q)
    examples = TrainingDataExtractor().extract_examples([episode])
    assert not examples["policy"]
    assert not examples["reasoning"]
    # the last position was lost anyway: nothing was given away there
    assert [(e.metadata["step"], e.target) for e in examples["negative"]] == [
        (0, {"chosen": "1", "rejected": "0"}),  # -0.9 is still better than what came: -0.98
        (1, {"chosen": "1", "rejected": "0"}),
    ]
    assert {e.weight for e in examples["negative"] + examples["value"]} == {0.3}


def test_where_nothing_better_was_seen_nothing_is_preferred() -> None:
    q = [{"0": 0.1, "1": -1.0}]
    examples = TrainingDataExtractor().extract_examples([run([-1.0], [0], "failure", q)])
    assert examples["negative"][0].target == {"chosen": None, "rejected": "0"}


def test_a_lost_game_blames_the_player_who_lost_it_and_keeps_its_policies() -> None:
    episode = run([0.0, 1.0], [0, 1], "failure", num_players=2)
    examples = TrainingDataExtractor().extract_examples([episode])
    assert [e.metadata["step"] for e in examples["negative"]] == [0]
    assert len(examples["policy"]) == 2
    assert {e.weight for e in examples["value"]} == {1.0}


def test_broken_off_runs_teach_nothing_and_are_counted() -> None:
    extractor = TrainingDataExtractor()
    empty = run([], [])
    episodes = [run([0.0], [0], "timeout"), run([0.0], [0], "error"), empty, run([1.0], [0])]
    assert len(extractor.extract_examples(episodes)["value"]) == 1
    assert extractor.skipped == {
        "broken off: timeout": 1,
        "broken off: error": 1,
        "no action was made": 1,
    }


def test_malformed_episodes_are_refused_with_their_numbers() -> None:
    whole = run([0.0, 1.0], [0, 0])
    short = SelfPlayEpisode(
        "t", whole.initial_state, whole.actions, whole.states, [1.0], whole.mcts_traces, "success"
    )
    with pytest.raises(MalformedEpisodeError, match="2 actions, but 3 states"):
        TrainingDataExtractor().extract_examples([short])
    unsearched = run([1.0], [0])
    nothing = SelfPlayEpisode(
        "t",
        unsearched.initial_state,
        unsearched.actions,
        unsearched.states,
        [1.0],
        [trace("s0", {"0": 0}, {"0": 0.0}, "0")],
        "success",
    )
    with pytest.raises(BadTargetError, match="no distribution"):
        TrainingDataExtractor().extract_examples([nothing])
    with pytest.raises(BadTargetError, match="no numbers"):
        TrainingDataExtractor().extract_examples([run([float("nan")], [0])])


def test_states_may_leave_out_the_initial_one() -> None:
    whole = run([0.0, 1.0], [0, 0])
    less = SelfPlayEpisode(
        "t",
        whole.initial_state,
        whole.actions,
        whole.states[1:],
        whole.rewards,
        whole.mcts_traces,
        "success",
    )
    extractor = TrainingDataExtractor()
    assert extractor.extract_examples([less]) == extractor.extract_examples([whole])


def test_kinds_of_ours_keep_returns_in_range_and_foreign_ones_pass() -> None:
    with pytest.raises(BadTargetError, match="leave"):
        TrainingDataExtractor().extract_examples([run([1.0, 1.0], [0, 0], episode={"id": "x"})])
    assert TrainingDataExtractor().extract_examples([run([1.0, 1.0], [0, 0])])["value"]


def test_computed_properties_by_hand() -> None:
    game = run([0.0, 1.0], [0, 1], "failure", num_players=2)
    assert game.total_reward == -1.0  # the second player's win, seen by the first
    assert game.episode_length == 2
    assert game.search_efficiency == pytest.approx(-1.0 / (8 * 0.02))
    assert game.solution_path == []
    assert run([0.0, 1.0], [0, 0]).solution_path == ["0", "0"]
    assert run([], []).search_efficiency == 0.0


def test_datasets_are_tensors_in_batches() -> None:
    examples = TrainingDataExtractor().extract_examples(
        [run([0.0, 1.0], [0, 0]), run([0.0, -1.0], [0, 0], "failure")]
    )
    flat = [example for of_type in examples.values() for example in of_type]
    policy = SelfPlayDataset(flat, "policy")
    assert len(policy) == 2
    batch = next(iter(DataLoader(ConcatDataset([policy, policy]), batch_size=4)))
    assert batch["state"].shape == (4, 2)
    assert batch["target"].tolist() == [[0.75, 0.25]] * 4
    value = next(iter(DataLoader(SelfPlayDataset(flat, "value"), batch_size=4)))
    assert value["target"].tolist() == pytest.approx([0.99, 1.0, -0.99, -1.0])
    assert value["weight"].tolist() == pytest.approx([1.0, 1.0, 0.3, 0.3])
    negative = SelfPlayDataset(flat, "negative")[0]
    assert (int(negative["target"]["chosen"]), int(negative["target"]["rejected"])) == (1, 0)
    reasoning = next(iter(DataLoader(SelfPlayDataset(flat, "reasoning"), batch_size=1)))
    assert reasoning["steps"] == ["solve\nsolve"]


def test_a_policy_target_stands_at_the_number_of_its_action() -> None:
    one = run([1.0], [0], num_actions=5)
    examples = TrainingDataExtractor().extract_examples([one])["policy"]
    assert SelfPlayDataset(examples, "policy")[0]["target"].tolist() == [0.75, 0.25, 0, 0, 0]


def test_examples_of_several_shapes_are_refused() -> None:
    examples = TrainingDataExtractor().extract_examples(
        [run([1.0], [0], num_actions=2), run([1.0], [0], num_actions=3)]
    )["policy"]
    with pytest.raises(ExampleShapeError, match="one dataset per kind"):
        SelfPlayDataset(examples, "policy")
    with pytest.raises(ExampleShapeError, match="unknown example type"):
        SelfPlayDataset(examples, "polices")  # type: ignore[arg-type]
