import asyncio
import threading

import numpy as np
import pytest

from neural.micro_batching import MicroBatcher


class Gate:
    """Judges rows by their number; passes wait until it is open."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.seen: list[list[float]] = []

    def judge(self, observations, legal):
        self.seen.append(observations[:, 0].tolist())
        assert self.open.wait(10)
        if (observations < 0).any():
            raise FloatingPointError("a negative row")
        return legal * observations, observations[:, 0] / 100


def ask(batcher: MicroBatcher, *numbers: float) -> asyncio.Task:
    rows = np.array(numbers, np.float32)[:, None]
    return asyncio.create_task(batcher.judge(rows, np.ones((len(rows), 2), bool)))


async def started(gate: Gate, passes: int) -> None:
    while len(gate.seen) < passes:
        await asyncio.sleep(0.001)


async def test_requests_that_arrive_during_a_pass_form_the_next_one() -> None:
    gate = Gate()
    batcher = MicroBatcher(gate.judge)
    tasks = [ask(batcher, 1)]
    await started(gate, 1)
    tasks += [ask(batcher, 2, 3), ask(batcher, 4)]
    await asyncio.sleep(0)  # the loop runs on while the pass waits
    gate.open.set()
    shares = await asyncio.gather(*tasks)
    assert gate.seen == [[1], [2, 3, 4]]
    assert [s.values.tolist() for s in shares] == [
        pytest.approx([0.01]),
        pytest.approx([0.02, 0.03]),
        pytest.approx([0.04]),
    ]
    assert (batcher.passes, batcher.states) == (2, 4)


async def test_a_pass_holds_at_most_the_given_rows_unless_one_request_is_larger() -> None:
    gate = Gate()
    batcher = MicroBatcher(gate.judge, max_rows=3)
    tasks = [ask(batcher, 1)]
    await started(gate, 1)
    tasks += [ask(batcher, 2, 3), ask(batcher, 4, 5), ask(batcher, 6, 7, 8, 9), ask(batcher, 10)]
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(*tasks)
    assert gate.seen == [[1], [2, 3], [4, 5], [6, 7, 8, 9], [10]]


async def test_a_cancelled_caller_leaves_the_queue_and_harms_nobody() -> None:
    gate = Gate()
    batcher = MicroBatcher(gate.judge)
    running = ask(batcher, 1)
    await started(gate, 1)
    waiting = [ask(batcher, 2), ask(batcher, 3), ask(batcher, 4)]
    await asyncio.sleep(0)
    running.cancel()
    waiting[1].cancel()
    gone = await asyncio.gather(running, waiting[1], return_exceptions=True)
    assert [type(outcome) for outcome in gone] == [asyncio.CancelledError] * 2
    gate.open.set()
    shares = await asyncio.gather(waiting[0], waiting[2])
    assert gate.seen == [[1], [2, 4]]
    assert [float(share.values[0]) for share in shares] == pytest.approx([0.02, 0.04])


async def test_an_error_reaches_all_callers_of_its_pass_and_no_other() -> None:
    gate = Gate()
    batcher = MicroBatcher(gate.judge)
    tasks = [ask(batcher, 1)]
    await started(gate, 1)
    tasks += [ask(batcher, 2), ask(batcher, -3)]
    await asyncio.sleep(0)
    gate.open.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert float(outcomes[0].values[0]) == pytest.approx(0.01)
    assert [type(o) for o in outcomes[1:]] == [FloatingPointError, FloatingPointError]
    assert float((await ask(batcher, 5)).values[0]) == pytest.approx(0.05)


def test_callers_of_several_event_loops_share_one_queue() -> None:
    gate = Gate()
    gate.open.set()
    batcher = MicroBatcher(gate.judge)
    found: dict[int, list[float]] = {}

    async def callers(base: int) -> None:
        shares = await asyncio.gather(*(ask(batcher, base + n) for n in range(20)))
        found[base] = [round(float(s.values[0]) * 100) for s in shares]

    threads = [threading.Thread(target=asyncio.run, args=(callers(base),)) for base in (100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == {base: [base + n for n in range(20)] for base in (100, 200)}
