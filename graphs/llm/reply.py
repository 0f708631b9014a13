"""One answer of a language model, and how it is booked: the provider's own figures or none.

Tokens are never estimated: a reply without usage has no figures and an unknown cost, and its run's
Spend says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import AIMessage

from graphs.budget import Spend
from graphs.llm.models import Price


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One answer of a model.

    Attributes:
        input_tokens, output_tokens: the provider's figures; None where it gave none.
        dollars: None where the price or the usage is unknown.
        seconds: from the call to the answer, waits and retries included.
        attempts: requests sent.
        model: `provider/model`.
    """

    text: str
    input_tokens: int | None
    output_tokens: int | None
    dollars: float | None
    seconds: float = 0.0
    attempts: int = 1
    model: str = ""


def book(message: AIMessage, price: Price | None, spend: Spend) -> Reply:
    """Add what the provider says it used to the spend; the caller fills in time and attempts.

    `spend.price_known` becomes False where the cost is unknown; its dollars are then a lower bound.
    """
    usage = message.usage_metadata
    dollars = price.dollars(usage) if price is not None and usage is not None else None
    if price is not None and price.is_free:
        dollars = 0.0
    if usage is not None:
        spend.input_tokens += usage["input_tokens"]
        spend.output_tokens += usage["output_tokens"]
    if dollars is None:
        spend.price_known = False
    else:
        spend.dollars += dollars
    return Reply(
        text=str(message.text),
        input_tokens=usage["input_tokens"] if usage is not None else None,
        output_tokens=usage["output_tokens"] if usage is not None else None,
        dollars=dollars,
    )
