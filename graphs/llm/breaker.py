"""Two guards in front of a provider: a circuit breaker, and a pace of requests per second.

Both read an injected clock (seconds, monotonic) and belong to one event loop at a time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
Outcome = Literal["up", "down", "unknown"]


class CircuitBreaker:
    """Stop asking a provider that keeps failing.

    Closed until `failures` calls in a row are down, then open for `pause_seconds`, then half open:
    one probe may pass; it closes the circuit when the provider is up and opens it again when it is
    down.
    """

    def __init__(self, failures: int, pause_seconds: float, clock: Clock) -> None:
        self._limit, self._pause, self._clock = failures, pause_seconds, clock
        self._down = 0
        self._opened_at: float | None = None
        self._probing = False

    def wait_seconds(self) -> float:
        """Return for how long calls are still refused; 0 when one may pass now."""
        if self._opened_at is None:
            return 0.0
        left = self._opened_at + self._pause - self._clock()
        if left > 0:
            return left
        return self._pause if self._probing else 0.0

    def enter(self) -> bool:
        """Note that a call begins, after `wait_seconds` said 0; return whether it is the probe."""
        self._probing = self._opened_at is not None
        return self._probing

    def leave(self, outcome: Outcome, probe: bool) -> None:
        """Note how it ended; a cancelled call is unknown and counts for nothing."""
        if probe:
            self._probing = False
        if outcome == "up":
            self._down, self._opened_at = 0, None
        elif outcome == "down":
            self._down += 1
            if probe or (self._opened_at is None and self._down >= self._limit):
                self._opened_at = self._clock()


class Pace:
    """Let requests start at most `per_second` times a second, evenly; None means no limit."""

    def __init__(self, per_second: float | None, clock: Clock, sleep: Sleep) -> None:
        self._gap = 0.0 if per_second is None else 1.0 / per_second
        self._clock, self._sleep = clock, sleep
        self._next = 0.0

    async def wait(self) -> None:
        """Return when the next request may start."""
        if not self._gap:
            return
        now = self._clock()
        start = max(now, self._next)
        self._next = start + self._gap
        if start > now:
            await self._sleep(start - now)
