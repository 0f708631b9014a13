from __future__ import annotations

import email.parser
import http.server
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage
from langgraph.graph import END, START, StateGraph
from langsmith import Client, get_current_run_tree, traceable, uuid7
from langsmith.schemas import BatchIngestConfig, LangSmithInfo
from sqlalchemy import text

from graphs.redaction import Redaction
from graphs.store.runs import RunRecord
from graphs.store.store import Store
from graphs.trace_tree import print_tree
from graphs.traces import TraceSink, trace

SECRET = "alice@example.com"


class State(TypedDict, total=False):
    task: str
    answer: str


@traceable(run_type="llm", name="policy net", metadata={"ls_provider": "local"})
def judge(state: str) -> dict[str, Any]:
    span = get_current_run_tree()
    if span is not None:
        span.metadata["confidence"] = 0.93
    return {"priors": [0.1, 0.9]}


async def decide(state: State) -> State:
    judge(state["task"])
    return {"answer": "x = 4"}


async def check(state: State) -> State:
    if state["task"] == "break":
        raise ValueError("the check broke")
    model = GenericFakeChatModel(messages=iter([AIMessage("yes it is right")]))
    await model.ainvoke(f"is {state['answer']} right?")
    return {}


def build() -> Any:
    graph = StateGraph(State)
    graph.add_node("decide", decide)
    graph.add_node("check", check)
    graph.add_edge(START, "decide")
    graph.add_edge("decide", "check")
    graph.add_edge("check", END)
    return graph.compile(name="agent")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def sink(store: Store) -> Iterator[TraceSink]:
    made = TraceSink(store)
    yield made
    made.close()


async def run_graph(sink: TraceSink, task: str = "3x + 5 = 17") -> str:
    run_id = uuid7()
    with trace(sink, metadata={"thread_id": "t1", "route": "network"}, tags=["api"]):
        await build().ainvoke({"task": task}, config={"run_id": run_id, "run_name": "solve"})
    return str(run_id)


def span(store: Store, trace_id: str, name: str) -> RunRecord:
    return next(run for run in store.runs(trace_id) if run.name == name)


async def test_graph_model_and_traceable_spans_land_in_one_tree(
    sink: TraceSink, store: Store
) -> None:
    trace_id = await run_graph(sink)
    sink.flush(10)
    runs = store.runs(trace_id)
    named = {run.id: run.name for run in runs}
    parents = {run.name: named.get(run.parent_run_id or "") for run in runs}
    assert parents == {
        "solve": None,
        "decide": "solve",
        "policy net": "decide",
        "check": "solve",
        "GenericFakeChatModel": "check",
    }
    assert runs[0].name == "solve"  # parents come before children
    assert {run.trace_id for run in runs} == {trace_id}
    assert {run.thread_id for run in runs} == {"t1"}
    assert {run.session_name for run in runs} == {"tandem"}
    assert all(run.end_time is not None and run.end_time >= run.start_time for run in runs)
    net = span(store, trace_id, "policy net")
    assert (net.run_type, net.outputs) == ("llm", {"priors": [0.1, 0.9]})
    assert net.inputs == {"state": "3x + 5 = 17"}
    assert net.metadata["confidence"] == 0.93
    assert span(store, trace_id, "solve").tags == ["api"]
    assert sink.dropped == 0


async def test_the_printed_tree_says_who_did_what(sink: TraceSink, store: Store) -> None:
    trace_id = await run_graph(sink)
    sink.flush(10)
    lines = print_tree(store.runs(trace_id)).splitlines()
    assert lines[0].startswith("solve  chain  0.")
    assert lines[0].endswith(" s  route=network")
    assert lines[1].startswith("  decide  chain")
    assert "route" not in lines[1]  # inherited, so not said again
    assert lines[2].startswith("    policy net  llm")
    assert "confidence=0.93" in lines[2]
    assert lines[4].startswith("    GenericFakeChatModel  llm")


async def test_an_error_ends_its_spans_and_reaches_the_caller(
    sink: TraceSink, store: Store
) -> None:
    run_id = uuid7()
    with trace(sink), pytest.raises(ValueError, match="the check broke"):
        await build().ainvoke({"task": "break"}, config={"run_id": run_id})
    sink.flush(10)
    assert "the check broke" in (span(store, str(run_id), "check").error or "")
    assert "    error: ValueError('the check broke')" in print_tree(store.runs(str(run_id)))


async def test_without_a_sink_nothing_is_recorded(sink: TraceSink, store: Store) -> None:
    with trace(sink), trace(None):
        await build().ainvoke({"task": "3x + 5 = 17"})
    sink.flush(10)
    assert store.read(lambda c: c.scalar(text("SELECT count(*) FROM runs"))) == 0


def test_a_change_after_the_call_is_not_recorded_as_its_input(
    sink: TraceSink, store: Store
) -> None:
    state = {"draft": ["first"], "count": 1}

    @traceable(name="change")
    def change(state: dict[str, Any]) -> None:
        state["draft"].append("second")
        state["count"] = 2

    with trace(sink):
        change(state)
    sink.flush(10)
    trace_id = store.read(lambda c: c.scalar(text("SELECT trace_id FROM runs")))
    assert span(store, trace_id, "change").inputs == {"state": {"draft": ["first"], "count": 1}}


def record(sink: TraceSink, store: Store, inputs: dict[str, Any], **fields: Any) -> RunRecord:
    run_id = uuid7()
    sink.create_run("span", inputs, "chain", id=run_id, trace_id=run_id, **fields)
    sink.update_run(run_id, outputs={"done": True})
    sink.flush(10)
    found = store.run(str(run_id))
    assert found is not None
    return found


@dataclass
class Mutable:
    n: int


def test_values_that_are_no_json_are_stored_as_what_they_say(sink: TraceSink, store: Store) -> None:
    class Opaque:
        def __repr__(self) -> str:
            raise RuntimeError("never call me")

    found = record(
        sink,
        store,
        {
            "message": AIMessage("hello"),
            "array": np.zeros((2, 3), np.float32),
            "number": np.float64(0.5),
            "bytes": b"12345",
            "nan": float("nan"),
            "object": Opaque(),
            "record": Mutable(3),
            "error": KeyError("x"),
            7: {"nested": (1, {2})},
        },
    )
    assert found.inputs["message"]["content"] == "hello"
    assert found.inputs["array"] == "<array [2, 3] float32>"
    assert found.inputs["number"] == 0.5
    assert found.inputs["bytes"] == "<5 bytes>"
    assert found.inputs["nan"] == "nan"
    assert found.inputs["object"].endswith("Opaque>")
    assert found.inputs["record"] == {"n": 3}
    assert found.inputs["error"] == "KeyError: 'x'"
    assert found.inputs["7"] == {"nested": [1, [2]]}
    assert sink.dropped == 0


def test_large_payloads_are_cut_and_say_so(sink: TraceSink, store: Store) -> None:
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"d": deep}
    many = {"text": "x" * 1_000_000, "list": list(range(100_000)), "deep": deep}
    run = record(sink, store, many)
    size = store.read(lambda c: c.scalar(text("SELECT length(inputs) FROM runs")))
    assert size < 70_000
    assert run.inputs["text"].startswith("xxx")
    assert "truncated" in run.inputs["text"][-40:]

    wide = record(sink, store, {"list": list(range(100_000)), "deep": deep})
    assert "truncated" in wide.inputs["list"][-1]
    assert "truncated" in str(wide.inputs["deep"])
    assert len(wide.inputs["list"]) < 5_000


def test_redaction_reaches_everything_that_is_stored(store: Store, tmp_path: Path) -> None:
    sink = TraceSink(store, redaction=Redaction(mode="patterns"))
    run_id = uuid7()
    sink.create_run(
        "span",
        {"text": f"I am {SECRET}", "list": [{SECRET: SECRET}], "api_key": "opaque"},
        "chain",
        id=run_id,
        trace_id=run_id,
        tags=[SECRET],
        extra={"metadata": {"user": SECRET, "thread_id": "thread-of-555-123-4567"}},
        events=[{"name": "start", "detail": SECRET}],
    )
    sink.update_run(run_id, outputs={"text": SECRET * 20_000}, error=f"{SECRET} broke it")
    sink.create_feedback(run_id, "note", comment=f"from {SECRET}", value={"who": SECRET})
    sink.close()
    store.close()
    files = [f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()]
    assert not any(b"alice" in content or b"opaque" in content for content in files)
    found = store.run(str(run_id))
    assert found is not None
    assert found.inputs["text"] == "I am [email]"
    assert found.error == "[email] broke it"
    assert found.thread_id == "thread-of-555-123-4567"  # rows are deleted by it


def test_a_secret_is_not_cut_in_half_and_kept(store: Store) -> None:
    with_secret = "x " * 32_700 + f"ends with {SECRET} " + "y " * 1_000  # the cut falls on it
    sink = TraceSink(store, redaction=Redaction(mode="patterns"))
    stored = str(record(sink, store, {"text": with_secret}).inputs)
    sink.close()
    assert "alice" not in stored
    assert "example" not in stored


def test_hidden_payloads_are_not_stored(store: Store) -> None:
    sink = TraceSink(store, redaction=Redaction(hide_inputs=True, hide_outputs=True))
    found = record(sink, store, {"text": SECRET})
    sink.close()
    assert (found.inputs, found.outputs) == ({"hidden": True}, {"hidden": True})


def test_a_full_queue_drops_the_oldest_and_counts(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    held, gate = threading.Event(), threading.Event()

    def hold(connection: Any) -> None:
        held.set()
        gate.wait(10)

    sink = TraceSink(store, capacity=10)
    blocker = threading.Thread(target=store.write, args=(hold,))
    with caplog.at_level(logging.WARNING, "graphs.traces"):
        blocker.start()
        assert held.wait(10)  # the sink may take events, but cannot write them
        ids = [str(uuid7()) for _ in range(50)]
        for run_id in ids:
            sink.create_run("span", {}, "chain", id=run_id)
        gate.set()
        blocker.join()
        sink.flush(10)
    kept = [i for i in ids if store.run(i) is not None]
    assert sink.dropped == 50 - len(kept) > 0
    assert kept[-10:] == ids[-10:]
    assert "trace events dropped" in caplog.text
    sink.close()


def test_a_failing_store_does_not_reach_the_graph(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    sink = TraceSink(store)
    store.write(lambda c: c.execute(text("ALTER TABLE runs RENAME TO runs_away")))
    with trace(sink):
        judge("3x + 5 = 17")
    sink.flush(10)
    assert sink.dropped == 2
    assert "trace events lost" in caplog.text
    store.write(lambda c: c.execute(text("ALTER TABLE runs_away RENAME TO runs")))
    with trace(sink):
        judge("3x + 5 = 17")
    sink.close()
    assert store.read(lambda c: c.scalar(text("SELECT count(*) FROM runs"))) == 1


def test_a_long_span_is_visible_while_it_runs_and_ends_later(sink: TraceSink, store: Store) -> None:
    run_id = uuid7()
    sink.create_run("long", {"a": 1}, "chain", id=run_id, extra={"metadata": {"thread_id": "t"}})
    sink.flush(10)
    running = store.run(str(run_id))
    assert running is not None
    assert running.end_time is None
    assert "unfinished" in print_tree([running])
    sink.update_run(run_id, outputs={"b": 2}, end_time=np.datetime64("now").item())
    sink.flush(10)
    ended = store.run(str(run_id))
    assert ended is not None
    assert (ended.inputs, ended.outputs, ended.thread_id) == ({"a": 1}, {"b": 2}, "t")
    assert ended.end_time is not None


def test_the_end_of_a_span_that_another_sink_began_is_added_to_it(store: Store) -> None:
    run_id = uuid7()
    first = TraceSink(store)
    first.create_run("span", {"a": 1}, "tool", id=run_id)
    first.close()
    second = TraceSink(store)
    second.update_run(run_id, outputs={"b": 2})
    second.close()
    found = store.run(str(run_id))
    assert found is not None
    assert (found.run_type, found.inputs, found.outputs) == ("tool", {"a": 1}, {"b": 2})


def test_closing_writes_what_is_left_and_later_events_are_counted(store: Store) -> None:
    sink = TraceSink(store)
    ids = [uuid7() for _ in range(200)]
    for run_id in ids:
        sink.create_run("span", {}, "chain", id=run_id)
    sink.close()
    assert all(store.run(str(run_id)) is not None for run_id in ids)
    sink.create_run("late", {}, "chain")
    assert sink.dropped == 1


async def test_deleting_a_thread_deletes_its_traces(sink: TraceSink, store: Store) -> None:
    trace_id = await run_graph(sink)
    sink.flush(10)
    assert store.delete_thread("t1").runs == 5
    assert store.runs(trace_id) == []


def test_feedback_on_a_span_is_kept(sink: TraceSink, store: Store) -> None:
    run_id = uuid7()
    made = sink.create_feedback(run_id, "user_score", score=True, comment="good", trace_id=run_id)
    sink.flush(10)
    (found,) = store.feedback(str(run_id))
    assert (found.id, found.key, found.score, found.comment) == (
        str(made.id),
        "user_score",
        1.0,
        "good",
    )
    with pytest.raises(ValueError, match="names no run"):
        sink.create_feedback(None, "user_score", score=1)


class Stub(http.server.BaseHTTPRequestHandler):
    """The part of LangSmith's wire that receives runs."""

    parts: dict[str, bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        message = email.parser.BytesParser().parsebytes(head + body)
        for part in message.get_payload():  # type: ignore[union-attr]
            name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
            self.parts[str(name)] = part.get_payload(decode=True)  # type: ignore[union-attr,assignment]
        self.send_response(202)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def langsmith() -> Iterator[tuple[Client, dict[str, bytes]]]:
    parts: dict[str, bytes] = {}
    handler = type("Handler", (Stub,), {"parts": parts})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    info = LangSmithInfo(
        version="0.16.0",
        batch_ingest_config=BatchIngestConfig(
            use_multipart_endpoint=True,
            size_limit=100,
            size_limit_bytes=20_000_000,
            scale_up_nthreads_limit=1,
            scale_up_qsize_trigger=100,
        ),
    )
    url = f"http://127.0.0.1:{server.server_address[1]}"
    yield Client(api_url=url, api_key="lsv2_test", info=info), parts
    server.shutdown()
    server.server_close()


async def test_finished_spans_go_to_langsmith_too_redacted(
    store: Store, langsmith: tuple[Client, dict[str, bytes]]
) -> None:
    remote, parts = langsmith
    sink = TraceSink(store, redaction=Redaction(mode="patterns"), remote=remote)
    trace_id = await run_graph(sink, task=f"ask {SECRET}")
    sink.flush(10)
    sink.close()
    local = {run.id for run in store.runs(trace_id)}
    sent = {name.split(".")[1] for name in parts if name.startswith("post.")}
    assert len(local) == 5
    assert sent == local
    assert b"ask [email]" in parts[f"post.{trace_id}.inputs"]
    assert not any(b"alice" in part for part in parts.values())


async def test_recording_costs_the_traced_call_little(sink: TraceSink) -> None:
    # CPU of this thread alone: the sink's own thread works beside it.
    import time

    inputs = {"messages": [{"role": "user", "content": "hello " * 50}] * 4, "task": {"n": 3}}
    n, best = 200, 1.0
    for _ in range(5):
        began = time.thread_time()
        for _ in range(n):
            run_id = uuid7()
            sink.create_run("span", inputs, "chain", id=run_id, trace_id=run_id)
            sink.update_run(run_id, outputs={"a": 1})
        best = min(best, (time.thread_time() - began) / n)
        sink.flush(10)
    assert best < 200e-6  # measured 17e-6; the bound only notices work moved into the call
