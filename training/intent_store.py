"""Keep a kind of labelled texts in the home: its model, its texts, and what it is.

A kill at any instant leaves the old kind or the new one: everything new has a name of its own until
`kind.json` is replaced. If the kill comes before the new model is chosen, `app.kinds` chooses it.
"""

from __future__ import annotations

import json
from pathlib import Path

from neural.durable import write_durably
from neural.model_files import Model
from neural.model_store import ModelStore
from tasks.text.intent_files import INTENTS_FOLDER, KIND_FILE, settings_of, texts_of
from tasks.text.intents import FAMILY, IntentsKind


def folder_of(home: Path, name: str) -> Path:
    """Return where a kind is kept, by its name without the family."""
    return home / INTENTS_FOLDER / name


def keep_kind(home: Path, kind: IntentsKind, model: Model) -> str:
    """Keep kind and model, make both live, and return the model's name.

    Only one process may keep a kind of this name at a time.

    Raises:
        DiskFullError: if there is no room; the old kind is as it was.
    """
    store = ModelStore(home)
    folder = folder_of(home, kind.name.removeprefix(FAMILY))
    name = store.add(model)
    settings = settings_of(kind, name)
    write_durably(folder / settings["texts"], texts_of(kind.intents))
    write_durably(folder / KIND_FILE, json.dumps(settings, indent=1).encode() + b"\n")
    count = len(kind.intents.texts)
    store.use(name, [kind], reason=f"trained on {count} labelled texts")
    for old in folder.glob("texts-*.jsonl"):
        if old.name != settings["texts"]:
            old.unlink()
    return name
