"""Kinds of labelled texts in a folder: `<folder>/<name>/kind.json` and the texts beside it.

`kind.json` alone says which file of texts belongs to the kind, so replacing it replaces the kind;
who writes it is `training.intent_store`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tasks.text.intent_data import IntentDataError, IntentSet, Shares
from tasks.text.intent_features import FeatureSettings
from tasks.text.intents import FAMILY, IntentsKind

INTENTS_FOLDER = "intents"  # in the home
KIND_FORMAT = 1
KIND_FILE = "kind.json"


class IntentFileError(RuntimeError):
    """A kind's files that do not read; the message says which and how to mend them."""


def read_kinds(folder: Path) -> list[IntentsKind]:
    """Return the kinds of a folder by name; none where there is no folder.

    Raises:
        IntentFileError: if files are damaged or missing.
    """
    return [read_kind(path.parent) for path in sorted(folder.glob(f"*/{KIND_FILE}"))]


def read_kind(folder: Path) -> IntentsKind:
    """Read one kind from its own folder.

    Raises:
        IntentFileError: if files are damaged or missing.
    """
    data = read_settings(folder)
    try:
        texts = (folder / str(data["texts"])).read_bytes()
        if hashlib.sha256(texts).hexdigest() != data["texts_sha256"]:
            raise ValueError(f"{data['texts']} is not the file of texts that belongs to it")
        pairs = [json.loads(line) for line in texts.decode().split("\n") if line]
        intents = IntentSet(
            labels=tuple(data["labels"]),
            abstain_label=data["abstain_label"],
            texts=dict(pairs),
            shares=Shares(**data["shares"]),
        )
        spans = data["features"]
        features = FeatureSettings(
            dimensions=spans["dimensions"],
            words=(spans["words"][0], spans["words"][1]),
            characters=(spans["characters"][0], spans["characters"][1]),
            edges=spans["edges"],
        )
        return IntentsKind(data["name"], intents, features)
    except (OSError, ValueError, KeyError, TypeError, IndexError, IntentDataError) as error:
        raise _broken(folder, error) from error


def read_settings(folder: Path) -> dict[str, Any]:
    """Return what `kind.json` says.

    Raises:
        IntentFileError: if it is damaged or missing.
    """
    try:
        data = json.loads((folder / KIND_FILE).read_bytes())
    except (OSError, ValueError) as error:
        raise _broken(folder, error) from error
    if not isinstance(data, dict) or data.get("format") != KIND_FORMAT:
        raise _broken(folder, f"not of format {KIND_FORMAT}")
    return data


def settings_of(kind: IntentsKind, model: str) -> dict[str, Any]:
    """Return what `kind.json` is to say.

    Args:
        kind: to be kept.
        model: name of the model that was trained with it.
    """
    texts = texts_of(kind.intents)
    digest = hashlib.sha256(texts).hexdigest()
    return {
        "format": KIND_FORMAT,
        "name": kind.name.removeprefix(FAMILY),
        "labels": list(kind.intents.labels),
        "abstain_label": kind.intents.abstain_label,
        "shares": asdict(kind.intents.shares),
        "features": asdict(kind.features),
        "texts": f"texts-{digest[:16]}.jsonl",
        "texts_sha256": digest,
        "model": model,
    }


def texts_of(intents: IntentSet) -> bytes:
    """Return the file of a set's texts and labels, the same whatever their order."""
    return "".join(f"{json.dumps(pair)}\n" for pair in sorted(intents.texts.items())).encode()


def data_hash(intents: IntentSet) -> str:
    """Return the SHA-256 of a set's texts and labels."""
    return hashlib.sha256(texts_of(intents)).hexdigest()


def _broken(folder: Path, why: object) -> IntentFileError:
    name = folder.name
    return IntentFileError(
        f"the kind in {folder} does not read: {why}. Make it anew with `python -m training.cli "
        f"intents --name {name} --data FILE`, or remove the folder"
    )
