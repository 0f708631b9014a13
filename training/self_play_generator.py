"""Documented import path of self-play, the face of its parts.

They are in `selfplay`, `extraction`, `datasets` and `task_generators`. CodeGenerationTaskGenerator
follows with its kinds.
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
from training.task_generators import (
    DifficultyRangeError,
    MathProblemGenerator,
    MCTSSearchTaskGenerator,
    MultiStepReasoningGenerator,
    NoTaskError,
)

__all__ = [
    "Action",
    "DifficultyRangeError",
    "ExampleShapeError",
    "ForeignAgentError",
    "MCTSSearchTaskGenerator",
    "MCTSTrace",
    "MalformedEpisodeError",
    "MathProblemGenerator",
    "MultiStepReasoningGenerator",
    "NoTaskError",
    "SelfPlayDataset",
    "SelfPlayEpisode",
    "SelfPlayEpisodeGenerator",
    "SelfPlayTrainer",
    "State",
    "TrainerConfigError",
    "TrainingDataExtractor",
    "TrainingExample",
]
