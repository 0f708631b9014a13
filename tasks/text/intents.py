"""A kind `text/<name>` for a set of labelled texts: which of its labels does a text have?

Abstaining is an action like any other. The parts are beside it: data (what a set must be like),
reading (CSV, JSON lines), features and rules (the environment), drawing (the generator), answers (a
label out of prose), grader, and files (kinds that a home folder holds).
"""

from __future__ import annotations

import re
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
    split_seed,
    task_of,
)
from tasks.text import intent_grader
from tasks.text.intent_answers import find_label
from tasks.text.intent_data import (
    ABSTAIN,
    MAX_CHARACTERS,
    IntentDataError,
    IntentSet,
    canonical,
    check_text,
    plain_label,
)
from tasks.text.intent_drawing import Drawer
from tasks.text.intent_features import FeatureSettings
from tasks.text.intent_rules import IntentEnvironment

FAMILY = "text/"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
ASKING = (
    r"(?:(?:please\s+)?(?:classify|label|route)\s+(?:this\s+)?(?:(?:as|with|by|using|for)\s+)?)?"
)
MAX_PREFIX = 100  # characters before the text: name, and words that ask


@dataclass(frozen=True, slots=True)
class IntentPayload:
    """The text to be labelled, with single blanks."""

    text: str


class IntentsKind:
    """Choose the label of a text, or abstain.

    Args:
        name: of the set, in small letters, digits and `_`; the kind is `text/<name>`.
        intents: texts and labels.
        features: how texts are read.

    Raises:
        IntentDataError: if the name cannot be one.
    """

    solved_by: SolvedBy = "learned"
    check_is_public = False
    has_grader = True

    def __init__(
        self, name: str, intents: IntentSet, features: FeatureSettings | None = None
    ) -> None:
        if not NAME.fullmatch(name):
            raise IntentDataError(
                f"a set cannot be named {name[:60]!r}; use up to 40 small letters, digits and _, "
                "a letter first"
            )
        self.name = f"{FAMILY}{name}"
        self.intents = intents
        self.features = features or FeatureSettings()
        self.title = f"{name}: which of {len(intents.labels)} labels a text has"
        self.instructions = (
            f"Write the one label that fits the text, alone on the last line, or {ABSTAIN} if none "
            f"fits. Labels: {', '.join(intents.labels)}."
        )
        within = (t for t, label in intents.texts.items() if label != intents.abstain_label)
        shown = sorted(within, key=len)
        self.examples = tuple(f"{name}: {shown[len(shown) * n // 4]}" for n in (1, 2, 3))
        self._set_name = name
        self._environment = IntentEnvironment(name, intents.labels, self.features)
        self.environment: Environment[Any] | None = self._environment
        self._prefix = re.compile(rf"{ASKING}(?:{FAMILY})?{name}\s*:", re.IGNORECASE)
        self._label_of = {canonical(text): label for text, label in intents.texts.items()}
        self._spelt = {plain_label(label): label for label in (*intents.labels, ABSTAIN)}
        if intents.abstain_label:
            self._spelt[plain_label(intents.abstain_label)] = ABSTAIN
        self._drawer: Drawer | None = None

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Draw a labelled text of the split; the harder, the fewer words its label's others share.

        Raises:
            InvalidTaskError: if the split has no texts.
        """
        if self._drawer is None:
            self._drawer = Drawer(self.intents)
        text = self._drawer.draw(seed, difficulty, split)
        prompt = f"{self._set_name}: {text}"
        return task_of(
            self.name, IntentPayload(text), prompt, difficulty, split_seed(split, seed), split
        )

    def parse(self, text: str) -> Task | None:
        """Read `<name>: text` or `classify as <name>: text`, on one line; all else is foreign."""
        head = text[:MAX_PREFIX].lstrip()
        if ":" not in head:
            return None
        found = self._prefix.match(head)
        if found is None:
            return None
        asked = text.lstrip()[found.end() :].strip()
        if "\n" in asked or "\r" in asked:
            return None
        return task_of(self.name, self._payload(asked), text, 0.5, 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> IntentPayload:
        """Read back the payload; runs of blanks and line breaks become single blanks."""
        if set(data) != {"text"} or not isinstance(data["text"], str):
            raise InvalidTaskError(
                f"payload of {self.name} has fields {sorted(map(str, data))[:5]}; expected text, "
                f"of at most {MAX_CHARACTERS:,} characters"
            )
        return self._payload(data["text"])

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the one label that a text settles on."""
        label = find_label(text, self._spelt)
        return None if label is None else Answer(label)

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Return the chosen label; an answer without a text if nothing was chosen."""
        if len(actions) != 1 or not 0 <= actions[0] < self._environment.num_actions:
            return Answer("", actions)
        labels = (*self.intents.labels, ABSTAIN)
        return Answer(labels[actions[0]], actions)

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Compare with the label that came with the text; no verdict on other texts."""
        label = self._label_of.get(canonical(task.payload.text))
        if label is None:
            return intent_grader.grade(answer.text, ())
        also = (ABSTAIN,) if label == self.intents.abstain_label else ()
        return intent_grader.grade(answer.text, (label, *also))

    def _payload(self, text: str) -> IntentPayload:
        try:
            return IntentPayload(check_text(text))
        except IntentDataError as error:
            raise InvalidTaskError(f"{self.name}: {error}") from error
