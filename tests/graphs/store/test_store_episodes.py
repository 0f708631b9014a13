from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from sqlalchemy import text, update

from graphs.episode import Episode, episode_to_text, new_id
from graphs.store.episodes import BrokenEpisodeError, UnknownEpisodeError
from graphs.store.retention import key_hash
from graphs.store.store import Store
from graphs.store.tables import episodes
from tasks.catalogue import Catalogue

MakeEpisode = Callable[..., Episode]


@pytest.mark.parametrize("kind", ["math/equations", "search/tictactoe", "open"])
def test_an_episode_comes_back_as_it_was(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode, kind: str
) -> None:
    episode = make_episode(kind)
    store.save_episode(episode)
    found = store.episode(episode.id, kinds)
    assert found == episode
    assert episode_to_text(found) == episode_to_text(episode)


def test_a_composed_episode_is_one_row_and_its_children_are_found(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    child = make_episode("search/tictactoe")
    whole = make_episode("open", children=(child, make_episode("math/equations")))
    store.save_episode(whole)
    assert [e.id for e in store.episodes(kinds, kind="search/tictactoe")] == [whole.id]
    assert [e.id for e in store.episodes(kinds)] == [whole.id]
    assert store.episode(child.id, kinds) == child


def test_saving_again_replaces_the_episode_and_its_index(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    first = make_episode("open", children=(make_episode("search/tictactoe"),))
    store.save_episode(first)
    store.save_episode(dataclasses.replace(first, children=(), outcome="failed"))
    assert store.episode(first.id, kinds).outcome == "failed"
    assert list(store.episodes(kinds, kind="search/tictactoe")) == []


def test_an_unknown_id_is_an_error_with_the_id(store: Store, kinds: Catalogue) -> None:
    with pytest.raises(UnknownEpisodeError, match="nobody"):
        store.episode("nobody", kinds)


def test_episodes_are_filtered_by_origin_time_thread_and_limit(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    made = [
        make_episode(seed=i, origin="http" if i % 2 else "cli", thread_id=f"t{i % 3}")
        for i in range(6)
    ]
    for episode in reversed(made):
        store.save_episode(episode)
    ids = [e.id for e in made]
    assert [e.id for e in store.episodes(kinds)] == ids  # oldest first, whatever was saved first
    assert [e.id for e in store.episodes(kinds, origins=["cli"])] == ids[::2]
    assert [e.id for e in store.episodes(kinds, since=made[4].started_at)] == ids[4:]
    assert [e.id for e in store.episodes(kinds, thread_id="t1")] == [ids[1], ids[4]]
    assert [e.id for e in store.episodes(kinds, limit=2)] == ids[:2]
    assert [e.id for e in store.episodes(kinds, newest_first=True, limit=2)] == ids[:3:-1]


def test_reading_goes_on_over_pages_when_many_start_at_the_same_instant(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    base = make_episode("open")
    ids = [new_id() for _ in range(250)]
    for id_ in ids:
        store.save_episode(dataclasses.replace(base, id=id_))
    assert [e.id for e in store.episodes(kinds)] == sorted(ids)
    assert [e.id for e in store.episodes(kinds, newest_first=True)] == sorted(ids)[::-1]
    assert len(list(store.episodes(kinds, limit=150))) == 150


def test_broken_rows_are_reported_not_dropped(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    made = [make_episode(seed=i) for i in range(5)]
    for episode in made:
        store.save_episode(episode)
    bodies = {
        made[0].id: "{",
        made[1].id: '{"schema":99}',
        made[2].id: episode_to_text(made[2]).replace("math/equations", "math/unheard"),
        made[3].id: "[]",
    }
    for id_, body in bodies.items():
        change = update(episodes).where(episodes.c.id == id_).values(body=body)
        store.write(lambda c, change=change: c.execute(change))  # type: ignore[misc]
    reader = store.episodes(kinds)
    assert [e.id for e in reader] == [made[4].id]
    assert [s.id for s in reader.skipped] == [e.id for e in made[:4]]
    assert "99" in reader.skipped[1].reason
    assert "math/unheard" in reader.skipped[2].reason
    with pytest.raises(BrokenEpisodeError, match=made[0].id):
        store.episode(made[0].id, kinds)


def test_what_opted_out_is_not_learned_from(
    store: Store, kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    free, by_itself = make_episode(), make_episode(train=False)
    by_thread, by_key = make_episode(thread_id="private"), make_episode()
    hashed = key_hash("sk-secret")
    for episode in (free, by_itself, by_thread):
        store.save_episode(episode)
    store.save_episode(by_key, key_hash=hashed)
    store.opt_out("thread", "private")
    store.opt_out("key", hashed)
    assert [e.id for e in store.episodes(kinds)] == [free.id]
    assert len(list(store.episodes(kinds, trainable=False))) == 4
    assert store.is_opted_out(thread_id="private")
    assert store.is_opted_out(key_hash=hashed)
    assert not store.is_opted_out(thread_id="other", key_hash=key_hash("sk-other"))
    store.opt_out("thread", "private", out=False)
    assert {e.id for e in store.episodes(kinds)} == {free.id, by_thread.id}


def test_no_api_key_is_stored(store: Store) -> None:
    store.opt_out("key", key_hash("sk-secret"))
    stored = store.read(lambda c: c.scalars(text("SELECT subject FROM optouts")).all())
    assert stored == [key_hash("sk-secret")]
    assert "secret" not in stored[0]
