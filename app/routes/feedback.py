"""`POST /v1/feedback`: what somebody says of an answer, durable before it is acknowledged."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from app.errors import ApiError
from app.routes.common import Caller, Wired
from app.schemas import FeedbackRequest
from graphs.redaction import redact_json, redact_text
from graphs.store.episodes import UnknownEpisodeError, owner_of

router = APIRouter(tags=["feedback"])


@router.post("/v1/feedback", operation_id="create_feedback", status_code=201)
async def create_feedback(asked: FeedbackRequest, services: Wired, caller: Caller) -> Response:
    """Record a score, value, comment or correction for an episode or a subtask of it."""
    try:
        if services.store.read(partial(owner_of, episode_id=asked.episode_id)) != caller:
            raise UnknownEpisodeError(f"no episode {asked.episode_id!r} in the store")
        record = await services.writer.save_feedback(
            key=asked.key,
            episode_id=asked.episode_id,
            score=asked.score,
            value=redact_json(asked.value, services.redaction),
            comment=redact_text(asked.comment, services.redaction),
            correction=redact_json(asked.correction, services.redaction),
            source="api",
        )
    except UnknownEpisodeError as error:
        raise ApiError(404, str(error), "not_found", "episode_id") from error
    body = {"id": record.id, "episode_id": asked.episode_id, "key": record.key}
    return JSONResponse(body, 201)
