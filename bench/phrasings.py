"""What the agent makes of problems as people type them, kind by kind.

    .venv/bin/python bench/phrasings.py [--kind KIND ...] [--json OUT] [--show] [--data DIR]

The texts (`tests/samples/phrasings`, or DIR with files of the same form, such as
`tests/samples/phrasings_later`) were written by somebody who had not seen the parsers; their
answers were checked by program. The first set was looked at when the parsers were widened, the
later one was not. An answer counts as solved if it has the sample's value, whatever its wording,
and as wrong if it has another one and the agent does not itself mark it as failing its check.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage

from app.benchmark.math_judging import same_answer
from bench.report import Report, Row
from graphs.agent import Agent, shipped_means
from graphs.episode import Episode
from graphs.state import RunOptions
from training.bootstrap import wilson

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "samples" / "phrasings"
IMPOSSIBLE = re.compile(
    r"\bno (?:plan|path|way|solution|real)|impossible|unreachable|\bnot\b|cannot|unsolvable", re.I
)


def main() -> int:
    """Ask every phrasing and sum up by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", help="a kind, or the beginning of names")
    parser.add_argument("--data", type=Path, default=SAMPLES)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was not solved")
    options = parser.parse_args()
    report = Report(program="phrasings", seed=0)
    came = answered(options.data, tuple(options.kind or ("",)))
    for kind, results in sorted(came.items()):
        solved = sum(result == "solved" for _, result, _ in results)
        low, high = wilson(solved, len(results))
        value = solved / len(results)
        report.add(
            Row(
                figure=f"phrasings/{kind}/solved",
                value=value,
                low=low,
                high=high,
                n=len(results),
                unit="share",
                aim=">= 0.9",
            )
        )
        wrong = sum(result == "wrong" for _, result, _ in results) / len(results)
        report.add(Row(figure=f"phrasings/{kind}/wrong", value=wrong, n=len(results), unit="share"))
        for sample, result, said in results if options.show else ():
            if result != "solved":
                print(f"{result}: {sample['text']!r} -> {said!r}, not {sample['answer']!r}")
    return report.finish(options.json)


def answered(folder: Path, kinds: tuple[str, ...]) -> dict[str, list[tuple[Any, str, str]]]:
    """Return per kind the samples, what came of them, and what was said."""
    agent = Agent(shipped_means())
    came: dict[str, list[tuple[Any, str, str]]] = defaultdict(list)
    with asyncio.Runner() as runner:
        for file in sorted(folder.glob("*.jsonl")):
            samples = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
            for sample in samples:
                if not sample["kind"].startswith(kinds):
                    continue
                run = agent.run([HumanMessage(sample["text"])], RunOptions(origin="evaluation"))
                episode = runner.run(run)
                came[sample["kind"]].append((sample, came_of(sample, episode), said_in(episode)))
    return dict(came)


def said_in(episode: Episode) -> str:
    """Return the answer, or in brackets why there is none."""
    answer = last_of(episode).answer
    return answer.text if answer is not None else f"({episode.failure[:200]})"


def came_of(sample: dict[str, Any], episode: Episode) -> str:
    """Return solved, wrong or abstained; of a text that was split the last answer counts."""
    episode = last_of(episode)
    refused = episode.verdict is not None and episode.verdict.passed is False
    if episode.answer is not None and is_right(sample, episode):
        return "solved"
    return "abstained" if episode.answer is None or refused else "wrong"


def last_of(episode: Episode) -> Episode:
    """Return the episode of the last part."""
    return episode.children[-1] if episode.children else episode


def is_right(sample: dict[str, Any], episode: Episode) -> bool:
    """Compare by value."""
    truth, text = sample["answer"], sample["text"]
    assert episode.answer is not None
    said = episode.answer.text
    verified = episode.verdict is not None and bool(episode.verdict.passed)
    impossible = IMPOSSIBLE.search(said) is not None
    if isinstance(truth, bool):
        if sample["kind"] == "math/game24":
            return verified and impossible != truth
        return said.strip().lower() in (("true", "yes") if truth else ("false", "no"))
    if truth is None:
        return impossible
    if isinstance(truth, str):
        return is_same_text(text, truth, said)
    if "roots" in truth:
        return (
            impossible if not truth["roots"] else same_answer("", ", ".join(truth["roots"]), said)
        )
    if "factors" in truth:
        return same_answer("factor", truth["factors"], said)
    if "solution" in truth:
        return "".join(re.findall(r"\d", said)) == truth["solution"]
    if "colorable" in truth:
        return verified and impossible != truth["colorable"]
    if "optimal_length" in truth:
        length = truth["optimal_length"]
        if length is None or impossible:
            return verified and impossible == (length is None)
        return verified and len(episode.answer.actions) == length  # of another length: misread
    for name in ("length", "cost", "value"):
        if name in truth:
            found = re.search(rf"\b{name} (?:is |= ?)?(\d+(?:\.\d+)?)", said)
            return found is not None and abs(float(found[1]) - truth[name]) <= slack(text, name)
    values = dict(re.findall(r"(\w+) ?= ?(-?[\d/.]+)", said))
    return set(values) == set(truth) and all(
        same_answer("", truth[n], v) for n, v in values.items()
    )


def slack(text: str, name: str) -> float:
    """Return how far a number may be off: the samples round every leg of a tour, said or not."""
    unsaid = name == "length" and "round" not in text.replace("round trip", "")
    return 0.5 * len(re.findall(r"\d+ ?, ?-?\d+", text)) if unsaid else 0.0


def is_same_text(text: str, truth: str, said: str) -> bool:
    """Compare numbers and expressions by value, words by their letters."""
    if re.search(r"[a-z]{3}", truth.lower().replace("sqrt", "")):
        plain = [re.sub(r"[^a-z0-9 ]", "", part.lower()).strip() for part in (truth, said)]
        return plain[0] == plain[1] or bool(re.search(rf"^{plain[0]} | {plain[0]}$", plain[1]))
    if re.fullmatch(r"\([A-Z]\)", truth):
        return said.strip("() ").upper()[:1] == truth[1]
    return same_answer(text, truth, said)


if __name__ == "__main__":
    sys.exit(main())
