"""Tell a provider's failures apart: worth a retry, refused, or none of its business.

Providers' packages are optional, so nothing is imported from them: an exception is judged by its
status code, its class names and the package it comes from. Whatever is not recognised passes as it
is.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any

RETRIED_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_NETWORK = frozenset(
    {"APIConnectionError", "APITimeoutError", "TransportError", "ClientConnectionError"}
)
_PROVIDERS = frozenset(
    {"openai", "anthropic", "httpx", "httpx2", "google", "mistralai", "ollama", "groq", "cohere"}
)


class TransientError(Exception):
    """A failure that may pass: a timeout, a lost connection, status 429 or 5xx.

    Attributes:
        status: HTTP status; None when no answer came, so that nobody knows what was billed.
        retry_after_seconds: what the provider asked for; 0 if nothing.
    """

    def __init__(self, message: str, status: int | None, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_seconds = retry_after_seconds


class RefusedError(Exception):
    """The provider answered and will do so again: a wrong key, a bad request, no quota."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class provider_failures:  # noqa: N801 (a context manager, used like a function)
    """Turn a provider's exception into TransientError or RefusedError; let others pass.

    Cancellation is never touched.
    """

    model: str

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, TransientError | RefusedError):
            return
        status = _status(error)
        about = f"{self.model}: {type(error).__name__}: {str(error)[:300]}"
        if status is not None:
            if (status in RETRIED_STATUS and not _out_of_quota(error)) or status >= 500:
                raise TransientError(about, status, _retry_after(error)) from error
            raise RefusedError(about, status) from error
        names = {parent.__name__ for parent in type(error).__mro__}
        if isinstance(error, TimeoutError | ConnectionError) or names & _NETWORK:
            raise TransientError(about, None, 0.0) from error
        if isinstance(error, Exception) and type(error).__module__.split(".")[0] in _PROVIDERS:
            raise RefusedError(about) from error


def _status(error: BaseException) -> int | None:
    """Return the HTTP status that an exception carries, whichever way its package writes it."""
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "code"):
            status: Any = getattr(holder, name, None)
            if isinstance(status, int) and 400 <= status < 600:
                return int(status)
    return None


def _out_of_quota(error: BaseException) -> bool:
    """Say whether a 429 means an empty account, which waiting does not fill."""
    return getattr(error, "code", None) == "insufficient_quota"


def _retry_after(error: BaseException) -> float:
    """Return the seconds of a Retry-After header; 0 without one (or with a date, which is rare)."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after", 0.0)))
    except ValueError:
        return 0.0
