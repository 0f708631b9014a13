"""Documented import path of self-play; the parts are in `selfplay`, `extraction` and `datasets`.

The task generators follow with their kinds.
"""

from training.datasets import ExampleShapeError, SelfPlayDataset
from training.extraction import TrainingDataExtractor, TrainingExample
from training.selfplay.episode_generator import ForeignAgentError, SelfPlayEpisodeGenerator
from training.selfplay.traces import (
    Action,
    MalformedEpisodeError,
    MCTSTrace,
    SelfPlayEpisode,
    State,
)
from training.selfplay.trainer import SelfPlayTrainer
from training.selfplay.trainer_config import TrainerConfigError

__all__ = [
    "Action",
    "ExampleShapeError",
    "ForeignAgentError",
    "MCTSTrace",
    "MalformedEpisodeError",
    "SelfPlayDataset",
    "SelfPlayEpisode",
    "SelfPlayEpisodeGenerator",
    "SelfPlayTrainer",
    "State",
    "TrainerConfigError",
    "TrainingDataExtractor",
    "TrainingExample",
]
