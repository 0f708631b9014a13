from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from graphs.episode import Episode
from graphs.store.episodes import UnknownEpisodeError
from graphs.store.requests import IdempotencyConflictError
from graphs.store.store import Store
from graphs.store.writer import GroupWriter, WriterClosedError
from tasks.catalogue import Catalogue

MakeEpisode = Callable[..., Episode]


async def test_concurrent_writes_are_all_there_when_they_return(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    writer = GroupWriter(store)
    made = [make_episode(seed=i) for i in range(50)]

    async def save(episode: Episode) -> bool:
        await writer.save_episode(episode)
        return await asyncio.to_thread(store.episode, episode.id, kinds) == episode

    assert all(await asyncio.gather(*(save(episode) for episode in made)))
    await writer.close()


async def test_concurrent_writes_share_a_transaction(store: Store) -> None:
    writer = GroupWriter(store)
    transactions: set[int] = set()

    def change(connection: Connection) -> None:
        transactions.add(id(connection.get_transaction()))

    await asyncio.gather(*(writer.run(change) for _ in range(100)))
    assert len(transactions) == 1
    await writer.close()


async def test_an_error_goes_to_its_own_awaiter_and_spares_the_group(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    writer = GroupWriter(store)
    episode = make_episode()
    await writer.create_request("r0", {"a": 1}, "key")
    outcomes = await asyncio.gather(
        writer.save_episode(episode),
        writer.create_request("r1", {"a": 2}, "key"),
        writer.save_feedback(key="user_score", episode_id="nobody", score=1.0),
        writer.create_request("r2", {"a": 3}),
        return_exceptions=True,
    )
    assert outcomes[0] is None
    assert isinstance(outcomes[1], IdempotencyConflictError)
    assert isinstance(outcomes[2], UnknownEpisodeError)
    assert store.episode(episode.id, kinds) == episode
    assert store.request("r2").body == {"a": 3}
    await writer.close()


async def test_an_error_that_nobody_foresaw_fails_the_group_and_not_the_writer(
    store: Store,
) -> None:
    writer = GroupWriter(store)

    def bug(connection: Connection) -> None:
        raise ZeroDivisionError("a bug")

    good = writer.create_request("r", {})
    outcomes = await asyncio.gather(good, writer.run(bug), return_exceptions=True)
    assert [type(o) for o in outcomes] == [ZeroDivisionError, ZeroDivisionError]
    assert store.unfinished_requests() == []  # what was refused was not kept either
    assert (await writer.create_request("r", {})).status == "queued"
    await writer.close()


async def test_half_a_failed_change_is_taken_back(store: Store) -> None:
    writer = GroupWriter(store)

    def half(connection: Connection) -> None:
        connection.execute(text("INSERT INTO optouts VALUES ('thread', 't', 0)"))
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    outcomes = await asyncio.gather(
        writer.run(half), writer.create_request("r", {}), return_exceptions=True
    )
    assert "nowhere" in str(outcomes[0])
    assert not store.is_opted_out(thread_id="t")
    assert store.request("r").status == "queued"
    await writer.close()


async def test_a_cancelled_awaiter_leaves_the_others_alone(store: Store) -> None:
    writer = GroupWriter(store)
    cancelled = asyncio.ensure_future(writer.create_request("r1", {}))
    other = asyncio.ensure_future(writer.create_request("r2", {}))
    await asyncio.sleep(0)
    cancelled.cancel()
    assert (await other).id == "r2"
    await writer.close()
    assert cancelled.cancelled()


async def test_the_loop_goes_on_while_a_group_is_being_committed(store: Store) -> None:
    writer = GroupWriter(store)
    gate = threading.Event()
    waiting = writer.run(lambda connection: gate.wait(5))
    await asyncio.sleep(0.02)  # the loop turns although the writer's thread is held
    gate.set()
    assert await waiting is True
    await writer.close()


async def test_closing_finishes_what_was_accepted_and_refuses_more(store: Store) -> None:
    writer = GroupWriter(store)
    pending = [asyncio.ensure_future(writer.create_request(f"r{i}", {})) for i in range(20)]
    await asyncio.sleep(0)
    await writer.close()
    assert [p.done() for p in pending] == [True] * 20
    assert len(store.unfinished_requests()) == 20
    with pytest.raises(WriterClosedError):
        await writer.create_request("late", {})
