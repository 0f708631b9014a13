"""Routers choose by confidence, budget and mode, and say why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.budget import Budget, Spend
from graphs.routing.certificate import Certificate, CertificateError, CertifiedThreshold
from graphs.routing.decision import Offer
from graphs.routing.policies import FixedRouter, ThresholdRouter, blocked_by, router_for

OFFER = Offer(
    kind="answer",
    confidence=0.9,
    proposer="network",
    fallback="llm",
    model_version="abc",
    slice="math/equations",
)
NO_LIMIT = Budget()
CERTIFICATE = Certificate(
    id="c1",
    risk=0.02,
    assurance=0.9,
    samples=2000,
    thresholds=(
        CertifiedThreshold(
            kind="answer", slice="math/equations", threshold=0.95, model_version="abc"
        ),
    ),
)
sources = st.sampled_from(["rules", "network", "search", "llm", "llm_search", "none"])
offers = st.builds(
    Offer,
    kind=st.sampled_from(["answer", "evaluate"]),
    confidence=st.none() | st.floats(0, 1),
    proposer=sources,
    fallback=sources,
)
spends = st.builds(
    Spend, dollars=st.floats(0, 2), seconds=st.floats(0, 2), llm_calls=st.integers(0, 3)
)
budgets = st.builds(
    Budget,
    dollars=st.none() | st.floats(0, 2),
    seconds=st.none() | st.floats(0, 2),
    llm_calls=st.none() | st.integers(0, 3),
)


def test_router_accepts_a_confidence_that_reaches_the_threshold() -> None:
    decision = ThresholdRouter(0.9).decide(OFFER, NO_LIMIT, Spend())
    assert (decision.source, decision.reason) == ("network", "confident")
    assert (decision.confidence, decision.threshold) == (0.9, 0.9)
    assert (decision.router, decision.model_version) == ("threshold@0.9", "abc")


def test_router_hands_over_when_unsure() -> None:
    decision = ThresholdRouter(0.91).decide(OFFER, NO_LIMIT, Spend())
    assert (decision.source, decision.reason) == ("llm", "unsure")


def test_router_keeps_an_unsure_proposal_when_nothing_stronger_is_left() -> None:
    decision = ThresholdRouter(1.0).decide(replace(OFFER, fallback="none"), NO_LIMIT, Spend())
    assert (decision.source, decision.reason) == ("network", "last_resort")


def test_router_keeps_an_unsure_proposal_when_budget_is_spent() -> None:
    decision = ThresholdRouter(1.0).decide(OFFER, Budget(dollars=0.1), Spend(dollars=0.1))
    assert (decision.source, decision.reason) == ("network", "budget_spent")
    assert "dollars" in decision.detail


def test_a_limit_on_dollars_does_not_forbid_a_search() -> None:
    searching = replace(OFFER, confidence=0.1, fallback="search")
    decision = ThresholdRouter(0.9).decide(searching, Budget(dollars=0.0, llm_calls=0), Spend())
    assert decision.source == "search"


def test_a_limit_on_simulations_does_not_forbid_a_language_model() -> None:
    budget = Budget(simulations=10)
    assert blocked_by("llm", budget, Spend(simulations=10)) is None
    assert blocked_by("llm_search", budget, Spend(simulations=10)) == "simulations"


def test_without_a_network_the_fallback_is_asked() -> None:
    offer = replace(OFFER, confidence=None, proposer="none")
    decision = ThresholdRouter(0.5).decide(offer, NO_LIMIT, Spend())
    assert (decision.source, decision.reason) == ("llm", "no_network")


def test_neural_only_never_asks_a_language_model() -> None:
    router = router_for("neural_only", 1.0)
    decision = router.decide(replace(OFFER, confidence=0.01), NO_LIMIT, Spend())
    assert (decision.source, decision.reason) == ("network", "forced")
    searched = router.decide(replace(OFFER, fallback="search"), NO_LIMIT, Spend())
    assert (searched.source, searched.router) == ("search", "neural_only")


def test_llm_only_never_lets_a_network_answer() -> None:
    router = router_for("llm_only", 0.0)
    assert router.decide(OFFER, NO_LIMIT, Spend()).source == "llm"
    refused = router.decide(OFFER, Budget(llm_calls=1), Spend(llm_calls=1))
    assert (refused.source, refused.reason) == ("none", "budget_spent")
    absent = router.decide(replace(OFFER, fallback="none"), NO_LIMIT, Spend())
    assert (absent.source, absent.reason) == ("none", "no_model")


def test_a_router_from_a_certificate_names_it_in_every_decision() -> None:
    router = ThresholdRouter.from_certificate(CERTIFICATE)
    for confidence in (None, 0.2, 0.96):
        decision = router.decide(replace(OFFER, confidence=confidence), NO_LIMIT, Spend())
        assert decision.certificate_id == "c1"
        assert decision.router == "certified@c1"
        assert decision.source == ("network" if confidence == 0.96 else "llm")


@pytest.mark.parametrize(
    "change", [{"slice": "search/tictactoe"}, {"model_version": "other"}, {"kind": "evaluate"}]
)
def test_what_the_certificate_does_not_cover_is_handed_over(change: dict[str, str]) -> None:
    offer = replace(OFFER, confidence=1.0, **change)
    decision = ThresholdRouter.from_certificate(CERTIFICATE).decide(offer, NO_LIMIT, Spend())
    assert (decision.source, decision.threshold) == ("llm", None)
    assert "does not cover" in decision.detail


def test_a_certificate_with_two_thresholds_for_one_decision_is_refused() -> None:
    with pytest.raises(CertificateError, match="two thresholds"):
        replace(CERTIFICATE, thresholds=CERTIFICATE.thresholds * 2)


@given(offer=offers, budget=budgets, spend=spends, threshold=st.floats(0, 1))
def test_the_same_offer_is_decided_the_same_again(
    offer: Offer, budget: Budget, spend: Spend, threshold: float
) -> None:
    before = replace(spend)
    for mode in ("auto", "neural_only", "llm_only"):
        router = router_for(mode, threshold)
        decision = router.decide(offer, budget, spend)
        assert decision == router_for(mode, threshold).decide(offer, budget, spend)
        assert decision.source in (offer.proposer, offer.fallback, "none")
    assert spend == before


@given(offer=offers, budget=budgets, spend=spends)
def test_the_modes_keep_to_their_side(offer: Offer, budget: Budget, spend: Spend) -> None:
    inner = ThresholdRouter(0.5)
    neural = FixedRouter("neural_only", inner).decide(offer, budget, spend)
    model = FixedRouter("llm_only", inner).decide(offer, budget, spend)
    assert neural.source not in ("llm", "llm_search")
    assert model.source in ("llm", "llm_search", "none")
