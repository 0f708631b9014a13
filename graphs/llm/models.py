"""Which chat model, and what its tokens cost: settings, dated price table, build_chat_model.

How a model is called (retries, caps, budgets) is `policy`; the scripted model is `scripted`. Prices
are a copy of public price pages with the date of the copy: check your provider, and override them
in the settings. A model that is not in the table has an unknown price, which is said and never
guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages.ai import UsageMetadata

from graphs.llm.loop_client import client_per_loop
from graphs.llm.scripted import PROVIDER as SCRIPTED
from graphs.llm.scripted import ScriptedSpecError, scripted_model

MILLION = 1_000_000
OPENAI_HOME = "https://api.openai.com/v1"
_DATED_NAME = re.compile(r"(-latest|-\d{8}|-\d{4}-\d{2}-\d{2})?")


class ModelSettingsError(ValueError):
    """Settings that name no usable model; the message says what to write."""


class MissingPackageError(ImportError):
    """A provider whose package is not installed; the message says which extra brings it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What tokens cost, in dollars per million.

    Attributes:
        input, output: ordinary tokens.
        cached_input: input read from the provider's cache; None where it costs as much as input.
        cache_write: input written to it; None where it costs as much as input.
        up_to_input_tokens: prompts longer than this cost more, and the table does not say how much.
        as_of: date of the copy, ISO; empty when the user set the price.
        note: where it was read.
    """

    input: float
    output: float
    cached_input: float | None = None
    cache_write: float | None = None
    up_to_input_tokens: int | None = None
    as_of: str = ""
    note: str = ""

    @property
    def is_free(self) -> bool:
        """Say whether no usage costs anything."""
        return self.input == self.output == 0.0

    def dollars(self, usage: UsageMetadata) -> float | None:
        """Return what the usage costs; None for a prompt beyond `up_to_input_tokens`."""
        tokens = usage["input_tokens"]
        if self.up_to_input_tokens is not None and tokens > self.up_to_input_tokens:
            return None
        details = usage.get("input_token_details") or {}
        read, written = details.get("cache_read") or 0, details.get("cache_creation") or 0
        cost = (tokens - read - written) * self.input + usage["output_tokens"] * self.output
        cost += read * (self.input if self.cached_input is None else self.cached_input)
        cost += written * (self.input if self.cache_write is None else self.cache_write)
        return cost / MILLION


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One row of the price table; `name` also matches its dated and `-latest` forms."""

    provider: str
    name: str
    price: Price


def _row(
    provider: str,
    name: str,
    dollars: tuple[float, float, float, float],
    as_of: str,
    note: str,
    up_to: int | None = None,
) -> ModelSpec:
    """Make a row from (input, cached input, cache write, output) in $ per million tokens."""
    read, cached, written, output = dollars
    price = Price(
        input=read,
        cached_input=cached,
        cache_write=written,
        output=output,
        up_to_input_tokens=up_to,
        as_of=as_of,
        note=note,
    )
    return ModelSpec(provider, name, price)


_OPENAI = "developers.openai.com/api/docs/pricing, standard tier, as quoted by third parties"
_ANTHROPIC = "platform.claude.com/docs pricing page, standard tier, 5-minute cache writes"

# Check your provider: these rows are as old as their dates, and overriding them is one setting.
PRICES: tuple[ModelSpec, ...] = (
    _row("openai", "gpt-6-sol", (2.0, 0.20, 2.50, 10.0), "2026-09-22", _OPENAI, 272_000),
    _row("openai", "gpt-6-luna", (0.10, 0.01, 0.125, 0.50), "2026-09-22", _OPENAI, 272_000),
    _row("openai", "gpt-5.6-terra", (2.0, 0.20, 2.50, 12.0), "2026-08-01", _OPENAI, 272_000),
    _row("openai", "gpt-5.6-luna", (0.20, 0.02, 0.25, 1.20), "2026-08-01", _OPENAI, 272_000),
    _row("openai", "gpt-5", (1.25, 0.125, 1.25, 10.0), "2026-06-20", _OPENAI),
    _row("openai", "gpt-5-mini", (0.25, 0.025, 0.25, 2.0), "2026-06-20", _OPENAI),
    _row("openai", "gpt-5-nano", (0.05, 0.005, 0.05, 0.40), "2026-06-20", _OPENAI),
    _row("openai", "gpt-4.1", (2.0, 0.50, 2.0, 8.0), "2026-06-21", _OPENAI),
    _row("openai", "gpt-4.1-mini", (0.40, 0.10, 0.40, 1.60), "2026-06-21", _OPENAI),
    _row("openai", "gpt-4o", (2.50, 1.25, 2.50, 10.0), "2026-03-21", _OPENAI),
    _row("openai", "gpt-4o-mini", (0.15, 0.075, 0.15, 0.60), "2026-03-21", _OPENAI),
    _row("anthropic", "claude-opus-5-5", (4.0, 0.20, 5.0, 20.0), "2026-10-10", _ANTHROPIC),
    _row("anthropic", "claude-opus-5", (5.0, 0.50, 6.25, 25.0), "2026-10-10", _ANTHROPIC),
    _row("anthropic", "claude-sonnet-5-5", (2.0, 0.10, 2.50, 10.0), "2026-10-07", _ANTHROPIC),
    _row("anthropic", "claude-sonnet-5", (2.0, 0.20, 2.50, 10.0), "2026-10-10", _ANTHROPIC),
    _row(
        "anthropic",
        "claude-haiku-5-5",
        (0.10, 0.01, 0.125, 0.50),
        "2026-10-07",
        _ANTHROPIC,
        100_000,
    ),
    _row("anthropic", "claude-haiku-4-5", (1.0, 0.10, 1.25, 5.0), "2026-10-10", _ANTHROPIC),
)
FREE = Price(input=0.0, output=0.0, note="no bill comes for it")


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSettings:
    """Which model to use; the api key is never printed.

    Attributes:
        model: `provider:model` (`openai:gpt-5-mini`), `scripted:NAME?key=value`, or empty for none.
            With a `base_url` the server's own name is enough, colons included (`llama3.1:8b`).
        base_url: an OpenAI-compatible server; empty for the provider's own.
        api_key: empty: the provider's package looks for its own variable. With a `base_url` an
            empty key stays empty, so that a key meant for another server is never sent there.
        temperature, max_tokens: None leaves them to the provider.
        timeout_seconds: of the client; None leaves it to the call policy.
        price_input, price_output, price_cached_input: $ per million tokens; override the table.
    """

    model: str = ""
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    temperature: float | None = None
    max_tokens: int | None = None
    timeout_seconds: float | None = None
    price_input: float | None = None
    price_output: float | None = None
    price_cached_input: float | None = None

    def __post_init__(self) -> None:
        prices = (self.price_input, self.price_output, self.price_cached_input)
        if any(p is not None and p < 0 for p in prices):
            raise ModelSettingsError(f"prices {prices} must be 0 or more, in $ per million tokens")
        if (self.price_input is None) != (self.price_output is None):
            raise ModelSettingsError(
                "price_input and price_output go together; set both or neither"
            )
        if self.model and not self.base_url and ":" not in self.model:
            raise ModelSettingsError(
                f"model {self.model!r} names no provider; write provider:model (openai:gpt-5-mini)"
            )
        if self.base_url and not self.model:
            raise ModelSettingsError(
                f"base_url {self.base_url!r} is set but model is empty; name one"
            )
        if self.base_url and not re.match(r"https?://[^/:?#\s]+(:\d+)?([/?#]|$)", self.base_url):
            raise ModelSettingsError(
                f"base_url {self.base_url!r} is no address such as http://127.0.0.1:8080/v1"
            )

    @property
    def provider(self) -> str:
        """Return the part that says who serves the model; empty without a model."""
        if self.model.startswith(f"{SCRIPTED}:"):
            return SCRIPTED
        return "openai-compatible" if self.base_url else self.model.partition(":")[0]

    @property
    def name(self) -> str:
        """Return the model's name at its server."""
        if self.base_url and self.provider != SCRIPTED:
            return self.model.removeprefix("openai:")
        return self.model.partition(":")[2].partition("?" if self.provider == SCRIPTED else "\0")[0]

    @property
    def price(self) -> Price | None:
        """Return the user's price, else the table's; None where nobody knows it."""
        if self.price_input is not None and self.price_output is not None:
            return Price(
                input=self.price_input,
                output=self.price_output,
                cached_input=self.price_cached_input,
                note="set by the user",
            )
        return find_price(f"{self.provider}/{self.name}")


def build_chat_model(settings: ModelSettings) -> BaseChatModel | None:
    """Build the LangChain chat model that the settings name; None when they name none.

    The model itself never retries: the call policy does.

    Raises:
        ModelSettingsError: if the provider or script is unknown, or refuses the settings (no key,
            for one).
        MissingPackageError: if its package is not installed.
    """
    if not settings.model:
        return None
    if settings.provider == SCRIPTED:
        try:
            return scripted_model(settings.model)
        except ScriptedSpecError as error:
            raise ModelSettingsError(str(error)) from error
    options: dict[str, Any] = {
        "temperature": settings.temperature,
        "max_tokens": settings.max_tokens,
        "timeout": settings.timeout_seconds,
        "api_key": settings.api_key or None,
    }
    options = {name: value for name, value in options.items() if value is not None}
    if settings.provider in ("openai", "openai-compatible"):
        return _openai(settings, {**options, "max_retries": 0, "stream_usage": True})
    try:
        from langchain.chat_models import init_chat_model  # noqa: PLC0415 (0.5 CPU s)

        return init_chat_model(
            settings.name, model_provider=settings.provider, max_retries=0, **options
        )
    except ImportError as error:
        raise MissingPackageError(
            f"model {settings.model!r} needs a package that is not installed: "
            f"pip install 'tandem[openai]' and the provider's own langchain package ({error})"
        ) from error
    except ValueError as error:
        raise ModelSettingsError(f"model {settings.model!r} cannot be used: {error}") from error


def price_of(model: str, usage: UsageMetadata | None) -> float | None:
    """Return the dollars of a usage by the table; None if the price or the usage is unknown."""
    price = find_price(model)
    return price.dollars(usage) if price is not None and usage is not None else None


def find_price(model: str) -> Price | None:
    """Return the table's price of `provider/model`; None if it is not there."""
    provider, _, name = model.partition("/")
    if provider == SCRIPTED:
        return FREE
    for spec in PRICES:
        known = spec.provider == provider and name.startswith(spec.name)
        if known and _DATED_NAME.fullmatch(name.removeprefix(spec.name)):
            return spec.price
    return None


def model_name(chat: BaseChatModel) -> str:
    """Return `provider/model` as the chat model tells it to LangSmith."""
    told = chat._get_ls_params()
    return f"{told.get('ls_provider', 'unknown')}/{told.get('ls_model_name', 'unknown')}"


def _openai(settings: ModelSettings, options: dict[str, Any]) -> BaseChatModel:
    try:
        from langchain_openai import ChatOpenAI  # noqa: PLC0415 (1.2 CPU s)
        from openai import OpenAIError  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError(
            f"model {settings.model!r} needs pip install 'tandem[openai]' ({error})"
        ) from error
    if settings.base_url and not settings.api_key:
        options["api_key"] = "none"  # else the client would send OPENAI_API_KEY to this server
    try:
        return ChatOpenAI(
            model=settings.name,
            base_url=settings.base_url or OPENAI_HOME,
            http_async_client=client_per_loop(),
            **options,
        )
    except OpenAIError as error:
        raise ModelSettingsError(f"model {settings.model!r} cannot be used: {error}") from error
