"""A kind of your own in one file: pay an amount exactly with at most twelve coins.

Check it from the root of the repository:
`PYTHONPATH=. tandem check-kind counting/coins --kinds docs.examples.my_kind`.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tasks.protocol import (
    Answer,
    BatchRules,
    BoolArray,
    Environment,
    FloatArray,
    IllegalActionError,
    InvalidTaskError,
    SolvedBy,
    Split,
    Task,
    Verdict,
    split_seed,
    task_id,
)
from tasks.splits import split_of

MOST_COINS = 12
LARGEST_AMOUNT = 999
PROMPT = re.compile(
    r"\s*pay (\d{1,3}) with coins of (\d{1,3}), (\d{1,3}) and (\d{1,3})\.?\s*", re.I
)


@dataclass(frozen=True, slots=True)
class CoinPayload:
    """The problem itself: what to pay, and the three coins there are, largest first."""

    amount: int
    coins: tuple[int, int, int]


class Purse(NamedTuple):
    """A state: what is left to pay, the coins there are, how many are on the table."""

    left: int
    coins: tuple[int, int, int]
    used: int


class CoinEnvironment:
    """One action puts down one coin; it is won when nothing is left to pay."""

    version = "coins-1"  # change it whenever observations, actions or rules change
    num_actions = 3
    observation_shape: tuple[int, ...] = (8,)
    num_players = 1
    max_steps = MOST_COINS
    discount = 0.99
    rules: BatchRules | None = None

    def initial(self, task: Task) -> Purse:
        """Return the state in which nothing is paid."""
        return Purse(task.payload.amount, task.payload.coins, 0)

    def legal(self, state: Purse) -> BoolArray:
        """Return `[3]` bool: coins that do not overpay."""
        fits = [not self.is_terminal(state) and coin <= state.left for coin in state.coins]
        return np.array(fits, dtype=np.bool_)

    def step(self, state: Purse, action: int) -> Purse:
        """Put down a coin."""
        if not 0 <= action < 3 or not self.legal(state)[action]:
            raise IllegalActionError(f"coin {action} cannot be put down: {self.describe(state)}")
        return Purse(state.left - state.coins[action], state.coins, state.used + 1)

    def is_terminal(self, state: Purse) -> bool:
        """Say whether it is paid, or nothing fits any more."""
        return min(state.coins) > state.left or state.used >= MOST_COINS

    def returns(self, state: Purse) -> FloatArray:
        """Return `[1]`: 1 when paid exactly, otherwise -1."""
        return np.array([1.0 if state.left == 0 else -1.0], dtype=np.float32)

    def to_play(self, state: Purse) -> int:
        """Return the only player."""
        return 0

    def observe(self, state: Purse) -> FloatArray:
        """Return `[8]` in [0, 1]: amount, coins, remainders by coin, coins used."""
        left, coins, used = state
        remainders = [left % coin / coin for coin in coins]
        sizes = [left / LARGEST_AMOUNT, *(coin / LARGEST_AMOUNT for coin in coins)]
        return np.array([*sizes, *remainders, used / MOST_COINS], dtype=np.float32)

    def describe(self, state: Purse) -> str:
        """Return the state as text."""
        a, b, c = state.coins
        return f"{state.left} left to pay with coins of {a}, {b} and {c}, {state.used} put down"

    def describe_action(self, state: Purse, action: int) -> str:
        """Return the action as text."""
        return f"put down a coin of {state.coins[action]}"


class CoinKind:
    """Pay an amount exactly with coins of three kinds."""

    name = "counting/coins"
    title = "pay exactly with coins"
    solved_by: SolvedBy = "learned"
    check_is_public = True  # adding up the coins needs nothing but the prompt
    has_grader = True
    instructions = "Answer with the coins joined by plus signs, for example `10 + 10 + 3`."
    examples: tuple[str, ...] = ("Pay 38 with coins of 20, 9 and 2.",)

    def __init__(self) -> None:
        self._environment = CoinEnvironment()
        self.environment: Environment[Any] | None = self._environment

    def generate(self, seed: int, difficulty: float, split: Split) -> Task:
        """Add up random coins, the more the harder, so that a solution exists."""
        rng = random.Random(f"coins {split_seed(split, seed)}")
        while True:
            coins = sorted(rng.sample(range(2, 60), 3), reverse=True)
            count = 2 + round(difficulty * (MOST_COINS - 4)) + rng.randrange(3)
            payload = CoinPayload(sum(rng.choices(coins, k=count)), (coins[0], coins[1], coins[2]))
            if split_of(str(payload)) == split:  # no problem is in two splits
                break
        a, b, c = payload.coins
        prompt = f"Pay {payload.amount} with coins of {a}, {b} and {c}."
        return self._task(payload, prompt, difficulty, split_seed(split, seed), split)

    def parse(self, text: str) -> Task | None:
        """Read the one form in which this kind is asked."""
        match = PROMPT.fullmatch(text)
        if match is None:
            return None
        amount, a, b, c = map(int, match.groups())
        payload = self.payload_from_json({"amount": amount, "coins": [a, b, c]})
        return self._task(payload, text, 0.5, 0, "test")

    def payload_from_json(self, data: dict[str, Any]) -> CoinPayload:
        """Read back the payload, and refuse one that makes no sense."""
        if set(data) != {"amount", "coins"}:
            raise InvalidTaskError(
                f"coin payload has fields {sorted(data)}; expected amount, coins"
            )
        amount, coins = data["amount"], tuple(data["coins"])
        good = len(coins) == 3 and all(isinstance(n, int) and 0 < n <= LARGEST_AMOUNT
                                       for n in (amount, *coins))  # fmt: skip
        if not good:
            raise InvalidTaskError(
                f"amount {amount}, coins {coins}: expected three coins, all numbers from 1 to 999"
            )
        return CoinPayload(amount, (coins[0], coins[1], coins[2]))

    def answer_from_text(self, task: Task, text: str) -> Answer | None:
        """Find the last sum of numbers in a text."""
        sums = re.findall(r"\b\d{1,3}(?:\s*\+\s*\d{1,3})*\b", text[-2000:])
        return Answer(sums[-1]) if sums else None

    def answer_from_actions(self, task: Task, actions: tuple[int, ...]) -> Answer:
        """Write the coins that were put down."""
        coins = [task.payload.coins[a] for a in actions]
        return Answer(" + ".join(map(str, coins)) or "nothing", actions)

    def grade(self, task: Task, answer: Answer) -> Verdict:
        """Add up the coins; shares no code with the environment."""
        if not re.fullmatch(r"\d{1,3}(\s*\+\s*\d{1,3})*", answer.text):
            return Verdict(False, 0.0, "no sum of coins found; write such as 10 + 10 + 3")
        coins = [int(n) for n in answer.text.split("+")]
        if unknown := [n for n in coins if n not in task.payload.coins]:
            return Verdict(False, 0.0, f"there is no coin of {unknown[0]}")
        if len(coins) > MOST_COINS:
            return Verdict(False, 0.0, f"{len(coins)} coins; at most {MOST_COINS}")
        passed = sum(coins) == task.payload.amount
        return Verdict(passed, float(passed), f"the coins add up to {sum(coins)}")

    def _task(
        self, payload: CoinPayload, prompt: str, difficulty: float, seed: int, split: Split
    ) -> Task:
        name = task_id(self.name, payload, seed, split)
        return Task(name, self.name, prompt, payload, difficulty, seed, split)


KIND = CoinKind()
