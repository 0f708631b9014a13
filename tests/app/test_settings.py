"""Settings come from one place, unknown ones are refused, and `.env.example` tells the truth."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from app.assemble import call_policy, model_settings
from app.settings import (
    READ_ELSEWHERE,
    Settings,
    SettingsError,
    check_exposure,
    load_settings,
    variable,
)
from graphs.agent import DEFAULT_THRESHOLD
from graphs.llm.policy import CallPolicy
from graphs.state import Means, RunOptions

EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and an environment without our variables."""

    for name in list(os.environ):
        if name.startswith(("TANDEM_", "LANGSMITH_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def examples() -> dict[str, str]:
    return dict(re.findall(r"^#((?:TANDEM|LANGSMITH)_\w+)=(.*)$", EXAMPLE.read_text(), re.M))


def test_example_lists_every_setting_and_nothing_else() -> None:
    assert set(examples()) == {variable(f) for f in Settings.model_fields} | {"TANDEM_CONFIG"}


def test_example_shows_the_defaults() -> None:
    shown = {name: value for name, value in examples().items() if value and name != "TANDEM_CONFIG"}
    Path(".env").write_text("\n".join(f"{name}={value}" for name, value in shown.items()))
    from_example = load_settings()
    Path(".env").unlink()
    plain = load_settings()
    differing = [
        field
        for field in Settings.model_fields
        if field != "langsmith_tracing" and getattr(from_example, field) != getattr(plain, field)
    ]
    assert not differing
    assert not from_example.forwards_traces


def test_example_names_the_defaults_of_the_parts() -> None:
    text = EXAMPLE.read_text()
    options, policy = RunOptions(), CallPolicy()
    assert f"default {DEFAULT_THRESHOLD}." in text
    assert f"default {Means.__dataclass_fields__['simulations'].default}." in text
    assert f"{options.max_seconds:.0f} seconds" in text
    assert options.max_dollars is None
    assert f"default {policy.timeout_seconds:.0f}." in text
    assert f"default {policy.concurrency}." in text


def test_unknown_variable_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_SIMULATION", "10")
    with pytest.raises(
        SettingsError, match=r"unknown variable TANDEM_SIMULATION; known: .*TANDEM_S"
    ):
        load_settings()


def test_unknown_key_of_the_files_is_refused() -> None:
    Path(".env").write_text("TANDEM_TYPO=1\n")
    with pytest.raises(SettingsError, match="TANDEM_TYPO"):
        load_settings()
    Path(".env").write_text("OTHER_PROGRAM=1\n")
    Path("tandem.toml").write_text("simulation = 3\n")
    with pytest.raises(SettingsError, match=r"TANDEM_SIMULATION\b"):
        load_settings()


def test_benchmarks_may_have_their_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in READ_ELSEWHERE:
        monkeypatch.setenv(name, "/somewhere")
    load_settings()


def test_command_line_wins_over_environment_over_env_file_over_toml(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("tandem.toml").write_text("port = 1\nsimulations = 11\nrunning = 2\nkinds = ['a.b']\n")
    Path(".env").write_text("TANDEM_PORT=3\nTANDEM_RUNNING=3\n")
    monkeypatch.setenv("TANDEM_PORT", "4")
    settings = load_settings(port=5, host=None)
    assert (settings.port, settings.running, settings.simulations) == (5, 3, 11)
    assert settings.kinds == ("a.b",)
    assert load_settings().port == 4


def test_value_of_the_wrong_kind_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_THRESHOLD", "1.5")
    monkeypatch.setenv("TANDEM_MODEL_API_KEY", "sk-very-secret")
    with pytest.raises(SettingsError, match="TANDEM_THRESHOLD") as caught:
        load_settings()
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TANDEM_REDACT_PATTERNS", "no list"),
        ("TANDEM_HOME", "~nobody-of-this-name/home"),
        ("TANDEM_API_KEYS", "good,sha256:short"),
    ],
)
def test_value_that_cannot_be_used_is_refused(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError):
        load_settings()


def test_missing_config_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_CONFIG", "nowhere.toml")
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_settings()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_API_KEYS", "one-key, two-key")
    monkeypatch.setenv("TANDEM_MODEL_API_KEY", "three-key")
    settings = load_settings()
    assert len(settings.api_keys) == 2
    assert "-key" not in repr(settings)


def test_langsmith_gets_traces_only_when_tracing_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_API_KEY", "a key")
    for tracing, forwards in (("", False), ("false", False), ("1", False), ("true", True)):
        monkeypatch.setenv("LANGSMITH_TRACING", tracing)
        assert load_settings().forwards_traces is forwards


def test_model_variables_reach_the_model_and_its_call_policy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TANDEM_MODEL", "llama3.1:8b")
    monkeypatch.setenv("TANDEM_MODEL_BASE_URL", "http://127.0.0.1:11434/v1")
    monkeypatch.setenv("TANDEM_MODEL_PRICE_INPUT", "0")
    monkeypatch.setenv("TANDEM_MODEL_PRICE_OUTPUT", "0")
    monkeypatch.setenv("TANDEM_MODEL_CALLS_PER_MINUTE", "30")
    settings = load_settings()
    chosen = model_settings(settings)
    assert (chosen.name, chosen.provider) == ("llama3.1:8b", "openai-compatible")
    assert chosen.price is not None
    assert chosen.price.is_free
    assert call_policy(settings).requests_per_second == 0.5


def test_loopback_needs_no_keys() -> None:
    check_exposure(load_settings(host="127.0.0.1"))
