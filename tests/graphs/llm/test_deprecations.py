"""Deprecated calls of LangChain, LangGraph and LangSmith fail the tests."""

from __future__ import annotations

import pytest


def test_a_deprecated_langgraph_argument_is_an_error() -> None:
    from langgraph.graph import StateGraph

    with pytest.raises(DeprecationWarning, match="config_schema"):
        StateGraph(dict, config_schema=dict)  # type: ignore[call-arg]


def test_a_deprecated_langsmith_call_is_an_error() -> None:
    from langsmith import Client

    client = Client(api_url="http://127.0.0.1:9", api_key="k", info={}, auto_batch_tracing=False)
    with pytest.raises(DeprecationWarning, match="list_runs"):
        list(client.list_runs(limit=1))


def test_a_deprecated_langchain_call_is_an_error() -> None:
    from langchain_core._api.deprecation import warn_deprecated

    with pytest.raises(DeprecationWarning, match="old"):
        warn_deprecated("1.0", message="old", removal="3.0")
