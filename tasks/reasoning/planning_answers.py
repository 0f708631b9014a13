"""Write plans, and find them in what people and models write."""

from __future__ import annotations

import re
from collections.abc import Sequence

NO_PLAN, NO_ACTION = "no plan exists", "no action needed"
MAX_CHARACTERS = 20_000  # from the end of the text
MOST_ACTIONS = 2000
_NONE = re.compile(
    r"\b(?:no (?:valid |such )?(?:plan|solution|sequence)|impossible|not possible"
    r"|un(?:solv|reach|achiev)able|(?:can ?not|can't) be (?:reached|achieved|solved|satisfied|done)"
    r"|contradict\w*|inconsistent)\b",
    re.I,
)
_NOTHING = re.compile(
    r"\b(?:no actions? (?:is |are )?(?:needed|required|necessary)|nothing (?:needs )?to (?:be )?do"
    r"(?:ne)?|empty plan|already (?:holds?|satisfied|reached|met|achieved|true))\b",
    re.I,
)
_LABEL = re.compile(
    r"^[\s*#>`]*(?:(?:the\s)?(?:final\s)?(?:answer|plan|solution)(?:\sis)?\s?[:*]+\s?)?[\s*`]*"
    r"(?:[-\u2022]\s*)?(?:(?:step\s)?\d{1,4}\s?[.):]\s*)?",
    re.I,
)
_WORD = r"(?:the\s|block\s|cube\s)*"


def plan_text(actions: Sequence[str]) -> str:
    """Write one action a line."""
    return "\n".join(actions) if actions else NO_ACTION


def find_plan(blocks: Sequence[str], text: str) -> str | None:
    """Return the plan of a text in canonical form; None if there is none.

    Lines that are an action and nothing else make up the plan where there are any, the last run of
    them if it is the longest; otherwise all actions that the text names do.
    """
    text = text[-MAX_CHARACTERS:].lower().replace("\u2019", "'")
    names = "|".join(re.escape(name) for name in sorted(blocks, key=len, reverse=True))
    one = rf"{_WORD}({names})(?:\s(?:block|cube))?(?![\w-])"
    action = re.compile(
        rf"[(`*\[]*\b(pick[-_ ]?up|put[-_ ]?down|stack|unstack)[\s(:]+{one}"
        rf"(?:[\s,]+(?:(?:up|off|from|down|on|onto|to|top|of|over|at)\s+)*{one})?",
    )
    lines = [_LABEL.sub("", line) for line in text.splitlines() if line.strip()]
    runs: list[list[re.Match[str]]] = [[]]
    several = False
    for line in lines:
        match = action.match(line)
        if match is not None and _ends(line, match):
            runs[-1].append(match)
        else:
            several = several or len(action.findall(line)) > 1
            runs.append([])
    runs = [run for run in runs if run]
    found = [match for run in runs for match in run]
    if several or not found:
        found = list(action.finditer(text))
    elif len(runs[-1]) > 1 and len(runs[-1]) == max(map(len, runs)):
        found = runs[-1]
    if not found:
        short = " ".join(text.split())
        return NO_PLAN if _NONE.search(short) else NO_ACTION if _NOTHING.search(short) else None
    return plan_text([_written(match) for match in found[:MOST_ACTIONS]])


def _ends(line: str, match: re.Match[str]) -> bool:
    """Say whether nothing follows an action but marks, or words about the table."""
    rest = re.sub(r"\b(?:from|on|onto|the|table|down|up)\b", "", line[match.end() :])
    return re.search(r"\w", rest) is None


def _written(match: re.Match[str]) -> str:
    verb = match[1].replace("_", "-").replace(" ", "-")
    verb = {"pickup": "pick-up", "putdown": "put-down"}.get(verb, verb)
    second = match[3] if match[3] and verb in ("stack", "unstack") else None
    return f"({verb} {match[2]} {second})" if second else f"({verb} {match[2]})"
