"""Read the configuration, once: command line, environment, `.env`, TOML file, in this order.

Every variable starts with `TANDEM_`, `.env.example` lists them all, an unknown one is refused and
an empty one is not set. Of LangSmith's own variables only those below are read. What the values are
used for is `assemble`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as UnreadableSettingError

PREFIX = "TANDEM_"
ENV_FILE = ".env"
CONFIG_FILE = "tandem.toml"
READ_ELSEWHERE = {"TANDEM_BENCHDATA"}  # by tests and benchmarks
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(ValueError):
    """A setting that is unknown, malformed or unsafe; the message names the variable."""


def _listed(value: Any) -> Any:
    """Split `a, b` as it stands in a variable; a TOML list stays as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_listed)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """Every setting of the application; None means the default of the part it belongs to."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_ignore_empty=True,
        extra="ignore",  # other programs' variables; ours are checked by `load_settings`
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        protected_namespaces=(),
    )

    # where
    home: Path = Path("~/.tandem")
    database_url: SecretStr | None = None
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    api_keys: Secrets = ()
    kinds: Names = ()

    # the language model
    model: str = ""
    model_base_url: str = ""
    model_api_key: SecretStr = SecretStr("")
    model_temperature: NotNegative | None = None
    model_max_tokens: Count | None = None
    model_timeout_seconds: Positive | None = None
    model_concurrency: Count | None = None
    model_calls_per_minute: Count | None = None
    model_price_input: NotNegative | None = None
    model_price_output: NotNegative | None = None
    model_price_cached_input: NotNegative | None = None

    # how a run is made
    threshold: Share | None = None
    simulations: Count | None = None
    max_dollars: NotNegative | None = None
    max_seconds: Positive | None = None
    ceiling_dollars: NotNegative | None = None
    ceiling_seconds: Positive = 600.0

    # how much at once
    running: Count = 16
    waiting: int = Field(256, ge=0)
    task_workers: Count = 4
    unfinished_tasks: Count = 10_000
    task_lease_seconds: Positive = 10.0
    body_bytes: int = Field(1_000_000, ge=1_000)
    shutdown_seconds: Count = 30

    # what is remembered
    train: bool = True
    trace_share: Share = 1.0
    redact: Literal["off", "patterns"] = "off"
    redact_patterns: tuple[str, ...] = ()
    redact_episodes: bool = False
    hide_inputs: bool = False
    hide_outputs: bool = False
    keep_runs_days: NotNegative | None = None
    keep_episodes_days: NotNegative | None = None
    keep_feedback_days: NotNegative | None = None
    keep_requests_days: NotNegative | None = None

    # LangSmith, only where it is asked for in its own words
    langsmith_tracing: str = Field("", validation_alias="LANGSMITH_TRACING")
    langsmith_api_key: SecretStr = Field(SecretStr(""), validation_alias="LANGSMITH_API_KEY")
    langsmith_endpoint: str = Field("", validation_alias="LANGSMITH_ENDPOINT")
    langsmith_project: str = Field("tandem", validation_alias="LANGSMITH_PROJECT")

    @property
    def forwards_traces(self) -> bool:
        """Whether runs also go to LangSmith: tracing is exactly `true`, as LangSmith reads it."""
        return self.langsmith_tracing == "true" and bool(self.langsmith_api_key.get_secret_value())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the TOML file below the environment."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, dotenv_settings, toml


def load_settings(**given: Any) -> Settings:
    """Read every source; `given` comes from the command line and wins, None there means not given.

    Raises:
        SettingsError: if a variable or a key of the file is unknown or has no usable value.
    """
    named = os.environ.get(f"{PREFIX}CONFIG", "")
    if named and not Path(named).is_file():
        raise SettingsError(f"{PREFIX}CONFIG names {named!r}, which is no file")
    try:
        dotenv = dotenv_values(ENV_FILE) if Path(ENV_FILE).is_file() else {}
    except UnicodeDecodeError as error:
        raise SettingsError(f"{ENV_FILE} is not UTF-8: {error}") from None
    _refuse_unknown((*os.environ, *(name.upper() for name in dotenv)), "variable")
    _refuse_unknown(
        (f"{PREFIX}{key.upper()}" for key in _keys_of_file()), f"key of {config_file()}"
    )
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_told(error)) from None
    except UnreadableSettingError as error:
        raise SettingsError(f"{error}; write a list as JSON") from None
    try:
        home = settings.home.expanduser().absolute()
    except RuntimeError as error:
        raise SettingsError(f"{PREFIX}HOME is {str(settings.home)!r}: {error}") from None
    _check_keys(settings.api_keys)
    return settings.model_copy(update={"home": home})


def config_file() -> Path:
    """Return the TOML file: what TANDEM_CONFIG names, else `tandem.toml` in the current folder."""
    return Path(os.environ.get(f"{PREFIX}CONFIG") or CONFIG_FILE)


def variable(field: str) -> str:
    """Return the name under which a field is set: `home` -> `TANDEM_HOME`."""
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else f"{PREFIX}{field.upper()}"


def check_exposure(settings: Settings) -> None:
    """Refuse to listen to other machines without API keys.

    Raises:
        SettingsError: with what to set.
    """
    if settings.host not in LOOPBACK and not settings.api_keys:
        raise SettingsError(
            f"{PREFIX}HOST is {settings.host!r}, which other machines can reach, and no API keys "
            f"are set; set {PREFIX}API_KEYS, or listen on 127.0.0.1"
        )


def _check_keys(keys: Iterable[SecretStr]) -> None:
    """Refuse a hash that no key can ever have."""
    for number, key in enumerate(keys, 1):
        prefix, _, digest = key.get_secret_value().partition(":")
        if prefix == "sha256" and not re.fullmatch("[0-9a-fA-F]{64}", digest):
            raise SettingsError(
                f"{PREFIX}API_KEYS: key {number} is no hash: sha256: needs 64 hex digits after it"
            )


def _keys_of_file() -> list[str]:
    path = config_file()
    if not path.is_file():
        return []
    try:
        return list(TomlConfigSettingsSource(Settings, toml_file=path).toml_data)
    except ValueError as error:
        raise SettingsError(f"{path} is not TOML: {error}") from error


def _refuse_unknown(names: Iterable[str], what: str) -> None:
    known = (
        {variable(field) for field in Settings.model_fields} | {f"{PREFIX}CONFIG"} | READ_ELSEWHERE
    )
    unknown = sorted(n for n in names if n.startswith(PREFIX) and n not in known)
    if unknown:
        raise SettingsError(
            f"unknown {what} {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )


def _told(error: ValidationError) -> str:
    problems = []
    for item in error.errors(include_input=False, include_url=False):
        field = str(item["loc"][0]) if item["loc"] else ""
        name = variable(field) if field in Settings.model_fields else field
        problems.append(f"{name}: {item['msg']}")
    return "; ".join(problems)
