"""The command `intents`: labelled texts in, a kind with its net in the home out.

    python -m training.cli intents --data FILE --name NAME

What is learned and how is `intents`; what is kept is `intent_store`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import Progress

from neural.calibration import MIN_SAMPLES
from tasks.text.intent_data import IntentDataError, intent_set
from tasks.text.intent_reading import Form, read_labelled
from tasks.text.intents import IntentsKind
from training.intent_store import folder_of, keep_kind
from training.intents import IntentFit, fit_intents
from training.selfplay.run_lock import RunLock

FORMS: dict[str, Form] = {
    ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class IntentsAsked:
    """What was typed; see `read_labelled` and `intent_set`."""

    data: Path
    name: str
    text_field: str = ""
    label_field: str = ""
    abstain_label: str
    conflicts: Literal["refuse", "drop"]
    seed: int
    command: str


def make_kind(home: Path, asked: IntentsAsked, say: Callable[[str], None]) -> None:
    """Read, train, keep and tell.

    Raises:
        IntentDataError: if the data makes no kind.
        FolderInUseError: if another process makes a kind of this name.
        OSError: if the file does not open, or nothing can be written.
    """
    form = FORMS.get(asked.data.suffix.lower())
    if form is None:
        raise IntentDataError(
            f"{asked.data} is none of {', '.join(FORMS)}; name it by what it holds"
        )
    records = read_labelled(asked.data.read_bytes(), form, asked.text_field, asked.label_field)
    intents = intent_set(records, abstain_label=asked.abstain_label, conflicts=asked.conflicts)
    kind = IntentsKind(asked.name, intents)
    left_out = len(records) - len(intents.texts)
    again = f"; {left_out} of {len(records)} lines left out, as repeated" if left_out else ""
    meaning = f"; {asked.abstain_label} means abstain" if intents.abstain_label else ""
    say(f"{kind.name}: {len(intents.texts)} texts, {len(intents.labels)} labels{meaning}{again}")
    with RunLock(folder_of(home, asked.name), asked.command):
        with Progress(console=Console(stderr=True), transient=True) as bar:
            under_way = bar.add_task(f"training {kind.name}", total=None)
            model = fit_intents(
                kind,
                IntentFit(),
                asked.seed,
                asked.command,
                lambda done, of: bar.update(under_way, completed=done, total=of),
            )
        name = keep_kind(home, kind, model)
    told = model.card.training
    for split, what in (
        ("test", "right on texts that are kept for tests"),
        ("calibration", "right on other texts before it was trained on them too"),
    ):
        share = told["accuracy"].get(split)
        if share is not None:
            say(f"  {share:.1%} {what} ({told['texts'][split]} texts)")
    if not model.card.calibration.is_fitted:
        say(
            f"  too few texts to learn how sure it is (calibration takes {MIN_SAMPLES}): every "
            "question goes to the language model"
        )
    say(f"  trained in {told['processor_seconds']:.0f} processor seconds")
    say(f"{name} is live; a running server needs a restart to know a new kind or new labels")
    say(f"ask: tandem solve {kind.examples[0]!r}")
