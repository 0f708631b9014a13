from __future__ import annotations

from collections.abc import Callable

import pytest

from graphs.episode import Episode, episode_from_json, episode_to_json, episode_to_text
from graphs.redaction import Redaction, RedactionError, names_a_secret, redact_episode, redact_text
from tasks.catalogue import Catalogue
from tasks.protocol import Answer

PATTERNS = Redaction(mode="patterns")
EPISODES = Redaction(mode="patterns", episodes=True)
MakeEpisode = Callable[..., Episode]


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("write to alice.b+c@mail.example.com now", "write to [email] now"),
        ("call +49 170 1234567 or (030) 123-4567.", "call [phone] or [phone]."),
        ("555-123-4567 and 555.123.4567", "[phone] and [phone]"),
        ("key sk-proj-abcdefGHIJKL1234567890 ok", "key [key] ok"),
        ("lsv2_pt_0123456789abcdef0123_9876543210", "[key]"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[key]"),
        ("AKIAIOSFODNN7EXAMPLE", "[key]"),
        ("Authorization: Bearer abcdef.ghijkl-mnop", "Authorization: Bearer [key]"),
        ('{"api_key": "not-a-known-shape"}', '{"api_key": "[key]"}'),
        ("password=hunter2hunter2&x=1", "password=[key]"),
    ],
)
def test_personal_data_and_keys_are_taken_out(text: str, redacted: str) -> None:
    assert redact_text(text, PATTERNS) == redacted
    assert redact_text(text, Redaction()) == text


@pytest.mark.parametrize(
    "text",
    [
        "Solve 3x + 5 = 17 for x.",
        "what is 123456789 * 987654321 - 555?",
        "5 +12345678 = y",
        "12 - 3456 - 7890 = b",
        "X.O|.X.|..O",
        "2026-10-05 12:30:45",
        "0199f3a2-7c1e-7b3a-9d55-0123456789ab",
        "version 1.2.3456, 3.14159265358979",
        "a_rather_long_identifier_in_snake_case and internationalization",
        "max_tokens: 100000, token = 5",
    ],
)
def test_problems_ids_and_dates_are_left_alone(text: str) -> None:
    assert redact_text(text, PATTERNS) == text


def test_the_users_own_patterns_are_applied() -> None:
    own = Redaction(mode="patterns", patterns=(r"customer-\d+",))
    assert redact_text("customer-77 asks", own) == "[redacted] asks"


def test_a_pattern_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(RedactionError, match="unterminated"):
        Redaction(mode="patterns", patterns=("[a-",))


def test_names_of_secrets_are_known() -> None:
    assert [names_a_secret(n) for n in ("api_key", "OPENAI_API_KEY", "Authorization")] == [True] * 3
    assert [names_a_secret(n) for n in ("max_tokens", "key", "secretary")] == [False] * 3


def test_a_redacted_question_is_still_a_task_but_no_training_data(
    kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    asked = kinds["open"].parse("Mail bob@example.com that 2 + 2 = 4")
    episode = make_episode(
        task=asked, answer=Answer("Mail sent to bob@example.com."), tags={"user": "bob@example.com"}
    )
    clean = redact_episode(episode, EPISODES, kinds)
    assert clean.task.prompt == clean.task.payload.text == "Mail [email] that 2 + 2 = 4"
    assert clean.answer == Answer("Mail sent to [email].")
    assert clean.tags == {"user": "[email]"}
    assert clean.train is False
    assert clean.task.id != episode.task.id
    assert "bob" not in episode_to_text(clean)
    assert episode_from_json(episode_to_json(clean), kinds) == clean


@pytest.mark.parametrize("kind", ["math/equations", "search/tictactoe"])
def test_an_episode_without_personal_data_stays_as_it_is(
    kinds: Catalogue, make_episode: MakeEpisode, kind: str
) -> None:
    for seed in range(20):
        episode = make_episode(kind, seed=seed)
        assert redact_episode(episode, EPISODES, kinds) == episode


def test_a_task_that_redaction_breaks_becomes_a_free_question(
    kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    episode = make_episode("math/equations")
    letters = Redaction(mode="patterns", episodes=True, patterns=(r"=",))
    clean = redact_episode(episode, letters, kinds)
    assert clean.task.kind == "open"
    assert (
        clean.task.payload.text
        == clean.task.prompt
        == episode.task.prompt.replace("=", "[redacted]")
    )
    assert (clean.steps, clean.train) == ((), False)
    assert episode_from_json(episode_to_json(clean), kinds) == clean


def test_children_are_redacted_and_keep_the_whole_out_of_training(
    kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    child = make_episode(task=kinds["open"].parse("ask bob@example.com"))
    whole = make_episode("open", children=(make_episode(), child))
    clean = redact_episode(whole, EPISODES, kinds)
    assert clean.children[0] == whole.children[0]
    assert clean.children[1].task.prompt == "ask [email]"
    assert clean.train is False


def test_episodes_are_left_alone_unless_asked_for(
    kinds: Catalogue, make_episode: MakeEpisode
) -> None:
    episode = make_episode(task=kinds["open"].parse("ask bob@example.com"))
    assert redact_episode(episode, PATTERNS, kinds) is episode
