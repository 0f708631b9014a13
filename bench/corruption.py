"""What graders say of the agent's own answers with one token changed.

    .venv/bin/python bench/corruption.py [--kind KIND ...] [--json OUT] [--quick] [--show]

For every kind that the agent solves by its own means: answers to generated tasks of all
difficulties that the grader passes, each with one number, letter, word or sign replaced by another:
of the answer itself, or of one line of its derivation. What happens to be right as well after the
change (another colouring, a line that says the same) counts against the grader too; kinds that ask
for the best of many solutions have no bound here, because another best one is often a token away.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.report import Report, Row
from tasks.catalogue import default_catalogue
from tasks.protocol import Answer
from tasks.solving import optimises
from training.bootstrap import wilson
from training.solving import fixed_tasks
from training.task_answers import exact_answer

FIRST = 800_000  # index of the first task
CHANGES = 8  # of one answer
TOKEN = re.compile(r"\d+|[A-Za-z]+|[-+*/^=<>]")
SIGNS = "+-*/"


def main() -> int:
    """Measure every kind asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", help="a kind, or the beginning of names")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="40 tasks a kind instead of 200")
    parser.add_argument("--show", action="store_true", help="print what passes")
    parser.add_argument("--seed", type=int, default=1, help="of the changes")
    options = parser.parse_args()
    report = Report(program="corruption", seed=options.seed)
    for kind in default_catalogue():
        asked = options.kind is None or kind.name.startswith(tuple(options.kind))
        if not asked or kind.solved_by not in ("computed", "proved", "heuristic"):
            continue
        tasks = fixed_tasks(kind, "test", 40 if options.quick else 200, first=FIRST)
        refused: dict[str, list[bool]] = {"answers": [], "derivations": []}
        rng = random.Random(f"corruption {options.seed} {kind.name}")
        for task in tasks:
            answer = exact_answer(kind, task)
            for what, changed in changes(answer, rng) if answer is not None else ():
                passed = kind.grade(task, changed).passed
                refused[what].append(passed is False)
                if options.show and passed is not False:
                    print(f"{kind.name}, {what}: {passed}: {task.prompt[:200]!r}: {changed}")
        bound = "" if optimises(kind) else ">= 0.999"
        add_row(report, f"corruption/{kind.name}/answers", refused["answers"], must=bound)
        if refused["derivations"]:
            add_row(report, f"corruption/{kind.name}/derivations", refused["derivations"])
    return report.finish(options.json)


def add_row(report: Report, figure: str, refused: list[bool], must: str = "") -> None:
    """Add the share that was refused."""
    low, high = wilson(sum(refused), len(refused))
    value = sum(refused) / len(refused) if refused else None
    report.add(
        Row(figure=figure, value=value, low=low, high=high, n=len(refused), unit="share", must=must)
    )


def changes(answer: Answer, rng: random.Random) -> Iterator[tuple[str, Answer]]:
    """Yield the answer with one token changed, in its text and in a line of its derivation."""
    for _ in range(CHANGES):
        text = changed_text(answer.text, rng)
        if text is not None:
            yield "answers", replace(answer, text=text)
    for _ in range(CHANGES if answer.derivation else 0):
        derivation = list(answer.derivation)
        place = rng.randrange(len(derivation))
        line = changed_text(derivation[place], rng)
        if line is not None:
            derivation[place] = line
            yield "derivations", replace(answer, derivation=tuple(derivation))


def changed_text(text: str, rng: random.Random) -> str | None:
    """Replace one token; None where there is none."""
    tokens = list(TOKEN.finditer(text))
    if not tokens:
        return None
    token = rng.choice(tokens)
    return text[: token.start()] + other(token[0], text, rng) + text[token.end() :]


def other(token: str, text: str, rng: random.Random) -> str:
    """Return another token of the same sort; words are exchanged for others of the same text."""
    if token.isdigit():
        at = rng.randrange(len(token))
        digit = rng.choice([d for d in "123456789" if d != token[at]])
        return token[:at] + digit + token[at + 1 :]
    if token in SIGNS:
        return rng.choice([sign for sign in SIGNS if sign != token])
    if token.isalpha():
        words = {w for w in re.findall("[A-Za-z]+", text) if len(w) == len(token)} - {token}
        return (
            rng.choice(sorted(words)) if words else token[:-1] + ("q" if token[-1] != "q" else "j")
        )
    return rng.choice([sign for sign in "=<>^" if sign != token])


if __name__ == "__main__":
    sys.exit(main())
