"""Documented import path of the collectors; the parts are in `selfplay`."""

from training.policy_example import PolicyTrainingExample
from training.selfplay.collecting import CollectorConfig, CollectorConfigError, DataCollector
from training.selfplay.network_games import SelfPlayDataGenerator, UnfitNetworkError

__all__ = [
    "CollectorConfig",
    "CollectorConfigError",
    "DataCollector",
    "PolicyTrainingExample",
    "SelfPlayDataGenerator",
    "UnfitNetworkError",
]
