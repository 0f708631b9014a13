"""What requests may hold, checked at the border; everything behind works on our own types.

Unknown fields of OpenAI's are accepted and ignored; our own requests refuse unknown ones.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from graphs.episode import Mode
from tasks.open import MAX_CHARACTERS

MAX_MESSAGES = 1_000
MAX_STATE = 100_000  # numbers of an observation
MAX_NUMBER = 3.4e38  # the largest float32
MAX_DEPTH = 20  # of objects and lists inside each other


def _shallow(value: dict[str, Any]) -> dict[str, Any]:
    layer: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        inside = [list(v.values()) if isinstance(v, dict) else v for v in layer]
        layer = [v for values in inside for v in values if isinstance(v, dict | list)]
    if layer:
        raise ValueError(f"more than {MAX_DEPTH} objects and lists inside each other")
    return value


Object = Annotated[dict[str, Any], AfterValidator(_shallow)]
Text = Annotated[str, Field(max_length=MAX_CHARACTERS)]
Question = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS, pattern=r"\S")]
ThreadId = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9._:@-]+$")]
Seed = Annotated[int, Field(ge=0, lt=2**63)]
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Metadata(BaseModel):
    """What a caller attaches: `thread_id` (none: stateless) and `train`; more is not kept."""

    model_config = ConfigDict(extra="ignore")

    thread_id: ThreadId | None = None
    train: bool | None = None


class RunFields(BaseModel):
    """How a run is to be made; null means the server's default."""

    mode: Mode | None = None
    seed: Seed | None = None
    max_dollars: Dollars | None = None
    max_seconds: Seconds | None = None
    metadata: Metadata | None = None


class TextPart(BaseModel):
    """A part of a message; only text is read."""

    type: Literal["text"]
    text: Text


class ChatMessage(BaseModel):
    """One turn of a chat."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | Annotated[list[TextPart], Field(max_length=MAX_MESSAGES)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.text) > MAX_CHARACTERS:
            raise ValueError(f"a turn has {len(self.text)} characters; at most {MAX_CHARACTERS}")
        return self

    @property
    def text(self) -> str:
        """The text of the turn."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """Of OpenAI's stream."""

    include_usage: bool = False


class ChatRequest(RunFields):
    """`POST /v1/chat/completions`."""

    model_config = ConfigDict(extra="ignore")

    model: Annotated[str, Field(max_length=200)] = "tandem-auto"
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=MAX_MESSAGES)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    response_format: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        total = sum(len(message.text) for message in self.messages)
        if total > 4 * MAX_CHARACTERS:
            raise ValueError(f"the messages have {total} characters; at most {4 * MAX_CHARACTERS}")
        return self


class TaskRequest(RunFields):
    """`POST /v1/tasks`: a text, or a problem or payload of a named kind."""

    model_config = ConfigDict(extra="forbid")

    text: Question | None = None
    kind: Annotated[str, Field(max_length=200)] | None = None
    problem: Question | None = None
    payload: Object | None = None

    @model_validator(mode="after")
    def _one_door(self) -> Self:
        if (self.text is None) == (self.kind is None):
            raise ValueError("send either text, or kind with problem or payload")
        if self.kind is not None and (self.problem is None) == (self.payload is None):
            raise ValueError("with kind send either problem (a text) or payload (an object)")
        if self.text is not None and (self.problem is not None or self.payload is not None):
            raise ValueError("problem and payload need kind")
        return self


class FeedbackRequest(BaseModel):
    """`POST /v1/feedback`: at least one of score, value, comment and correction."""

    model_config = ConfigDict(extra="forbid")

    episode_id: Annotated[str, Field(min_length=1, max_length=64)]
    key: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9._-]+$")] = (
        "user_score"
    )
    score: Annotated[float, Field(allow_inf_nan=False)] | None = None
    value: bool | int | Annotated[float, Field(allow_inf_nan=False)] | Text | None = None
    comment: Annotated[str, Field(max_length=10_000)] = ""
    correction: Text | Object | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.score is None and self.value is None and not self.comment and not self.correction:
            raise ValueError("give a score, a value, a comment or a correction")
        return self


class PredictRequest(BaseModel):
    """`POST /predict`: one decision of a network."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[list[Any], Field(max_length=MAX_STATE)]
    temperature: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    model: Annotated[str, Field(max_length=200)] | None = None
    legal: Annotated[list[bool], Field(max_length=MAX_STATE)] | None = None
    seed: Seed | None = None


class Prediction(BaseModel):
    """The network's decision: action index, calibrated confidence, value for the mover, time."""

    action: int
    confidence: float
    value: float
    latency_ms: float


def flat_numbers(values: list[Any]) -> list[float]:
    """Return the numbers of a nested list in order.

    Raises:
        ValueError: if something in it is no finite number.
    """
    flat: list[float] = []
    waiting = [iter(values)]
    while waiting:
        for value in waiting[-1]:
            if isinstance(value, list):
                waiting.append(iter(value))
                break
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"element {len(flat)} is a {type(value).__name__}, not a number")
            if abs(value) > MAX_NUMBER or math.isnan(value):
                raise ValueError(f"element {len(flat)} is not finite")
            flat.append(float(value))
        else:
            waiting.pop()
    return flat
