"""Labelled texts: what a set of them must be like, its labels, and which split each text is in.

Reading files is `intent_reading`; the kind made of a set is `intents`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tasks.protocol import Split

ABSTAIN = "abstain"
OUT_OF_SCOPE = "oos"  # the label that stands for abstaining unless another is named
MAX_CHARACTERS = 10_000  # of a text
MAX_LABEL_CHARACTERS = 100
MAX_LABELS = 2_000
SHOWN = 3  # faulty texts that an error shows
ENOUGH_TEXTS = 60  # for a calibration that means something
LARGEST_SHARE = 1 / 3


class IntentDataError(ValueError):
    """Labelled texts that no kind can be made of; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text and the label that came with it; `line` is where it stood, for messages."""

    text: str
    label: str
    line: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """Which shares of the texts are never trained on.

    Attributes:
        calibration: on which confidence is made honest.
        test: on which accuracy is measured.
    """

    calibration: float = 0.1
    test: float = 0.1

    def __post_init__(self) -> None:
        if not 0 < self.calibration <= LARGEST_SHARE or not 0 <= self.test <= LARGEST_SHARE:
            raise IntentDataError(
                f"shares {self.calibration} for calibration and {self.test} for tests; expected "
                "at most a third each, and some texts for calibration"
            )


@dataclass(frozen=True, slots=True)
class IntentSet:
    """Texts with labels that fit together.

    Attributes:
        labels: the actions in their order, without abstaining.
        abstain_label: the label whose texts are to be abstained on; empty if there is none.
        texts: text -> label; no two texts are the same but for case and blanks.
        shares: of the texts, kept from training.
    """

    labels: tuple[str, ...]
    abstain_label: str
    texts: Mapping[str, str]
    shares: Shares

    def action(self, label: str) -> int:
        """Return the action of a label; abstaining comes after all others."""
        return len(self.labels) if label == self.abstain_label else self.labels.index(label)

    def by_split(self) -> dict[Split, list[str]]:
        """Return each split's texts; a label whose every text was held out is trained on instead.

        Which split a text is in follows from the text alone, so that it never wanders from the
        tests into the training when more texts come.
        """
        found: dict[Split, list[str]] = {"train": [], "calibration": [], "test": []}
        trained: set[str] = set()
        for text, label in self.texts.items():
            split = split_of_text(text, self.shares)
            found[split].append(text)
            if split == "train":
                trained.add(label)
        for split in ("calibration", "test"):
            rare = [t for t in found[split] if self.texts[t] not in trained]
            found["train"] += rare
            found[split] = [t for t in found[split] if self.texts[t] in trained]
        return found


def intent_set(
    records: Iterable[Labelled],
    *,
    abstain_label: str = OUT_OF_SCOPE,
    shares: Shares | None = None,
    conflicts: Literal["refuse", "drop"] = "refuse",
) -> IntentSet:
    """Check labelled texts and put them in order.

    Args:
        records: texts with labels; a text that comes again with the same label counts once.
        abstain_label: its texts are to be abstained on; nothing happens if no text has it.
        shares: never trained on; by default a tenth each, and more of small sets.
        conflicts: what to do with texts that have two labels.

    Raises:
        IntentDataError: if there are no texts, fewer than two labels, a text or a label is empty or
            too long, or a text has two labels.
    """
    labels_of: dict[str, set[str]] = {}
    first: dict[str, Labelled] = {}
    for record in records:
        checked = _checked(record)
        key = canonical(checked.text)
        first.setdefault(key, checked)
        labels_of.setdefault(key, set()).add(checked.label)
    torn = [key for key, labels in labels_of.items() if len(labels) > 1]
    if torn and conflicts == "refuse":
        shown = "; ".join(
            f"{first[key].text[:60]!r}: {_listed(labels_of[key])}" for key in torn[:SHOWN]
        )
        raise IntentDataError(
            f"{len(torn)} texts have two labels ({shown}); give each text one, or leave them out "
            "with --drop-conflicts"
        )
    kept = (record for key, record in first.items() if len(labels_of[key]) == 1)
    texts = dict(sorted((record.text, record.label) for record in kept))
    found = sorted(set(texts.values()))
    _check_labels(found, abstain_label, len(texts))
    chosen = shares if shares is not None else _shares_for(len(texts))
    labels = tuple(label for label in found if label != abstain_label)
    return IntentSet(labels, abstain_label if abstain_label in found else "", texts, chosen)


def canonical(text: str) -> str:
    """Return what texts that count as the same have in common: no case, single blanks."""
    return " ".join(text.casefold().split())


def split_of_text(text: str, shares: Shares) -> Split:
    """Return the split of a text, by its content."""
    place = zlib.crc32(canonical(text).encode(errors="replace")) / 2**32
    if place < shares.test:
        return "test"
    return "calibration" if place < shares.test + shares.calibration else "train"


def plain_label(text: str) -> str:
    """Return a label as people may write it: `card_arrival`, `Card arrival` and `card-arrival`."""
    words = "".join(c if c.isalnum() else " " for c in text.casefold())
    return " ".join(words.split())


def check_text(text: str) -> str:
    """Return a text with single blanks.

    Raises:
        IntentDataError: if it is empty, too long, or holds half a character.
    """
    if len(text) > MAX_CHARACTERS:
        raise IntentDataError(
            f"the text has {len(text):,} characters; at most {MAX_CHARACTERS:,}, so shorten it"
        )
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise IntentDataError(f"the text holds no whole character at {error.start}") from error
    neat = " ".join(text.split())
    if not neat:
        raise IntentDataError("the text is empty; write one")
    return neat


def _checked(record: Labelled) -> Labelled:
    where = f"line {record.line}: " if record.line else ""
    try:
        text = check_text(record.text)
    except IntentDataError as error:
        raise IntentDataError(f"{where}{error}") from error
    label = " ".join(record.label.split())
    if not label or len(label) > MAX_LABEL_CHARACTERS or not plain_label(label):
        raise IntentDataError(
            f"{where}the label {label[:60]!r} must have 1 to {MAX_LABEL_CHARACTERS} characters, "
            "letters or digits among them; is this the field of the labels?"
        )
    return Labelled(text, label, record.line)


def _check_labels(labels: list[str], abstain_label: str, texts: int) -> None:
    if not texts:
        raise IntentDataError("there is no labelled text; give at least two labels with some each")
    if len(labels) < 2:
        raise IntentDataError(
            f"all {texts} texts have the label {labels[0]!r}; a choice needs at least two labels"
        )
    if len(labels) > MAX_LABELS:
        raise IntentDataError(
            f"{len(labels):,} different labels in {texts:,} texts; at most {MAX_LABELS:,}. Is this "
            "the field of the labels?"
        )
    alike: dict[str, str] = {}
    for label in labels:
        other = alike.setdefault(plain_label(label), label)
        if other != label:
            raise IntentDataError(f"labels {other!r} and {label!r} look alike; write them the same")
    if ABSTAIN in alike and alike[ABSTAIN] != abstain_label:
        raise IntentDataError(
            f"the label {alike[ABSTAIN]!r} has the name of the action for no label; say "
            f"--abstain-label {alike[ABSTAIN]} if it means that, or rename it"
        )


def _shares_for(texts: int) -> Shares:
    share = min(max(0.1, ENOUGH_TEXTS / texts), LARGEST_SHARE)
    return Shares(calibration=share, test=share)


def _listed(labels: set[str]) -> str:
    return " and ".join(sorted(labels))
