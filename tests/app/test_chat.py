"""Chat over HTTP with the clients that people use: OpenAI's own and LangChain's."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI

from tests.app.conftest import BOARD, EQUATION, QUESTION, RunningServer

DOCUMENTED = {
    "episode_id",
    "answer",
    "verified",
    "source",
    "confidence",
    "simulations",
    "seconds",
    "dollars",
    "decisions",
}


def official(server: RunningServer, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0)


def asked(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def streamed(server: RunningServer, text: str, **fields: Any) -> list[dict[str, Any]]:
    body = {"messages": asked(text), "stream": True, **fields}
    with server.client.stream("POST", "/v1/chat/completions", json=body) as reply:
        assert reply.status_code == 200
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = [line.removeprefix("data: ") for line in reply.iter_lines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_official_client_completes_with_a_checked_answer(served: RunningServer) -> None:
    reply = official(served).chat.completions.create(model="tandem-auto", messages=asked(EQUATION))
    assert reply.choices[0].message.content is not None
    assert reply.choices[0].message.content.startswith("x = 4 (verified; search)")
    assert reply.choices[0].finish_reason == "stop"
    tandem = reply.model_extra["tandem"]  # type: ignore[index]
    assert set(tandem) >= DOCUMENTED
    assert tandem["answer"] == "x = 4"
    assert tandem["verified"] is True
    assert tandem["simulations"] > 0
    assert {"expand", "answer"} <= {d["kind"] for d in tandem["decisions"]}


def test_usage_is_zero_when_only_networks_answered(served: RunningServer) -> None:
    reply = official(served).chat.completions.create(model="tandem-auto", messages=asked(BOARD))
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (0, 0)


def test_official_client_streams_progress_then_text_then_usage(served: RunningServer) -> None:
    chunks = list(
        official(served).chat.completions.create(
            model="tandem-auto",
            messages=asked(EQUATION),
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    events = [c.model_extra["tandem"].get("event") for c in chunks if c.model_extra]
    assert events == ["plan", "task", "search", "draft", "settled", None]
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text.startswith("x = 4 (verified; search)")
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert len({c.id for c in chunks}) == 1


def test_stream_without_include_usage_has_no_usage_chunk(served: RunningServer) -> None:
    chunks = streamed(served, EQUATION)
    assert all("usage" not in chunk for chunk in chunks)
    assert chunks[-1]["tandem"]["verified"] is True


def test_langchain_client_completes_and_streams_with_the_models_tokens(slow: RunningServer) -> None:
    model = ChatOpenAI(
        model="tandem-auto", base_url=f"{slow.url}/v1", api_key="none", stream_usage=True
    )
    whole = model.invoke([HumanMessage(QUESTION)])
    assert QUESTION in whole.text
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["output_tokens"] > 0
    parts = list(model.stream([HumanMessage(QUESTION)]))
    assert "".join(p.text for p in parts) == whole.text
    reported = [p.usage_metadata for p in parts if p.usage_metadata]
    assert reported == [whole.usage_metadata]


def test_plan_arrives_first_when_the_model_takes_a_second(slow: RunningServer) -> None:
    chunks = streamed(slow, f"Solve {EQUATION}. Then say something about the answer")
    events = [c["tandem"].get("event") for c in chunks if "tandem" in c]
    first_text = next(i for i, c in enumerate(chunks) if _content(c))
    assert chunks[1]["tandem"]["event"] == "plan"
    assert len(chunks[1]["tandem"]["subtasks"]) == 2
    assert first_text > events.index("settled")


def test_plan_is_there_before_the_model_has_answered(slow: RunningServer) -> None:
    body = {"messages": asked(QUESTION), "stream": True}
    with slow.client.stream("POST", "/v1/chat/completions", json=body) as reply:
        lines = (line for line in reply.iter_lines() if line)
        seen = [json.loads(next(lines).removeprefix("data: ")) for _ in range(2)]
        assert seen[1]["tandem"]["event"] == "plan"
        assert slow.services.runs.in_progress == 1  # and the run is still waiting for its model


def test_text_of_a_stream_is_the_answer_of_the_same_request_in_one_piece(
    slow: RunningServer,
) -> None:
    for text in (QUESTION, "solve 2x = 6, then 3y = x + 9"):
        parts = "".join(_content(chunk) for chunk in streamed(slow, text))
        assert parts == slow.chat(text).json()["choices"][0]["message"]["content"]


def test_history_sent_along_answers_a_follow_up(served: RunningServer) -> None:
    first = served.chat("solve 2x = 6").json()["choices"][0]["message"]
    messages = [*asked("solve 2x = 6"), first, *asked("now solve 3y = x + 9")]
    reply = served.client.post("/v1/chat/completions", json={"messages": messages}).json()
    assert reply["tandem"]["answer"] == "y = 4"


def test_thread_remembers_what_is_not_sent_again(served: RunningServer) -> None:
    thread = {"metadata": {"thread_id": "follow-up"}}
    assert served.chat("solve 2x = 6", **thread).json()["tandem"]["answer"] == "x = 3"
    assert served.chat("now solve 3y = x + 9", **thread).json()["tandem"]["answer"] == "y = 4"
    assert served.chat("now solve 3y = x + 9").status_code == 422  # without it nobody knows x


def test_client_that_repeats_the_history_of_a_thread_is_understood(served: RunningServer) -> None:
    thread = {"metadata": {"thread_id": "repeater"}}
    first = served.chat("solve 2x = 6", **thread).json()["choices"][0]["message"]
    messages = [*asked("solve 2x = 6"), first, *asked("now solve 3y = x + 9")]
    body = {"messages": messages, **thread}
    reply = served.client.post("/v1/chat/completions", json=body).json()
    assert reply["tandem"]["answer"] == "y = 4"


def test_same_seed_same_decisions(served: RunningServer) -> None:
    def decided() -> list[Any]:
        tandem = served.chat(EQUATION, seed=5).json()["tandem"]
        return [
            {k: v for k, v in decision.items() if k != "seconds"}
            for decision in tandem["decisions"]
        ]

    assert decided() == decided()


def test_model_name_sets_the_mode_and_the_field_wins(slow: RunningServer) -> None:
    by_name = slow.chat(EQUATION, model="tandem-llm", max_seconds=1.5).json()["tandem"]
    by_field = slow.chat(EQUATION, model="tandem-llm", mode="neural_only").json()["tandem"]
    assert "llm" in {d["source"] for d in by_name["decisions"]}
    assert by_field["source"] == "search"


def test_time_limit_of_a_request_ends_the_run(slow: RunningServer) -> None:
    reply = slow.chat(QUESTION, max_seconds=0.2).json()
    assert reply["tandem"]["outcome"] == "out_of_budget"
    assert reply["choices"][0]["finish_reason"] == "length"
    assert reply["tandem"]["seconds"] < 0.9


def test_episode_is_in_the_store_when_its_id_arrives(served: RunningServer) -> None:
    tandem = served.chat(EQUATION, metadata={"train": False}).json()["tandem"]
    episode = served.services.store.episode(tandem["episode_id"], served.services.kinds)
    assert episode.origin == "http"
    assert episode.train is False
    assert episode.answer is not None
    assert episode.answer.text == tandem["answer"]


def test_trace_of_an_answer_has_the_episodes_id_and_its_makers(served: RunningServer) -> None:
    episode_id = served.chat(EQUATION).json()["tandem"]["episode_id"]
    served.services.sink.flush(10)
    spans = served.services.store.runs(episode_id)
    assert spans[0].id == episode_id
    assert {"network", "search"} <= {span.name for span in spans}


def test_open_question_without_a_model_says_what_to_configure(served: RunningServer) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="TANDEM_MODEL") as caught:
        official(served).chat.completions.create(model="tandem-auto", messages=asked(QUESTION))
    assert caught.value.code == "no_model"


def test_refusal_reaches_the_client_of_a_stream(served: RunningServer) -> None:
    with pytest.raises(openai.APIError, match="TANDEM_MODEL"):
        list(
            official(served).chat.completions.create(
                model="tandem-auto", messages=asked(QUESTION), stream=True
            )
        )


def test_models_are_the_three_modes(served: RunningServer) -> None:
    names = [model.id for model in official(served).models.list()]
    assert names == ["tandem-auto", "tandem-neural", "tandem-llm"]
    assert official(served).models.retrieve("tandem-llm").id == "tandem-llm"


def _content(chunk: dict[str, Any]) -> str:
    return (chunk["choices"][0]["delta"].get("content") or "") if chunk["choices"] else ""
