"""Documented import path of the hybrid agent; the parts are in `routing`."""

from graphs.routing.guided_search import PolicyGuidedMCTS
from graphs.routing.hybrid_agent import HybridAgent, NoMakerError
from graphs.routing.hybrid_config import HybridConfig, HybridConfigError

__all__ = ["HybridAgent", "HybridConfig", "HybridConfigError", "NoMakerError", "PolicyGuidedMCTS"]
