from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from graphs.episode import Episode
from graphs.store.episodes import UnknownEpisodeError
from graphs.store.requests import UnknownRequestError
from graphs.store.retention import Deleted, Retention
from graphs.store.runs import RunRecord
from graphs.store.store import Store
from graphs.store.tables import episode_tasks, metadata
from tasks.catalogue import Catalogue

MakeEpisode = Callable[..., Episode]
NOW = 2_000_000_000.0
DAY = 86_400.0


def run(id_: str, trace_id: str, **changes: object) -> RunRecord:
    span = RunRecord(
        id=id_,
        trace_id=trace_id,
        dotted_order=f"20260101T000000000000Z{id_}",
        name="span",
        run_type="chain",
        start_time=NOW,
    )
    return dataclasses.replace(span, **changes)  # type: ignore[arg-type]


def rows(store: Store) -> dict[str, int]:
    def count(connection: object) -> dict[str, int]:
        tables = metadata.tables.values()
        return {t.name: connection.scalar(select(func.count()).select_from(t)) for t in tables}  # type: ignore[attr-defined]

    return store.read(count)


def fill(store: Store, make_episode: MakeEpisode, thread: str, n: int) -> Episode:
    child = make_episode("search/tictactoe")
    episode = make_episode("open", thread_id=thread, children=(child,))
    store.save_episode(episode)
    store.save_runs([run(episode.id, episode.id, thread_id=thread), run(f"{n}-child", episode.id)])
    store.save_feedback(key="user_score", episode_id=episode.id, score=1.0)
    store.save_feedback(key="user_score", episode_id=child.id, score=0.0)
    store.save_feedback(key="note", run_id=f"{n}-child", comment="a span")
    store.create_request(f"r{n}", {"text": f"question of {thread}"}, thread_id=thread)
    return episode


def test_deleting_a_thread_takes_all_of_it_and_nothing_else(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    gone = fill(store, make_episode, "gone", 1)
    before = rows(store)
    kept = fill(store, make_episode, "kept", 2)
    deleted = store.delete_thread("gone")
    assert deleted == Deleted(runs=2, episodes=1, feedback=3, requests=1)
    assert rows(store) == before  # as many as one thread has
    assert store.episode(kept.id, kinds) == kept
    assert len(store.runs(kept.id)) == 2
    assert len(store.feedback(kept.id)) == 2
    with pytest.raises(UnknownEpisodeError):
        store.episode(gone.id, kinds)
    with pytest.raises(UnknownRequestError):
        store.request("r1")
    assert store.delete_thread("gone") == Deleted()


def test_what_was_deleted_is_in_no_file_any_more(store: Store, make_episode: MakeEpisode) -> None:
    secret = "a very unlikely sentence about apricots"
    store.save_episode(make_episode("open", thread_id="t", failure=secret))
    store.create_request("r", {"text": secret}, thread_id="t")
    fill(store, make_episode, "kept", 2)

    def files_with_it() -> list[Path]:
        return [
            f for f in store.home.rglob("*") if f.is_file() and secret.encode() in f.read_bytes()
        ]

    assert files_with_it() != []
    store.delete_thread("t")
    assert files_with_it() == []


def test_runs_without_an_episode_are_deleted_with_their_whole_trace(store: Store) -> None:
    # only the root of a trace names its thread
    store.save_runs([run("root", "root", thread_id="t"), run("leaf", "root"), run("x", "x")])
    assert store.delete_thread("t").runs == 2
    assert store.run("x") is not None


def test_no_thread_is_no_thread_to_delete(store: Store, make_episode: MakeEpisode) -> None:
    store.save_episode(make_episode())
    with pytest.raises(ValueError, match="empty"):
        store.delete_thread("")
    assert rows(store)["episodes"] == 1


def test_an_opt_out_outlives_the_thread(store: Store) -> None:
    store.opt_out("thread", "t")
    store.delete_thread("t")
    assert store.is_opted_out(thread_id="t")


def test_retention_deletes_by_table_what_is_too_old(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    ages = {"old": 40.0, "young": 2.0}
    for n, (name, days) in enumerate(ages.items()):
        store.save_episode(make_episode(id=name, started_at=NOW - days * DAY))
        store.save_runs([run(f"{n}", f"{n}", start_time=NOW - days * DAY)])
    deleted = store.apply_retention(Retention(runs_days=30.0, episodes_days=1.0), NOW)
    assert deleted == Deleted(runs=1, episodes=2)
    assert store.read(lambda c: c.scalar(select(func.count()).select_from(episode_tasks))) == 0
    assert store.run("1") is not None
    assert store.apply_retention(Retention(), NOW) == Deleted()


def test_retention_goes_on_past_one_chunk(store: Store) -> None:
    store.save_runs([run(f"{i}", f"{i}", start_time=0.0) for i in range(2_300)])
    assert store.apply_retention(Retention(runs_days=1.0), NOW).runs == 2_300


def test_retention_keeps_unfinished_requests(tmp_path: Path) -> None:
    now = [NOW - 100 * DAY]
    with Store.open(tmp_path, clock=lambda: now[0]) as store:
        for name in ("queued", "running", "done"):
            store.create_request(name, {})
        for name in ("running", "done"):
            store.claim_request(name, "me", 10.0)
        store.finish_request("done", "done", {}, owner="me")
        now[0] = NOW
        assert store.apply_retention(Retention(requests_days=1.0)) == Deleted(requests=1)
        assert {r.id for r in store.unfinished_requests()} == {"queued", "running"}


def test_a_negative_retention_is_refused() -> None:
    with pytest.raises(ValueError, match="runs_days is -1"):
        Retention(runs_days=-1)


def test_feedback_on_a_child_is_found_from_both(store: Store, make_episode: MakeEpisode) -> None:
    child = make_episode("search/tictactoe")
    whole = make_episode("open", children=(child,))
    store.save_episode(whole)
    made = store.save_feedback(key="user_score", episode_id=child.id, score=0.5, value={"a": [1]})
    (found,) = store.feedback(whole.id)
    assert [found] == store.feedback(child.id) == store.feedback(key="user_score")
    assert (found.id, found.score, found.value) == (made.id, 0.5, {"a": [1]})
    assert (found.episode_id, found.run_id) == (whole.id, child.id)


def test_feedback_on_nothing_is_refused(store: Store) -> None:
    with pytest.raises(UnknownEpisodeError, match="nobody"):
        store.save_feedback(key="user_score", episode_id="nobody", score=1.0)
    with pytest.raises(ValueError, match="neither an episode nor a run"):
        store.save_feedback(key="user_score", score=1.0)
