"""A number that changes over the iterations of a training run."""

from __future__ import annotations

import math
from dataclasses import dataclass


class ScheduleError(ValueError):
    """A text that is no schedule."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Goes evenly from `start` in iteration 1 to `end` in iteration `iterations`, and stays.

    Attributes:
        start, end: 0 or more.
        iterations: 1 or more.
    """

    start: float
    end: float
    iterations: int

    def __post_init__(self) -> None:
        if not (self.start >= 0.0 and self.end >= 0.0 and self.iterations >= 1):
            raise ScheduleError(
                f"schedule {self.start}:{self.end}:{self.iterations}; numbers must be 0 or more, "
                "iterations 1 or more"
            )

    def at(self, iteration: int) -> float:
        """Return the number in an iteration, from 1."""
        share = min((iteration - 1) / max(self.iterations - 1, 1), 1.0)
        return self.start + share * (self.end - self.start)


def read_schedule(text: str, highest: float = math.inf) -> Schedule:
    """Read `START:END:ITERATIONS`, or one number that stays.

    Args:
        text: as it was typed.
        highest: that start and end may be.

    Raises:
        ScheduleError: if it is neither, or goes too high.
    """
    parts = text.split(":")
    try:
        if len(parts) == 1:
            parts = [text, text, "1"]
        start, end, iterations = parts
        schedule = Schedule(float(start), float(end), int(iterations))
    except ScheduleError:
        raise
    except ValueError:
        raise ScheduleError(
            f"schedule {text!r}; write START:END:ITERATIONS, such as 0.25:0.1:20, or one number"
        ) from None
    if max(schedule.start, schedule.end) > highest:
        raise ScheduleError(f"schedule {text!r}; its numbers must be {highest:g} or less")
    return schedule
