"""Caches: they change what is asked, never what is found, and belong to one network."""

from typing import Any

import numpy as np
import pytest
from mcts_games import GAME, Hashed, Ladder, Number, positions

from graphs.mcts.cache import EvaluationCache, ForeignCacheError, WordCache
from graphs.mcts.compiled import CompiledSearch
from graphs.mcts.search import SearchConfig, TreeSearch, arun_search, run_search

CONFIG = SearchConfig(simulations=80)
ROOTS = positions()[::300]
LADDER = Ladder()


def tree_search(cache: EvaluationCache | None) -> TreeSearch:
    return TreeSearch(GAME, ROOTS, CONFIG, np.random.default_rng(0), cache)


def compiled_search(cache: WordCache | None) -> CompiledSearch:
    search = CompiledSearch(GAME, CONFIG, len(ROOTS), 0, cache)
    for tree, board in enumerate(ROOTS):
        search.reset(tree, GAME.rules.to_words(board))  # type: ignore[union-attr]
    return search


def visits(search: TreeSearch | CompiledSearch) -> list[tuple[int, ...]]:
    return [search.summary(tree).visit_counts for tree in range(len(search))]


def word_cache(version: str, entries: int = 2**14) -> WordCache:
    return WordCache(version, GAME.version, words=2, num_actions=9, entries=entries)


def plain_visits(version: str) -> list[tuple[int, ...]]:
    search = tree_search(None)
    run_search(search, Hashed(GAME, version))
    return visits(search)


@pytest.mark.parametrize("entries", [2**16, 7])
def test_a_cache_changes_no_visit_and_saves_evaluations(entries: int) -> None:
    cache = EvaluationCache("one", GAME.version, entries)
    first, again = Hashed(GAME, "one"), Hashed(GAME, "one")
    for evaluator in (first, again):
        search = tree_search(cache)
        run_search(search, evaluator)
        assert visits(search) == plain_visits("one")
    assert len(cache) <= entries
    if entries == 2**16:
        assert first.asked == len(cache)
        assert again.asked == 0


@pytest.mark.parametrize("entries", [2**14, 4])
def test_a_word_cache_changes_no_visit_and_saves_evaluations(entries: int) -> None:
    cache = word_cache("one", entries)
    first, again = Hashed(GAME, "one"), Hashed(GAME, "one")
    for evaluator in (first, again):
        search = compiled_search(cache)
        search.run(evaluator)
        assert visits(search) == plain_visits("one")
    if entries == 2**14:
        assert again.asked < first.asked / 5
        without = Hashed(GAME, "one")
        compiled_search(None).run(without)
        assert first.asked < without.asked


def test_a_second_network_never_sees_the_first_ones_cache() -> None:
    cache = EvaluationCache("one", GAME.version)
    run_search(tree_search(cache), Hashed(GAME, "one"))
    with pytest.raises(ForeignCacheError, match=r"'one'.*'two'"):
        run_search(tree_search(cache), Hashed(GAME, "two"))


def test_a_second_network_never_sees_the_first_ones_word_cache() -> None:
    cache = word_cache("one")
    compiled_search(cache).run(Hashed(GAME, "one"))
    second = compiled_search(cache)
    with pytest.raises(ForeignCacheError, match=r"'one'.*'two'"):
        second.run(Hashed(GAME, "two"))
    cache.restart("two")
    assert len(cache) == 0
    second.run(Hashed(GAME, "two"))
    assert visits(second) == plain_visits("two")
    assert plain_visits("two") != plain_visits("one")


async def test_a_second_awaited_evaluator_never_sees_the_first_ones_cache() -> None:
    cache = EvaluationCache("one", GAME.version)
    await arun_search(tree_search(cache), GAME, Hashed(GAME, "one"))
    assert len(cache) > 0
    with pytest.raises(ForeignCacheError):
        await arun_search(tree_search(cache), GAME, Hashed(GAME, "two"))


def test_a_cache_for_other_rules_is_refused() -> None:
    with pytest.raises(ForeignCacheError, match="ladder"):
        TreeSearch(
            LADDER, [Number(3)], CONFIG, np.random.default_rng(0), EvaluationCache("one", "other-1")
        )
    with pytest.raises(ForeignCacheError, match="ladder"):
        CompiledSearch(LADDER, CONFIG, 1, 0, WordCache("one", "other-1", 1, 3, 8))


def test_a_word_cache_of_other_sizes_is_refused() -> None:
    with pytest.raises(ForeignCacheError, match="4 actions"):
        CompiledSearch(LADDER, CONFIG, 1, 0, WordCache("one", LADDER.version, 1, 4, 8))


def test_a_failed_round_leaves_nothing_in_the_word_cache() -> None:
    class Broken(Hashed):
        def evaluate_batch(self, observations: Any, legal: Any) -> Any:
            raise RuntimeError("out of memory")

    cache = word_cache("one")
    search = compiled_search(cache)
    with pytest.raises(RuntimeError, match="out of memory"):
        search.run(Broken(GAME, "one"))
    assert (cache.memory.asked == -1).all()
    search.run(Hashed(GAME, "one"))
    assert visits(search) == plain_visits("one")


def test_a_search_with_equal_priors_neither_reads_nor_writes_the_cache() -> None:
    cache = word_cache("one")
    compiled_search(cache).run(Hashed(GAME, "one"))
    known = len(cache)
    search, without = compiled_search(cache), compiled_search(None)
    search.run_uniform()
    without.run_uniform()
    assert visits(search) == visits(without)
    assert len(cache) == known


def test_word_caches_have_a_power_of_two_of_entries() -> None:
    with pytest.raises(ValueError, match="power of 2"):
        word_cache("one", 1000)
