"""Free questions: no environment, no grader; only a language model can answer them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tasks.protocol import (
    Answer,
    Environment,
    InvalidTaskError,
    SolvedBy,
    Split,
    Task,
    Verdict,
    task_id,
)

MAX_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class OpenPayload:
    """The question as it was asked."""

    text: str


class OpenKind:
    """Questions that no other kind reads."""

    name = "open"
    title = "free question"
    solved_by: SolvedBy = "language model"
    environment: Environment[Any] | None = None
    check_is_public = False
    has_grader = False
    instructions = "Answer the question directly and briefly."
    examples: tuple[str, ...] = ("What is the capital of France?", "Write a haiku about rain.")

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Refuse: nothing can decide whether an answer to a free question is right."""
        raise InvalidTaskError("kind 'open' has no generator, because it has no grader")

    def parse(self, text: str) -> Task | None:
        """Read any text that is not blank."""
        return open_task(text) if text.strip() else None

    def payload_from_json(self, data: dict[str, Any]) -> OpenPayload:
        """Read back the payload."""
        if set(data) != {"text"} or not isinstance(data["text"], str):
            raise InvalidTaskError(f"open payload has fields {sorted(data)}; expected text")
        return OpenPayload(data["text"])

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Take the whole text."""
        return Answer(text.strip()) if text.strip() else None

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Refuse: there is no environment."""
        raise InvalidTaskError("kind 'open' has no environment and so no actions")

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Say that nothing can be said."""
        return Verdict(None, 0.0)


def open_task(text: str) -> Task:
    """Make the task of a free question.

    Raises:
        InvalidTaskError: if the text is longer than MAX_CHARACTERS.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidTaskError(f"the question has {len(text)} characters; at most {MAX_CHARACTERS}")
    payload = OpenPayload(text)
    return Task(task_id("open", payload, 0, "test"), "open", text, payload, 0.5, 0, "test")
