"""Which kinds an installation has: ours, those of modules, and those of labelled texts at home."""

from __future__ import annotations

import logging
from pathlib import Path

from app.settings import Settings
from neural.model_files import BrokenWeightsError, StaleWeightsError
from neural.model_store import ModelStore, UnknownModelError
from tasks.catalogue import Catalogue, default_catalogue
from tasks.text.intent_files import INTENTS_FOLDER, read_settings
from tasks.text.intents import FAMILY, IntentsKind

log = logging.getLogger(__name__)


def kinds_of(settings: Settings) -> Catalogue:
    """Return the kinds that the settings name.

    Raises:
        KindModuleError: if a module or a folder with a kind cannot be used.
    """
    return default_catalogue(settings.kinds, settings.home / INTENTS_FOLDER)


def finish_interrupted(home: Path, kinds: Catalogue, models: ModelStore) -> None:
    """Choose the models that kinds of labelled texts came with, where no other fits them.

    A training that was killed between keeping a kind and choosing its model leaves it so.
    """
    for kind in kinds:
        if not isinstance(kind, IntentsKind):
            continue
        try:
            models.active(kind)
        except (StaleWeightsError, UnknownModelError):
            own = read_settings(home / INTENTS_FOLDER / kind.name.removeprefix(FAMILY))["model"]
            try:
                models.use(own, [kind], reason="finished an interrupted training")
            except UnknownModelError as error:
                log.error("no weights", extra={"kind": kind.name, "error": str(error)})
        except BrokenWeightsError as error:
            log.error("weights do not load", extra={"kind": kind.name, "error": str(error)})
