from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graphs.budget import Budget, Spend
from graphs.episode import Draft, Episode, Step, new_id
from graphs.mcts.summary import SearchSummary
from graphs.routing.decision import Decision
from graphs.store.store import Store
from tasks.catalogue import Catalogue, default_catalogue
from tasks.protocol import Answer, Verdict

MakeEpisode = Callable[..., Episode]


@pytest.fixture(scope="session")
def kinds() -> Catalogue:
    return default_catalogue()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "home") as opened:
        yield opened


@pytest.fixture
def make_episode(kinds: Catalogue) -> MakeEpisode:
    """Return a maker of episodes that have everything: steps, search, drafts, decisions."""

    def make(kind: str = "math/equations", seed: int = 0, **changes: object) -> Episode:
        task = kinds["open"].parse("a question") if kind == "open" else None
        task = task or kinds[kind].generate(seed, 0.3, "train")
        decision = Decision(kind="answer", source="network", reason="confident", confidence=0.9)
        summary = SearchSummary((3, 0, 1), (0.5, 0.0, 0.5), (0.25, 0.0, -1.0), 0.1, 4, 3, 2, 0.01)
        step = Step(
            state="before",
            legal=(0, 2),
            to_play=0,
            action=2,
            action_text="after",
            search=summary,
            decision=decision,
        )
        answer = Answer("x = 1", (2,), ("x = 1",))
        fields: dict[str, object] = {
            "id": new_id(),
            "task": task,
            "solver": "agent",
            "versions": {"code": "0.1.0"},
            "mode": "auto",
            "seed": seed,
            "budget": Budget(dollars=0.5, simulations=100),
            "spend": Spend(seconds=0.25, simulations=4),
            "outcome": "solved",
            "started_at": 1_700_000_000.0 + seed,
            "origin": "http",
            "answer": answer,
            "verdict": Verdict(True, 1.0, "checked"),
            "confidence": 0.9,
            "source": "network",
            "steps": (step,),
            "drafts": (Draft(answer=answer, source="network", confidence=0.9, passed=True),),
            "decisions": (decision,),
            "tags": {"use": "test"},
        }
        return Episode(**{**fields, **changes})  # type: ignore[arg-type]

    return make
