from __future__ import annotations

import pytest

from graphs.best_first import best_first
from tasks.conformance import check_kind
from tasks.math.polynomials import PolynomialsKind
from tasks.protocol import Answer, Task

KIND = PolynomialsKind()


def solved(task: Task) -> Answer:
    environment = KIND.environment
    assert environment is not None
    found = best_first(
        environment, KIND.guide, environment.initial(task), most_states=KIND.most_states
    )
    answer = KIND.conclude(task, found)
    assert answer is not None, task.prompt
    return answer


def test_the_kind_keeps_the_contract() -> None:
    assert check_kind(KIND) == []


@pytest.mark.parametrize("difficulty", [0.0, 0.5, 1.0])
def test_the_guide_solves_what_is_generated_and_the_grader_checks_every_step(
    difficulty: float,
) -> None:
    for seed in range(60):
        task = KIND.generate(seed, difficulty, "test")
        verdict = KIND.grade(task, solved(task))
        assert verdict.passed, (task.prompt, verdict)
