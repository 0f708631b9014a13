"""`POST /predict`: one decision of a network."""

from __future__ import annotations

import time

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.prediction import Predictor
from app.routes.common import Caller, Wired
from app.schemas import Prediction, PredictRequest

router = APIRouter(tags=["predict"])


@router.post("/predict", operation_id="predict", response_model=Prediction)
async def predict(
    asked: PredictRequest, request: Request, services: Wired, caller: Caller
) -> JSONResponse:
    """Choose an action for an observation; the confidence speaks of the most probable action."""
    started = time.perf_counter()
    predictor: Predictor = request.app.state.predictor
    action, evaluation, net = await predictor.decide(asked)
    services.metrics.observe_prediction(net.name, evaluation.seconds, evaluation.confidence)
    told = {
        "action": action,
        "confidence": evaluation.confidence,
        "value": evaluation.value,
        "latency_ms": round((time.perf_counter() - started) * 1000.0, 3),
    }
    return JSONResponse(told)  # of the form of Prediction; checking it would cost more than it
