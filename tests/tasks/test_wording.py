"""Words around a problem: a few unknown ones pass, other requests and other rules do not."""

from __future__ import annotations

import pytest

from tasks.wording import belongs

KNOWN = frozenset(
    ["what", "is", "the", "shortest", "way", "from", "my", "house", "to", "yours", "please"]
)


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        ("What is the shortest way?", ""),
        ("what is the shortest way from my igloo to yours", ""),
        ("the shortest way to Rome and Oslo please", "rome oslo and"),
        ("", ""),
    ],
)
def test_words_of_the_question_and_a_few_unknown_ones_belong(words: str, allowed: str) -> None:
    assert belongs(words, KNOWN, frozenset(allowed.split()))


@pytest.mark.parametrize(
    "words",
    [
        "what is the shortest way, and 3",
        "write a poem: what is the shortest way",
        "what is the shortest way but without bridges",
        "once upon a time there lived an old king in a far country",
        "what is the longest way",
    ],
)
def test_numbers_other_requests_and_other_rules_do_not_belong(words: str) -> None:
    assert not belongs(words, KNOWN)
