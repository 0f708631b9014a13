"""Settings name a model, its price is known or said to be unknown, and its key is not printed."""

from __future__ import annotations

import re
import sys
from importlib.util import find_spec

import pytest
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_openai import ChatOpenAI

from graphs.llm.models import (
    PRICES,
    MissingPackageError,
    ModelSettings,
    ModelSettingsError,
    build_chat_model,
    find_price,
    price_of,
)

USAGE = UsageMetadata(
    input_tokens=1_000_000,
    output_tokens=500_000,
    total_tokens=1_500_000,
    input_token_details=InputTokenDetails(cache_read=400_000, cache_creation=200_000),
)


def test_no_model_is_no_model() -> None:
    assert build_chat_model(ModelSettings()) is None


def test_the_key_is_never_printed() -> None:
    settings = ModelSettings(model="openai:gpt-5-mini", api_key="sk-very-secret")
    assert "secret" not in repr(settings)
    assert "secret" not in repr(build_chat_model(settings))


def test_a_hosted_model_is_asked_at_its_own_home_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example")
    chat = build_chat_model(ModelSettings(model="openai:gpt-5-mini", api_key="k"))
    assert isinstance(chat, ChatOpenAI)
    assert chat.openai_api_base == "https://api.openai.com/v1"
    assert (chat.max_retries, chat.stream_usage) == (0, True)


def test_every_price_has_a_date_and_a_source() -> None:
    for spec in PRICES:
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", spec.price.as_of)
        assert "." in spec.price.note
    assert len({(s.provider, s.name) for s in PRICES}) == len(PRICES)


def test_cached_and_written_tokens_cost_their_own_price() -> None:
    price = find_price("anthropic/claude-sonnet-5-5")
    assert price is not None
    # 0.4 M fresh at $2, 0.4 M read at $0.10, 0.2 M written at $2.50, 0.5 M out at $10
    assert price.dollars(USAGE) == pytest.approx(0.8 + 0.04 + 0.5 + 5.0)


def test_a_prompt_beyond_the_tier_has_an_unknown_price() -> None:
    assert price_of("openai/gpt-6-luna", USAGE) is None
    small = UsageMetadata(input_tokens=1000, output_tokens=10, total_tokens=1010)
    assert price_of("openai/gpt-6-luna", small) == pytest.approx((1000 * 0.1 + 10 * 0.5) / 1e6)


def test_dated_names_share_a_price_and_other_models_do_not() -> None:
    assert find_price("openai/gpt-5-2025-08-07") == find_price("openai/gpt-5")
    assert find_price("anthropic/claude-haiku-4-5-20251001") is not None
    assert find_price("openai/gpt-5-codex") is None
    assert price_of("openai/gpt-5", None) is None


def test_the_users_price_goes_before_the_table() -> None:
    settings = ModelSettings(model="openai:gpt-5", price_input=1.0, price_output=2.0)
    assert settings.price is not None
    assert (settings.price.input, settings.price.note) == (1.0, "set by the user")


def test_a_server_of_ones_own_has_no_price_even_under_a_known_name() -> None:
    settings = ModelSettings(model="openai:gpt-5", base_url="http://127.0.0.1:9/v1")
    assert (settings.provider, settings.name) == ("openai-compatible", "gpt-5")
    assert settings.price is None


def test_names_with_colons_survive_behind_a_base_url() -> None:
    settings = ModelSettings(model="llama3.1:8b", base_url="http://127.0.0.1:9/v1")
    assert settings.name == "llama3.1:8b"


def test_the_scripted_model_is_free_and_named_as_such() -> None:
    settings = ModelSettings(model="scripted:teacher?latency=1&seed=7")
    assert (settings.provider, settings.name) == ("scripted", "teacher")
    assert settings.price is not None
    assert settings.price.is_free


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model": "gpt-5"}, "provider:model"),
        ({"base_url": "http://127.0.0.1/v1"}, "name one"),
        ({"model": "openai:gpt-5", "price_input": 1.0}, "go together"),
        ({"model": "openai:gpt-5", "price_input": -1.0, "price_output": 1.0}, "0 or more"),
    ],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ModelSettingsError, match=said):
        ModelSettings(**fields)  # type: ignore[arg-type]


def test_a_missing_key_is_refused_with_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelSettingsError, match="gpt-5"):
        build_chat_model(ModelSettings(model="openai:gpt-5"))


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(ModelSettingsError, match="nobody"):
        build_chat_model(ModelSettings(model="nobody:gpt-5"))


def test_without_the_openai_packages_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain_openai", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'tandem\[openai\]'"):
        build_chat_model(ModelSettings(model="openai:gpt-5", api_key="k"))


@pytest.mark.skipif(find_spec("langchain_anthropic") is not None, reason="it is installed")
def test_a_provider_without_its_package_names_the_extra() -> None:
    with pytest.raises(MissingPackageError, match=r"tandem\[openai\]"):
        build_chat_model(ModelSettings(model="anthropic:claude-opus-5", api_key="k"))
