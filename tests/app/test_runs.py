"""What leaves the process, and when: durable records first, progress in order, readable logs."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from app.assemble import Services, assembled
from app.logs import JsonFormatter, WordFormatter
from app.openai_format import Finished, Piece, Pieces, Progress, Text
from app.runs import Ask, LiveRun, Runs
from graphs.agent import Agent
from graphs.episode import Episode
from graphs.state import RunOptions
from graphs.store.episodes import UnknownEpisodeError
from tests.app.conftest import BOARD, EQUATION, QUESTION, give_weights, running, settings_for


@pytest.fixture
async def services(tmp_path: Path) -> Any:
    give_weights(tmp_path)
    async with assembled(settings_for(tmp_path, simulations=100)) as wired:
        yield wired


def ask(text: str) -> Ask:
    return Ask(messages=[HumanMessage(text)], options=RunOptions())


def runs_of(services: Services, save: Any, told: Callable[[Episode], None]) -> Runs:
    agent = Agent(services.means)
    return Runs(agent, save, told, lambda options: nullcontext(), running=2, waiting=2)


async def all_of(pieces: Pieces) -> list[Piece]:
    found = [await pieces.next()]
    while not isinstance(found[-1], Finished):
        found.append(await pieces.next())
    return found


async def test_episode_is_handed_out_after_it_is_saved(services: Services) -> None:
    order: list[str] = []

    async def save(episode: Episode, key_hash: str) -> None:
        await asyncio.sleep(0.05)
        order.append("saved")

    live = runs_of(services, save, lambda episode: order.append("told")).start(ask(EQUATION))
    await live.episode()
    assert order == ["saved", "told"]


async def test_run_whose_record_cannot_be_written_gives_no_answer(services: Services) -> None:
    async def save(episode: Episode, key_hash: str) -> None:
        raise OSError("the disk is full")

    live = runs_of(services, save, lambda episode: None).start(ask(EQUATION))
    with pytest.raises(OSError, match="disk is full"):
        await all_of(Pieces(live))


async def test_cancelled_run_is_recorded(services: Services) -> None:
    live = services.runs.start(ask(BOARD))
    await live.next_event()
    live.cancel()
    with pytest.raises(asyncio.CancelledError):
        await live.episode()
    stored = services.store.episode(live.ask.options.run_id, services.kinds)
    assert stored.outcome == "cancelled"
    assert stored.train is False


async def test_words_of_a_broken_answer_are_followed_by_the_last_word(services: Services) -> None:
    episode = await services.runs.start(ask(EQUATION)).episode()
    live = LiveRun(ask(QUESTION))
    live._task = asyncio.create_task(asyncio.sleep(0, episode))
    for event in ("plan", "token", "token", "answer"):
        text = {"token": "half a sen"}.get(event, "")
        live.tell({"event": event, "text": text, "subtasks": [{}] if event == "plan" else []})
    live.tell(None)
    pieces = await all_of(Pieces(live))
    assert isinstance(pieces[0], Progress)
    text = "".join(piece.text for piece in pieces if isinstance(piece, Text))
    assert text.startswith("half a senhalf a sen\n\nx = 4 (verified")


async def test_waiting_for_an_event_can_time_out_and_go_on(services: Services) -> None:
    live = LiveRun(ask(QUESTION))
    with pytest.raises(TimeoutError):
        await live.next_event(0.01)
    live.tell({"event": "plan"})
    assert await live.next_event(0.01) == {"event": "plan"}


async def test_untraced_runs_are_answered_and_recorded_all_the_same(tmp_path: Path) -> None:
    give_weights(tmp_path)
    async with assembled(settings_for(tmp_path, simulations=100, trace_share=0.0)) as services:
        episode = await services.runs.start(ask(EQUATION)).episode()
        services.sink.flush(10)
        assert services.store.runs(episode.id) == []
        assert services.store.episode(episode.id, services.kinds).outcome == "solved"


async def test_unknown_episode_is_not_made_up(services: Services) -> None:
    with pytest.raises(UnknownEpisodeError):
        services.store.episode("nothing", services.kinds)


def test_feedback_is_stored_for_its_episode_and_redacted(tmp_path: Path) -> None:
    with running(tmp_path, simulations=100, redact="patterns") as server:
        episode_id = server.chat(EQUATION).json()["tandem"]["episode_id"]
        text = "write to ada@example.org"
        body = {"episode_id": episode_id, "score": 0.5, "comment": text, "correction": {"a": text}}
        reply = server.client.post("/v1/feedback", json=body)
        assert reply.status_code == 201
        (record,) = server.services.store.feedback(episode_id)
    assert (record.id, record.score) == (reply.json()["id"], 0.5)
    assert record.comment == record.correction["a"] == "write to [email]"


def test_not_ready_until_warm(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.wait_for("/ready", lambda body: body.get("ready"))
        server.app.state.warm = False
        assert server.client.get("/ready").status_code == 503
        assert server.client.get("/health").status_code == 200


def test_log_lines_are_json_for_collectors_and_words_for_people() -> None:
    record = logging.makeLogRecord(
        {"name": "app", "levelname": "INFO", "msg": "run cancelled", "episode_id": "e1"}
    )
    line = json.loads(JsonFormatter().format(record))
    assert (line["event"], line["episode_id"], line["level"]) == ("run cancelled", "e1", "info")
    assert WordFormatter().format(record).endswith("info    run cancelled episode_id=e1")
