"""One adapter for whatever a caller brings as a language model.

A LangChain chat model, an object with `async generate(prompt) -> str`, or our own LanguageModel:
all of them end up behind the call policy.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.base import LangSmithParams
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from graphs.llm.models import OPENAI_HOME, Price, find_price, model_name
from graphs.llm.policy import CallPolicy, LanguageModel


class UnknownClientError(TypeError):
    """An object that is no language model in any of the three forms."""


@runtime_checkable
class GenerateClient(Protocol):
    """A client that turns a prompt into a text and says nothing of tokens."""

    async def generate(self, prompt: str) -> str:
        """Return the reply."""
        ...


def language_model_of(
    client: object, policy: CallPolicy, price: Price | None = None
) -> LanguageModel:
    """Put a client behind the call policy.

    Args:
        client: a LanguageModel keeps its own policy; a chat model should not retry by itself, or
            the retries multiply.
        policy: of the other two forms.
        price: goes before the table's; of no use to a client that reports no tokens.

    Raises:
        UnknownClientError: if it is none of the three.
    """
    if isinstance(client, LanguageModel):
        if price is None:
            return client
        return LanguageModel(client.chat, client.policy, price, name=client.name)
    if isinstance(client, BaseChatModel):
        return LanguageModel(client, policy, price or _price_at_home(client))
    if isinstance(client, GenerateClient):
        return LanguageModel(_GenerateChatModel(client=client), policy, price)
    raise UnknownClientError(
        f"{type(client).__name__} is no language model; bring a LangChain chat model or an object "
        "with async generate(prompt) -> str"
    )


def _price_at_home(chat: BaseChatModel) -> Price | None:
    """Return the table's price, unless the model is asked somewhere else than at its provider."""
    base_url = getattr(getattr(chat, "root_async_client", None), "base_url", None)
    if base_url is not None and not str(base_url).startswith(OPENAI_HOME):
        return None
    return find_price(model_name(chat))


class _GenerateChatModel(BaseChatModel):
    """A `generate` client as a chat model without usage; only awaited."""

    client: Any

    @property
    def _llm_type(self) -> str:
        return "generate"

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return LangSmithParams(
            ls_provider="client", ls_model_name=type(self.client).__name__, ls_model_type="chat"
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError("this client is awaited; use ainvoke")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = await self.client.generate("\n\n".join(str(m.text) for m in messages))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])
