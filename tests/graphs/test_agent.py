"""The agent graph end to end, with shipped or random weights and the scripted model."""

import asyncio
import time
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from graphs.agent import Agent, build_graph, graph
from graphs.budget import Budget
from graphs.decompose import MAX_PROBLEMS
from graphs.episode import episode_from_json, episode_to_json, episode_to_text
from graphs.llm.models import ModelSettings
from graphs.llm.policy import CallPolicy, open_language_model
from graphs.nets import FixedNets, StoredNets
from graphs.routing.policies import router_for
from graphs.settle import reply_text
from graphs.state import Means, RunOptions
from neural.inference import NetEvaluator
from neural.model_files import random_model
from tasks.catalogue import default_catalogue

KINDS = default_catalogue()
TWO_PROBLEMS = "Solve 3x + 5 = 17 for x. Then solve 2y = x + 4 for y."


def means(model: str = "", *, random: int | None = None, **changes: Any) -> Means:
    nets: Any = StoredNets.shipped()
    if random is not None:
        nets = FixedNets(
            {
                k.name: NetEvaluator(random_model(k.name, k.environment, random))
                for k in KINDS.learned()
            }
        )
    language_model = open_language_model(ModelSettings(model=model), CallPolicy())
    defaults: dict[str, Any] = {
        "kinds": KINDS,
        "nets": nets,
        "language_model": language_model,
        "router_for": lambda mode: router_for(mode, 0.8),
        "code_version": "test",
        "simulations": 2000,
    }
    return Means(**{**defaults, **changes})


def ask(agent: Agent, text: str, **options: Any) -> Any:
    return asyncio.run(agent.run([HumanMessage(text)], RunOptions(**options)))


def test_a_shipped_net_answers_an_equation_alone_and_is_verified() -> None:
    episode = ask(Agent(means()), "3x + 5 = 17")
    assert (episode.answer.text, episode.verdict.passed, episode.source) == (
        "x = 4",
        True,
        "network",
    )
    assert episode.outcome == "solved"
    assert episode.spend.simulations == 0
    assert all(step.decision.reason == "confident" for step in episode.steps)
    assert episode.confidence >= 0.8


def test_a_random_net_is_not_trusted_and_search_takes_over() -> None:
    episode = ask(Agent(means(random=1)), "3x + 5 = 17")
    assert episode.source == "search"
    assert episode.outcome == "solved"
    assert episode.spend.simulations > 0
    assert "unsure" in {d.reason for d in episode.all_decisions()}


def test_the_second_problem_gets_the_first_ones_answer() -> None:
    episode = ask(Agent(means()), TWO_PROBLEMS)
    assert [c.answer.text for c in episode.children] == ["x = 4", "y = 4"]
    assert episode.outcome == "solved"
    assert episode.decisions[0].kind == "decompose"


def test_a_follow_up_uses_an_earlier_turn() -> None:
    agent = Agent(means())
    chat = [
        HumanMessage("3x + 5 = 17"),
        AIMessage("x = 4 (verified; network)"),
        HumanMessage("now 2y = x + 6"),
    ]
    episode = asyncio.run(agent.run(chat, RunOptions()))
    assert episode.answer.text == "y = 5"


def test_an_open_question_without_a_model_says_what_to_configure() -> None:
    episode = ask(Agent(means()), "What is the capital of France?")
    assert episode.outcome == "failed"
    assert "TANDEM_MODEL" in episode.failure
    assert episode.tags["refused"] == "no_model"


def test_an_open_question_goes_to_the_model_and_is_not_called_verified() -> None:
    episode = ask(Agent(means("scripted:echo")), "What is the capital of France?")
    assert (episode.source, episode.outcome) == ("llm", "unverified")
    assert episode.tags["scripted"] == "scripted/echo"
    assert reply_text(episode).startswith("[scripted model")
    assert episode.spend.llm_calls == 1
    assert episode.decisions[-1].reason == "no_environment"


def test_a_wrong_model_draft_fails_the_check_and_is_refined_at_most_twice() -> None:
    agent = Agent(means("scripted:teacher?wrong=1.0&seed=3"))
    episode = ask(agent, "3x + 5 = 17", mode="llm_only")
    assert episode.outcome == "failed"
    assert next(d.passed for d in episode.drafts if d.source == "llm") is False
    assert len([d for d in episode.decisions if d.kind == "refine"]) <= 2
    assert episode.drafts[0].feedback


def test_what_a_models_search_found_is_recorded_with_its_own_steps() -> None:
    agent = Agent(means("scripted:teacher?wrong=1.0&seed=3", model_simulations=60))
    episode = ask(agent, "2x = 8", mode="llm_only", max_llm_calls=200)
    assert (episode.source, episode.outcome) == ("llm_search", "solved")
    assert tuple(step.action for step in episode.steps) == episode.answer.actions
    assert episode.steps[0].search is not None


def test_the_model_takes_over_when_search_runs_out() -> None:
    agent = Agent(means("scripted:teacher", random=1, simulations=2))
    episode = ask(agent, "3x + 5 = 17")
    assert (episode.source, episode.outcome) == ("llm", "solved")
    assert episode.spend.llm_calls == 1


def test_neural_only_never_asks_the_model() -> None:
    agent = Agent(means("scripted:teacher", random=1, simulations=2))
    episode = ask(agent, "3x + 5 = 17", mode="neural_only")
    assert episode.outcome == "failed"
    assert episode.spend.llm_calls == 0


def test_a_simulation_limit_bounds_the_search_and_is_named() -> None:
    episode = ask(Agent(means(random=1)), "4(x - 3) + 2 = 3(x + 1) - 5x", max_simulations=3)
    assert episode.spend.simulations <= 3
    assert episode.outcome == "out_of_budget"
    assert "simulations" in episode.failure


def test_a_time_limit_stops_a_long_search() -> None:
    agent = Agent(means(random=1, simulations=50_000))
    started = time.monotonic()
    episode = ask(agent, "7(x - 3(x - 2)) + 2/3 x = 3(x + 1) - 5(2x - 7/3)", max_seconds=0.3)
    assert time.monotonic() - started < 5
    assert episode.outcome == "out_of_budget"


def test_no_dollars_forbid_the_model_but_not_the_search() -> None:
    episode = ask(Agent(means(random=1)), "3x + 5 = 17", max_dollars=0.0, max_llm_calls=0)
    assert (episode.source, episode.outcome) == ("search", "solved")
    agent = Agent(means("scripted:teacher", random=1, simulations=2))
    episode = ask(agent, "3x + 5 = 17", max_dollars=0.0)
    assert (episode.outcome, episode.spend.llm_calls) == ("out_of_budget", 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n".join(f"{n}x + 1 = {n + 1}" for n in range(2, 302)), "holds 300 problems"),
        ("a b " * 30_000, "has 119999 characters"),
    ],
)
def test_a_message_that_is_too_much_at_once_is_refused(text: str, said: str) -> None:
    for model in ("", "scripted:echo"):
        episode = ask(Agent(means(model)), text)
        assert said in episode.failure
        assert episode.tags["refused"] == "invalid"
        assert episode.spend.llm_calls == 0


def test_the_most_problems_with_every_escalation_come_to_an_end() -> None:
    agent = Agent(means("scripted:teacher?wrong=1.0", random=1, simulations=1))
    text = "\n".join(f"{n}x + 1 = {n}" for n in range(2, 2 + MAX_PROBLEMS))
    episode = ask(agent, text, max_llm_calls=None)
    assert len(episode.children) == MAX_PROBLEMS
    assert {child.outcome for child in episode.children} == {"failed"}


def test_a_run_keeps_its_net_when_another_one_goes_live() -> None:
    class Restless:
        seed = 0

        def evaluator(self, kind: Any) -> NetEvaluator:
            self.seed += 1
            return NetEvaluator(random_model(kind.name, kind.environment, self.seed))

    episode = ask(Agent(means(nets=Restless())), "3x + 5 = 17")
    used = {d.model_version for d in episode.all_decisions() if d.model_version}
    assert used == {episode.versions["net:math/equations"]}


def test_a_doubtful_move_of_a_search_is_handed_over_by_a_recorded_decision() -> None:
    agent = Agent(means("scripted:teacher", random=1, simulations=4))
    episode = ask(agent, KINDS["search/tictactoe"].examples[0])
    routed = [d for d in episode.decisions if d.threshold is not None]
    assert [(d.kind, d.source) for d in routed] == [("expand", "search"), ("answer", "llm")]
    assert routed[1].reason == "unsure"
    asked = episode.decisions[-1]
    assert (episode.source, asked.source, asked.reason) == ("llm", "llm", "unsure")  # none checked


async def test_a_cancelled_run_stops_and_leaves_a_record() -> None:
    agent = Agent(means("scripted:teacher?latency=30"))
    left: list[Any] = []
    running = asyncio.create_task(
        agent.run([HumanMessage("Tell me a story")], RunOptions(), on_cancel=left.append)
    )
    await asyncio.sleep(0.3)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert left[0].outcome == "cancelled"
    assert left[0].spend.llm_calls == 1
    assert left[0].spend.seconds > 0.2


async def test_the_plan_comes_before_a_slow_model_answers() -> None:
    agent = Agent(means("scripted:echo?latency=0.3"))
    events: list[tuple[float, str]] = []
    started = time.monotonic()
    await agent.run(
        [HumanMessage("What is new?")],
        RunOptions(),
        on_event=lambda e: events.append((time.monotonic() - started, e["event"])),
    )
    assert events[0][1] == "plan"
    assert events[0][0] < 0.25
    assert "token" in {name for _, name in events}


def test_the_same_seed_makes_the_same_decisions() -> None:
    def decisions(seed: int) -> list[Any]:
        episode = ask(Agent(means(random=5)), "2(x - 3) = 5x + 9", seed=seed)
        return [(d.kind, d.source, d.reason, d.confidence) for d in episode.all_decisions()] + [
            s.action for s in episode.steps
        ]

    assert decisions(3) == decisions(3)


def test_episodes_survive_json() -> None:
    episode = ask(Agent(means(random=1)), TWO_PROBLEMS)
    back = episode_from_json(episode_to_json(episode), KINDS)
    assert back == episode
    assert episode_to_text(back) == episode_to_text(episode)


def test_the_exported_graph_needs_no_context_key_or_saver() -> None:
    result = asyncio.run(graph.ainvoke({"messages": [HumanMessage("3x + 5 = 17")]}))
    assert result["messages"][-1].text.startswith("x = 4 (verified")


def test_the_exported_graph_describes_its_input_and_options() -> None:
    assert "messages" in graph.get_input_jsonschema()["properties"]
    assert "mode" in graph.get_context_jsonschema()["properties"]


def test_every_key_a_node_returns_is_declared() -> None:
    declared = set(build_graph(means).channels)
    assert {
        "messages",
        "run",
        "text",
        "facts",
        "subtasks",
        "plan",
        "work",
        "done",
        "episode",
    } <= declared


def test_a_solver_returns_an_episode_when_it_fails() -> None:
    agent = Agent(means(router_for=lambda mode: None, random=1))
    task = KINDS["math/equations"].generate(1, 0.3, "test")
    episode = asyncio.run(agent.solve(task, Budget(), 0))
    assert episode.outcome == "error"
    assert "AttributeError" in episode.failure


def test_a_limit_that_leaves_no_time_for_a_move_is_a_limit_and_no_error() -> None:
    episode = ask(Agent(means(random=1)), "X to move: XO..X...O", max_seconds=0.000001)
    assert episode.outcome == "out_of_budget"
    assert "seconds" in episode.failure
