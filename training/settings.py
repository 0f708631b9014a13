"""Read where things are, once: command line, environment, `.env`, TOML file, in this order.

Training reads of the application's configuration only what both must agree on, under the same
names; whether any other variable is known is checked by `app/settings.py`. How to train is on the
command line and on record in checkpoints and cards.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "TANDEM_"


class TrainingSettingsError(ValueError):
    """A setting that is unknown or has no usable value."""


def _listed(value: Any) -> Any:
    """Split `a, b` as it stands in a variable; a TOML list stays as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class TrainingSettings(BaseSettings):
    """What training needs to know about the installation.

    Attributes:
        home: TANDEM_HOME: database, weights, checkpoints.
        database_url: TANDEM_DATABASE_URL, where the database is not in the home.
        kinds: TANDEM_KINDS: modules with kinds of one's own.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",  # the application's other settings
        frozen=True,
        hide_input_in_errors=True,
    )

    home: Path = Path("~/.tandem")
    database_url: SecretStr | None = None
    kinds: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)] = ()

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
        path = Path(os.environ.get(f"{PREFIX}CONFIG") or "tandem.toml")
        toml = TomlConfigSettingsSource(settings_cls, toml_file=path)
        return init_settings, env_settings, dotenv_settings, toml


def load_training_settings(**given: Any) -> TrainingSettings:
    """Read every source; `given` comes from the command line and wins, None there means not given.

    Raises:
        TrainingSettingsError: if a name is unknown or a value unusable.
    """
    unknown = sorted(set(given) - set(TrainingSettings.model_fields))
    if unknown:
        known = ", ".join(TrainingSettings.model_fields)
        raise TrainingSettingsError(f"unknown setting {', '.join(unknown)}; known: {known}")
    try:
        chosen = {name: value for name, value in given.items() if value is not None}
        settings = TrainingSettings(**chosen)
    except ValidationError as error:
        told = "; ".join(
            f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        )
        raise TrainingSettingsError(told) from None
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})
