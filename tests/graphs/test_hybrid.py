"""The documented hybrid agent: routing by the whole prior, honest costs, no invented actions."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import numpy as np
import pytest
import torch
from langchain_core.messages import BaseMessage
from torch import nn

from graphs.budget import Budget
from graphs.hybrid import (
    HybridAgent,
    HybridConfig,
    HybridConfigError,
    NoMakerError,
    PolicyGuidedMCTS,
)
from graphs.llm.client import UnknownClientError
from graphs.llm.policy import CallPolicy, ProviderDownError, UnparsableReplyError
from graphs.llm.positions import ContextError
from graphs.llm.scripted import ScriptedChatModel, scripted_model
from graphs.routing.proposals import BrokenNetworkError
from neural.calibration import UNCALIBRATED, Calibration
from neural.policy_value import PolicyNetwork, ValueNetwork
from tasks.search.tictactoe_rules import TicTacToeEnvironment, board_from_text

STATE = np.linspace(-1, 1, 9, dtype=np.float32)
QUICK = CallPolicy(attempts=2, backoff_seconds=0.001)


class Biased(nn.Module):
    """A policy network that always favours one action by a given logit."""

    action_dim = 4

    def __init__(self, action: int, logit: float, value: float = 0.0) -> None:
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(4))
        self.logits.data[action] = logit
        self.answer = value

    def forward(self, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        rows = len(state)
        return self.logits.expand(rows, 4), torch.full((rows, 1), self.answer)


class Valued(nn.Module):
    """A value network with a fixed output."""

    def __init__(self, value: float, output_activation: str = "tanh") -> None:
        super().__init__()
        self.value, self.output_activation = value, output_activation

    def forward(self, state: torch.Tensor) -> torch.Tensor:
        return torch.full((len(state), 1), self.value)


class Client:
    """An object with `generate`; says nothing of tokens."""

    def __init__(self, *replies: str) -> None:
        self.replies, self.prompts = list(replies), []

    async def generate(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


def model_saying(text: str, **options: Any) -> ScriptedChatModel:
    def script(messages: list[BaseMessage], tools: Any) -> str:
        return text

    return ScriptedChatModel(script=script, script_name="fixed", **options)


SURE, UNSURE = Biased(2, 6.0), Biased(2, 0.5)
CHOICE = '{"action": 1, "confidence": 0.9}'


def agent(policy: nn.Module, client: object | None, **fields: Any) -> HybridAgent:
    options = {k: fields.pop(k) for k in ("calibration", "value_net", "budget") if k in fields}
    value_net = options.pop("value_net", None)
    config = HybridConfig(call_policy=QUICK, **fields)
    return HybridAgent(policy, value_net, client, config, **options)


async def test_a_sure_network_answers_and_the_model_is_not_asked() -> None:
    client = Client(CHOICE)
    action, told = await agent(SURE, client).select_action(STATE)
    assert (action, told["source"]) == (2, "policy_network")
    assert told["confidence"] == pytest.approx(np.exp(6) / (np.exp(6) + 3), rel=1e-4)
    assert told["decision"].reason == "confident"
    assert "uncalibrated" in told["confidence_basis"]
    assert told["latency_ms"] > 0
    assert client.prompts == []


async def test_an_unsure_network_hands_over_to_the_model() -> None:
    action, told = await agent(UNSURE, Client(CHOICE)).select_action(STATE)
    assert (action, told["source"], told["confidence"]) == (1, "llm", 0.9)
    decision = told["decision"]
    assert (decision.source, decision.reason, decision.threshold) == ("llm", "unsure", 0.8)
    assert decision.confidence < 0.5


async def test_random_weights_go_to_the_model_and_trained_ones_do_not() -> None:
    torch.manual_seed(0)
    network = PolicyNetwork(9, 9, hidden_dims=[32])
    asked = agent(network, model_saying(CHOICE))
    for _ in range(5):
        _, told = await asked.select_action(torch.randn(9))
        assert told["source"] == "llm"
    network.policy_head.bias.data[3] = 50.0
    action, told = await asked.select_action(torch.randn(9))
    assert (action, told["source"]) == (3, "policy_network")
    assert network.training  # its mode is put back


async def test_a_network_that_gives_no_numbers_goes_to_the_model_or_is_an_error() -> None:
    broken = Biased(0, float("nan"))
    action, told = await agent(broken, Client(CHOICE)).select_action(STATE)
    assert (action, told["source"], told["decision"].reason) == (1, "llm", "no_network")
    for lonely in (agent(broken, None), agent(broken, Client(CHOICE), mode="neural_only")):
        with pytest.raises(BrokenNetworkError):
            await lonely.select_action(STATE)


async def test_calibration_decides_who_answers_not_the_raw_prior() -> None:
    _, told = await agent(SURE, Client(CHOICE), calibration=UNCALIBRATED).select_action(STATE)
    assert told["source"] == "llm"  # a net that nobody calibrated is never trusted
    trusting = Calibration(temperature=1.0, weights=(0.0, 0.0, 0.0), bias=4.0, n=100)
    _, told = await agent(UNSURE, Client(CHOICE), calibration=trusting).select_action(STATE)
    assert (told["source"], told["confidence_basis"]) == ("policy_network", "calibrated")


async def test_only_legal_actions_are_taken_and_shown() -> None:
    client = Client('{"action": 3, "confidence": 0.9}')
    context = {"legal": [0, 3], "actions": ["north", "east", "south", "west"], "goal": "the sea"}
    action, _ = await agent(UNSURE, client).select_action(STATE, context)
    assert action == 3
    assert "0: north\n3: west" in client.prompts[0]
    assert "east" not in client.prompts[0]
    assert "goal: the sea" in client.prompts[0]
    mask = np.array([True, False, False, True])
    action, told = await agent(SURE, None).select_action(STATE, {"legal": mask})
    assert (action, told["decision"].reason) == (0, "last_resort")


@pytest.mark.parametrize("legal", [[], [7], [False] * 4, [True] * 3])
async def test_a_context_that_does_not_fit_is_refused(legal: list[Any]) -> None:
    with pytest.raises(ContextError):
        await agent(SURE, None).select_action(STATE, {"legal": legal})


async def test_neural_only_never_asks_and_llm_only_never_looks_at_the_network() -> None:
    client = Client(CHOICE)
    _, told = await agent(UNSURE, client, mode="neural_only").select_action(STATE)
    assert (told["source"], told["decision"].reason, client.prompts) == (
        "policy_network",
        "forced",
        [],
    )
    action, told = await agent(SURE, client, mode="llm_only").select_action(STATE)
    assert (action, told["source"], told["decision"].confidence) == (1, "llm", None)
    with pytest.raises(NoMakerError, match="llm_only"):
        await agent(SURE, None, mode="llm_only").select_action(STATE)


@pytest.mark.parametrize("reply", ["I am not sure.", '{"action": 9}', "", '{"action": null}'])
async def test_a_reply_without_a_legal_action_raises_and_is_never_action_0(reply: str) -> None:
    client = Client(reply)
    with pytest.raises(UnparsableReplyError):
        await agent(UNSURE, client).select_action(STATE)
    assert len(client.prompts) == 2


async def test_a_reply_is_read_at_the_second_try() -> None:
    client = Client("Let me think.", CHOICE)
    action, _ = await agent(UNSURE, client).select_action(STATE)
    assert action == 1
    assert "could not be used" in client.prompts[1]


async def test_a_provider_that_is_down_leaves_the_networks_proposal_and_says_so() -> None:
    down = scripted_model("scripted:echo?fail=1")
    action, told = await agent(UNSURE, down).select_action(STATE)
    assert (action, told["source"]) == (2, "policy_network")
    assert told["decision"].reason == "provider_down"
    with pytest.raises(ProviderDownError):
        await agent(UNSURE, down, mode="llm_only").select_action(STATE)


async def test_a_spent_budget_leaves_the_networks_proposal_and_says_so() -> None:
    limited = agent(UNSURE, model_saying(CHOICE), budget=Budget(llm_calls=1))
    assert (await limited.select_action(STATE))[1]["source"] == "llm"
    _, told = await limited.select_action(STATE)
    assert (told["source"], told["decision"].reason) == ("policy_network", "budget_spent")


@pytest.mark.parametrize(
    ("value", "activation", "expected", "confidence"),
    [(0.9, "tanh", 0.9, 0.95), (-0.6, "tanh", -0.6, 0.8), (0.05, "sigmoid", -0.9, 0.95)],
)
async def test_a_sure_value_is_the_networks_in_minus_one_to_one(
    value: float, activation: str, expected: float, confidence: float
) -> None:
    judge = agent(SURE, Client("0.0"), value_net=Valued(value, activation))
    judged, told = await judge.evaluate_position(STATE)
    assert judged == pytest.approx(expected)
    assert told["source"] == "value_network"
    assert told["confidence"] == pytest.approx(confidence)
    assert told["llm_value"] is None


async def test_an_unsure_value_is_blended_three_to_seven() -> None:
    judge = agent(SURE, Client('{"value": -0.5, "confidence": 0.8}'), value_net=Valued(0.2))
    judged, told = await judge.evaluate_position(STATE)
    assert judged == pytest.approx(0.3 * 0.2 + 0.7 * -0.5)
    assert (told["source"], told["llm_value"]) == ("llm", -0.5)
    assert told["neural_value"] == pytest.approx(0.2)
    alone, told = await judge.evaluate_position(STATE, use_llm_if_uncertain=False)
    assert alone == pytest.approx(0.2)
    assert (told["source"], told["decision"].reason) == ("value_network", "last_resort")


async def test_values_out_of_range_are_errors_on_either_side() -> None:
    with pytest.raises(BrokenNetworkError, match="tanh"):
        await agent(SURE, None, value_net=Valued(1.7)).evaluate_position(STATE)
    with pytest.raises(UnparsableReplyError, match="outside"):
        await agent(SURE, Client("3"), value_net=Valued(0.0)).evaluate_position(STATE)


async def test_the_documented_value_network_serves_as_it_is() -> None:
    torch.manual_seed(0)
    network = ValueNetwork(9, hidden_dims=[16])
    judged, told = await agent(SURE, Client("0.5"), value_net=network).evaluate_position(STATE)
    assert told["source"] == "llm"
    assert told["neural_value"] == pytest.approx(network.evaluate(STATE), abs=1e-6)
    assert judged == pytest.approx(0.3 * told["neural_value"] + 0.35)


async def test_a_hundred_of_a_hundred_model_decisions_save_nothing() -> None:
    for mode in ("auto", "llm_only"):
        asked = agent(UNSURE, model_saying(CHOICE), llm_cost_per_1k_tokens=0.03, mode=mode)
        for _ in range(100):
            await asked.select_action(STATE)
        told = asked.get_cost_savings()
        assert told["actual_cost"] > 0
        assert told["savings"] == pytest.approx(0.0, abs=1e-12)
        assert told["savings_percentage"] == pytest.approx(0.0, abs=1e-9)
        assert told["neural_percentage"] == 0.0


async def test_savings_are_those_of_the_hand_worked_example() -> None:
    # 4 decisions, 1 by the model; 0.001 per network call (4 of them)
    asked = agent(
        SURE, model_saying(CHOICE), llm_cost_per_1k_tokens=2.0, neural_cost_per_call=0.001
    )
    for _ in range(3):
        _, told = await asked.select_action(STATE)
        assert told["cost"] == 0.001
    asked._policy_net = UNSURE
    _, told = await asked.select_action(STATE)
    call = (asked.spend.input_tokens + asked.spend.output_tokens) * 2.0 / 1000
    assert told["cost"] == pytest.approx(call + 0.001)
    assert asked.get_cost_savings() == {
        "actual_cost": pytest.approx(call + 0.004),
        "hypothetical_llm_cost": pytest.approx(4 * call),
        "savings": pytest.approx(3 * call - 0.004),
        "savings_percentage": pytest.approx(100 * (3 * call - 0.004) / (4 * call)),
        "neural_percentage": 75.0,
        "note": "",
    }


async def test_replies_that_could_not_be_read_are_paid_for() -> None:
    asked = agent(UNSURE, model_saying("no idea"), llm_cost_per_1k_tokens=1.0)
    with pytest.raises(UnparsableReplyError):
        await asked.select_action(STATE)
    assert asked.spend.llm_calls == 2
    assert asked.get_cost_savings()["actual_cost"] == asked.spend.dollars
    assert asked.spend.dollars > 0


async def test_a_client_without_token_figures_has_an_unknown_cost() -> None:
    asked = agent(UNSURE, Client(CHOICE), llm_cost_per_1k_tokens=0.03)
    _, told = await asked.select_action(STATE)
    assert told["cost"] is None
    savings = asked.get_cost_savings()
    assert (savings["actual_cost"], savings["savings"]) == (None, None)
    assert "unknown" in savings["note"]


async def test_without_any_model_call_no_saving_is_claimed() -> None:
    asked = agent(SURE, model_saying(CHOICE), llm_cost_per_1k_tokens=0.03)
    assert "no decision" in asked.get_cost_savings()["note"]
    await asked.select_action(STATE)
    told = asked.get_cost_savings()
    assert (told["actual_cost"], told["hypothetical_llm_cost"], told["savings"]) == (0, None, None)
    assert told["neural_percentage"] == 100.0
    assert "no language model call" in told["note"]


async def test_costs_are_not_told_when_they_are_not_tracked() -> None:
    asked = agent(SURE, None, track_costs=False)
    await asked.select_action(STATE)
    assert asked.get_cost_savings()["actual_cost"] is None
    assert "off" in asked.get_cost_savings()["note"]


def test_one_agent_serves_several_event_loops() -> None:
    asked = agent(UNSURE, model_saying(CHOICE))
    assert [asyncio.run(asked.select_action(STATE))[0] for _ in range(2)] == [1, 1]


def test_a_client_of_no_known_form_is_refused() -> None:
    with pytest.raises(UnknownClientError, match="generate"):
        HybridAgent(SURE, None, object())


@pytest.mark.parametrize(
    "fields",
    [{"policy_confidence_threshold": 1.5}, {"mode": "fast"}, {"neural_cost_per_call": -1.0}],
)
def test_settings_out_of_range_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(HybridConfigError):
        HybridConfig(**fields)


async def test_decisions_are_logged_and_traced_under_the_project(
    caplog: pytest.LogCaptureFixture,
) -> None:
    from langsmith import Client as LangSmithClient
    from langsmith import tracing_context

    class Sink(LangSmithClient):
        def create_run(self, name: str, inputs: Any, run_type: Any, **fields: Any) -> None:
            runs.append({"name": name, "inputs": inputs, **fields})

        def update_run(self, run_id: Any, **fields: Any) -> None:
            ends.append(fields)

    runs: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    sink = Sink(api_url="http://127.0.0.1:9", api_key="k", info={}, auto_batch_tracing=False)
    asked = agent(SURE, None, langsmith_project="chess", log_decisions=True)
    with caplog.at_level("INFO"), tracing_context(client=sink, enabled=True):
        await asked.select_action(STATE)
    assert [(r["name"], r["session_name"]) for r in runs] == [("hybrid.select_action", "chess")]
    assert runs[0]["inputs"] == {"state_length": 9, "context": "None"}
    outputs = ends[0]["outputs"]
    assert (outputs["result"], outputs["decision"]["source"]) == (2, "network")
    json.dumps(outputs)
    assert caplog.records[-1].decision["source"] == "network"  # type: ignore[attr-defined]


class NineWay(Biased):
    """A network for tic-tac-toe."""

    def forward(self, state: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        assert state.shape[1] == np.prod(GAME.observation_shape)
        logits = torch.zeros(len(state), 9)
        logits[:, 0] = float(self.logits.max())
        return logits, torch.zeros(len(state), 1)


GAME = TicTacToeEnvironment()
EMPTY = board_from_text(".........")
WIN_AT_2 = board_from_text("XX.OO....")


async def test_guided_search_takes_the_win_and_says_who_judged() -> None:
    model = scripted_model("scripted:teacher")
    unsure = PolicyGuidedMCTS(NineWay(0, 0.0), model, threshold=0.99)
    action, told = await unsure.search(GAME, WIN_AT_2, simulations=24)
    assert (action, told["source"], told["cost"]) == (2, "search", 0.0)
    assert told["summary"].priors[2] > 0.8  # the model's prior: the net's is even
    assert told["neural_percentage"] < 50
    sure = PolicyGuidedMCTS(NineWay(0, 0.0), model, threshold=0.0)
    action, told = await sure.search(GAME, WIN_AT_2, simulations=64)
    assert (action, told["neural_percentage"]) == (2, 100.0)
    assert all(decision.source == "network" for decision in told["decisions"])


async def test_guided_search_goes_on_with_the_net_when_the_budget_is_spent() -> None:
    search = PolicyGuidedMCTS(NineWay(0, 0.0), scripted_model("scripted:teacher"), threshold=0.99)
    _, told = await search.search(GAME, EMPTY, simulations=24, budget=Budget(llm_calls=2))
    reasons = [decision.reason for decision in told["decisions"]]
    assert reasons.count("unsure") == 2
    assert reasons.count("budget_spent") == len(reasons) - 2 > 0
