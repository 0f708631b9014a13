"""Say what went wrong over HTTP: OpenAI's form on its own paths, RFC 9457 problems on all others.

No body of a request is echoed and no stack trace is shown. The broad `except` of the HTTP edge is
the handler of `Exception` here.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from neural.model_files import BrokenWeightsError, StaleWeightsError

log = logging.getLogger(__name__)

OPENAI_PATHS = ("/v1/chat/", "/v1/models")
TITLES = {
    400: "Bad request",
    401: "No valid API key",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Body too large",
    415: "Unsupported media type",
    421: "Host not served here",
    422: "Cannot be processed",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available now",
}


class ApiError(Exception):
    """A refusal with its status.

    Attributes:
        code: one word for programs, such as `no_model`.
        param: the field of the request that is at fault.
        headers: of the response.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.param = status, message, code, param
        self.headers = dict(headers or {})


def install(app: FastAPI) -> None:
    """Make every error leave the server in one of the two forms."""
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(StaleWeightsError, _weights_error)
    app.add_exception_handler(BrokenWeightsError, _weights_error)
    app.add_exception_handler(Exception, _unforeseen)


def error_object(message: str, status: int, code: str, param: str | None = None) -> dict[str, Any]:
    """Return OpenAI's form of an error."""
    kind = {401: "authentication_error", 429: "rate_limit_error"}.get(status, "")
    kind = kind or ("server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def error_response(
    path: str,
    status: int,
    message: str,
    code: str,
    param: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the error in the form that the path speaks."""
    if path.startswith(OPENAI_PATHS):
        body = error_object(message, status, code, param)
        return JSONResponse(body, status, dict(headers or {}))
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": message,
        "code": code,
    }
    if param is not None:
        problem["param"] = param
    return JSONResponse(problem, status, dict(headers or {}), "application/problem+json")


async def _api_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ApiError)
    return error_response(
        request.url.path, error.status, error.message, error.code, error.param, error.headers
    )


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    if first["type"] == "json_invalid":
        what, place = f"the body is not JSON: {first['ctx']['error']}", ""
    else:
        what = f"{place or 'body'}: {first['msg']}"
    more = len(error.errors()) - 1
    message = what + (f" (and {more} more)" if more else "")
    status = 400 if request.url.path.startswith(OPENAI_PATHS) or not place else 422
    return error_response(request.url.path, status, message, "invalid_request", place or None)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}.get(status)
    message = str(error.detail)
    if status == 404 and message == "Not Found":
        message = f"nothing at {request.url.path[:200]}"
    return error_response(
        request.url.path, status, message, code or "invalid_request", headers=error.headers
    )


async def _weights_error(request: Request, error: Exception) -> JSONResponse:
    """Say which weights cannot be used and what to do; nothing is wrong with the request."""
    log.error("weights not usable", extra={"reason": str(error)})
    return error_response(request.url.path, 503, str(error), "weights_not_usable")


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", exc_info=error, extra={"path": request.scope.get("path", "")})
    message = "an error of the server, not of the request; its log says which"
    return error_response(request.url.path, 500, message, "internal_error")
