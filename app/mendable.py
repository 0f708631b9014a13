"""The errors whose message tells the user what to do; the command line prints them as one line."""

from __future__ import annotations

from app.benchmark.records import BenchmarkDataError
from app.settings import SettingsError
from graphs.llm.models import MissingPackageError, ModelSettingsError
from graphs.llm.scripted import ScriptedSpecError
from graphs.redaction import RedactionError
from graphs.store.database import StoreError
from neural.model_files import BrokenWeightsError, StaleWeightsError
from neural.model_store import UnknownModelError
from tasks.catalogue import KindModuleError, UnknownKindError

MENDABLE = (
    BenchmarkDataError,
    SettingsError,
    MissingPackageError,
    ModelSettingsError,
    ScriptedSpecError,
    RedactionError,
    StoreError,
    BrokenWeightsError,
    StaleWeightsError,
    UnknownModelError,
    KindModuleError,
    UnknownKindError,
)
