"""Every kind passes the conformance checks, and each planted fault is found by its own check."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from docs.examples.my_kind import CoinEnvironment, CoinKind, Purse
from tasks.catalogue import KindModuleError, default_catalogue
from tasks.conformance import check_kind
from tasks.protocol import Answer, BatchRules, IllegalActionError, Task, Verdict
from tasks.search.tictactoe import TicTacToeKind
from tasks.search.tictactoe_rules import compiled_legal, compiled_observe, from_words, to_words

ROOT = Path(__file__).parents[2]
COIN = CoinKind()


@pytest.mark.parametrize("name", [kind.name for kind in default_catalogue()])
def test_every_kind_that_ships_conforms(name: str) -> None:
    assert [f.text() for f in check_kind(default_catalogue()[name])] == []


def test_the_documented_example_conforms_and_is_found_by_its_module_name() -> None:
    catalogue = default_catalogue(["docs.examples.my_kind"])
    assert [f.text() for f in check_kind(catalogue["counting/coins"])] == []
    task = catalogue.parse("Pay 38 with coins of 20, 9 and 2.")
    assert task is not None
    assert catalogue["counting/coins"].grade(task, Answer("20 + 9 + 9")).passed
    with pytest.raises(KindModuleError, match="cannot import"):
        default_catalogue(["docs.examples.no_such_kind"])


def test_the_documented_example_works_outside_this_repository(tmp_path: Path) -> None:
    source = (ROOT / "docs" / "examples" / "my_kind.py").read_text()
    (tmp_path / "their_kind.py").write_text(source)
    code = (
        "from tasks.catalogue import default_catalogue\n"
        "from tasks.conformance import check_kind\n"
        "print(len(check_kind(default_catalogue(['their_kind'])['counting/coins'])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )
    assert done.stdout == "0\n"


class Unseeded(CoinKind):
    _count = itertools.count()

    def generate(self, seed: int, difficulty: float, split: Any) -> Task:
        return replace(super().generate(next(self._count), difficulty, split), seed=seed)


class Monotonous(CoinKind):
    def generate(self, seed: int, difficulty: float, split: Any) -> Task:
        task = super().generate(seed % 9, 0.5, split)
        start = {"train": 0, "calibration": 10**9, "test": 2 * 10**9}[split]
        return self._task(task.payload, task.prompt, difficulty, start + seed, split)


class Leaking(CoinKind):
    def generate(self, seed: int, difficulty: float, split: Any) -> Task:
        task = super().generate(seed, difficulty, "train")
        start = {"train": 0, "calibration": 10**9, "test": 2 * 10**9}[split]
        return self._task(task.payload, task.prompt, difficulty, start + seed, split)


class Greedy(CoinKind):
    def parse(self, text: str) -> Task | None:
        return super().parse(text) or super().parse(self.examples[0])


class Forgetful(CoinKind):
    def payload_from_json(self, data: dict[str, Any]) -> Any:
        return replace(super().payload_from_json(data), amount=1)


class Careless(CoinKind):
    def payload_from_json(self, data: dict[str, Any]) -> Any:
        known = {"amount": data.get("amount", 1), "coins": data.get("coins", [3, 2, 1])}
        return super().payload_from_json(known)


class Generous(CoinKind):
    def grade(self, task: Task, answer: Answer) -> Verdict:
        verdict = super().grade(task, answer)
        return verdict if "no sum" in verdict.feedback else Verdict(True, 1.0)


class Blind(CoinKind):
    def grade(self, task: Task, answer: Answer) -> Verdict:
        return Verdict(True, 1.0)


class Strict(CoinKind):
    def grade(self, task: Task, answer: Answer) -> Verdict:
        return Verdict(False, 0.0)


class Deaf(CoinKind):
    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        return None


class Crashing(CoinKind):
    def grade(self, task: Task, answer: Answer) -> Verdict:
        return Verdict(int(answer.text) > 0, 1.0)


class Nameless(CoinKind):
    name = "Coins!"


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (Unseeded, "generator repeats itself"),
        (Monotonous, "tasks are distinct"),
        (Leaking, "splits are disjoint"),
        (Greedy, "parse leaves other texts alone"),
        (Forgetful, "payload through JSON"),
        (Careless, "broken payload"),
        (Generous, "corrupted answers fail"),
        (Blind, "nonsense fails"),
        (Strict, "a solution passes"),
        (Deaf, "answer_from_text reads right answers"),
        (Crashing, "answers"),
        (Nameless, "name"),
    ],
)
def test_a_faulty_kind_is_found_out(kind: type[CoinKind], check: str) -> None:
    assert check in [finding.check for finding in check_kind(kind())]


class Permissive(CoinEnvironment):
    def step(self, state: Purse, action: int) -> Purse:
        return Purse(state.left - state.coins[action % 3], state.coins, state.used + 1)


class Random(CoinEnvironment):
    _rng = np.random.default_rng(1)

    def step(self, state: Purse, action: int) -> Purse:
        return super().step(state, action)._replace(used=int(self._rng.integers(99)))


class Wide(CoinEnvironment):
    observation_shape = (9,)


class Double(CoinEnvironment):
    def observe(self, state: Purse) -> Any:
        return super().observe(state).astype(np.float64)


class Infinite(CoinEnvironment):
    def observe(self, state: Purse) -> Any:
        return super().observe(state) / np.float32(0)


class Rich(CoinEnvironment):
    def returns(self, state: Purse) -> Any:
        return super().returns(state) * 3


class Stuck(CoinEnvironment):
    def is_terminal(self, state: Purse) -> bool:
        return state.left == 0

    def legal(self, state: Purse) -> Any:
        fits = [0 < coin <= state.left for coin in state.coins]
        return np.array(fits, dtype=np.bool_)


class Vague(CoinEnvironment):
    def describe(self, state: Purse) -> str:
        return "some coins"


class Listed(CoinEnvironment):
    def initial(self, task: Task) -> Any:
        return [*super().initial(task)]

    def describe(self, state: Any) -> str:
        return super().describe(Purse(*state))


@pytest.mark.parametrize(
    ("environment", "check"),
    [
        (Permissive, "illegal actions are refused"),
        (Random, "step is pure"),
        (Wide, "observe"),
        (Double, "observe"),
        (Infinite, "observe"),
        (Rich, "returns"),
        (Stuck, "legal"),
        (Vague, "describe tells states apart"),
        (Listed, "states are hashable"),
    ],
)
def test_a_faulty_environment_is_found_out(environment: type[CoinEnvironment], check: str) -> None:
    kind = CoinKind()
    kind.environment = environment()
    with np.errstate(all="ignore"):
        assert check in [finding.check for finding in check_kind(kind)]


def test_compiled_rules_that_differ_are_found_out() -> None:
    def wrong_step(state: Any, action: int, out: Any) -> int:
        out[:] = state[1], state[0] | 1 << action
        return 0  # never notices the end

    kind = TicTacToeKind()
    assert kind.environment is not None
    kind.environment.rules = BatchRules(
        2, wrong_step, compiled_legal, compiled_observe, to_words, from_words
    )
    assert [finding.check for finding in check_kind(kind)] == ["compiled step"]


def test_findings_say_what_was_expected_and_what_to_do() -> None:
    (finding, *_) = check_kind(Strict())
    text = finding.text()
    assert "expected: passed True" in text
    assert "to do:" in text


def test_missing_attributes_are_named_before_anything_is_run() -> None:
    @dataclass
    class Hollow:
        name: str = "some/kind"

    (finding,) = check_kind(Hollow())  # type: ignore[arg-type]
    assert "solved_by" in finding.found


def test_the_example_refuses_what_does_not_fit() -> None:
    with pytest.raises(IllegalActionError):
        CoinEnvironment().step(Purse(1, (3, 2, 2), 0), 0)
