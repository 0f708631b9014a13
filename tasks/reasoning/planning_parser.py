"""Read problems of the blocks world: PDDL, lists of facts, JSON; `blocks_wording` reads words.

The reader is strict: besides facts a text may hold only words of such a question, so that problems
of other domains, with trucks or balls, are left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from tasks.protocol import InvalidTaskError
from tasks.reasoning.blocks_rewording import reworded
from tasks.reasoning.blocks_wording import Statements, only_known_words, read_statements
from tasks.reasoning.planning_facts import Fact, PlanningPayload, make_payload

MAX_CHARACTERS, MAX_CHARACTERS_OF_WORDS = 8000, 3000
_LOOK = re.compile(r"\bon(?![a-z])|ontable|\bstacks?\b|\btowers?\b|\[[a-z]\b|\btable\b", re.I)
_ASKS = re.compile(
    r"\bto\b|[=-]>|goal|want|target|desired|final|should|need|arrange|\bend\b|so that|into|make"
    r"|reach|achieve|build|put|place|move|\bget|stack|like|must|turn|become|swap"
    r"|\bends|after|finish|reverse|bring|leave",
    re.I,
)
_PREDICATE = r"on[-_]?table|on|clear|holding|(?:hand|arm)[-_]?empty"
_QUOTED = r"[\"'`]?"
_FACT = re.compile(
    rf"[\[(]\s*{_QUOTED}({_PREDICATE}){_QUOTED}((?:[\s,]+{_QUOTED}[a-z0-9_-]+{_QUOTED}){{0,2}})\s*[\])]"
    rf"|\b({_PREDICATE})\s?\(\s*((?:[a-z0-9_-]+\s*,?\s*){{0,2}})\)"
    r"|\b(hand[-_]?empty|arm[-_]?empty)\b()"
)
_BARE_FACT = re.compile(
    rf"(?:(?<=[,;:\n])|^)[ -]*((?:{_PREDICATE})(?: [a-z0-9_-]+){{0,2}})(?=\s*(?:[,;.\n]|$))"
)
_OBJECTS = re.compile(r"\(?:?\b(?:objects|blocks)\b\s*[:=]?\s*((?:[\"'\[,]|\s|[a-z0-9_-])+?)[\])]")
_ONE = r"(?:[a-z]\d{0,2}|\d{1,2}|block_?\d{1,2})"
_LISTED = re.compile(
    r"(?m)^[ ]*(?:\d{1,2} )?(?:the )?(?:blocks|objects|cubes)(?: are| named)?[ ]?[:=]?[ ]?"
    rf"({_ONE}(?:(?:,? and |, ?| ){_ONE}){{0,29}})[.;]?[ ]*$"
)
_HEADERS = re.compile(r"\(\s*define\b|\(\s*(?:problem|:domain|:requirements)\b[^()]*\)|;[^\n]*")
_GOAL = re.compile(
    r"\b(?:(?:the|my|our|with|as|a)\s)*(?:goals?|targets?|desired|final(?:ly)?|end"
    r"|afterwards?|eventually|later|ends?\s(?:up\s)?with|at\sthe\send|after(?=\s?:)|aim|task\sis|finish(?:es|ed)?|result)\b"
    r"(?:\s(?:state|configuration|situation|conditions?|facts?|position|arrangement|setup|is|are|to"
    r"|have|that|be|reach|get|looks?\slike))*"
    r"|\b(?:(?:i|we)(?:\s(?:would|'d))?|i'd|we'd|would)\s(?:need|wish|like)s?\b(?:\sthem\b)?"
    r"(?:\s(?:it|to\s(?:have|get|reach|be|end\sup\swith|see|make|build|achieve|turn\s(?:it|this)\sinto)))*"
    r"|\b(?:(?:i|we)\s)?(?:would\s)?want(?:s|ed)?\b"
    r"(?:\s(?:them|you)\b)?"
    r"(?:\s(?:it|to\s(?:have|get|reach|be|end\sup\swith|see|make|build|achieve|turn\s(?:it|this)\sinto)))*"
    r"|\b(?:so|such)\sthat\b|\bin\sorder\sto\b"
    r"|\b(?:(?:which|they|it)\s)?should\s(?:end\sup|become|be(?:come)?|look\slike)?"
    r"|\b(?:re)?arrange\b(?:\s(?:them|it|the\sblocks|these))?(?:\s(?:so|in)?to)?"
    r"|\b(?:turn|change|transform)\s(?:it|this|them|that|the\s\w+)\s(?:(?:in)?to\b|upside\sdown|around|over)"
    r"|\bmake\sit\sso(?:\sthat)?\b"
    r"|\b(?:how\s(?:do|can|would|to)\s(?:i|we|you|one)?\s?|please\s|now\s|then\s|to\s)*"
    r"(?:get|reach|achieve|make|build)\b"
    r"|\bthat\s(?:puts|places|gets|brings|leaves|has|moves)\b"
    r"|\b(?:to\s)?(?:reverse|invert|flip|rebuild|reorder)\s[^.:(\n]{1,30}:"
    r"|\b(?:put|place|move|stack|bring)\b(?=\s(?:the\s|block\s)*[a-z0-9_]+\s(?:block\s)?on)"
    r"|:goal\b|=>|->|\u2192"
)
_INIT = re.compile(
    r"\b(?:(?:the|my|our|as|an|from|with)\s)*(?:init(?:ial(?:ly)?)?|start(?:ing|s)?|beginning|current(?:ly)?)\b"
    r"(?:\s(?:state|configuration|situation|conditions?|facts?|position|arrangement|setup|from|with"
    r"|is|are|that|i|we|have|has))*"
    r"|\b(?:right\s)?now\b|\bat\s(?:first|the\smoment|present)\b|\bgiven(?:\sthat)?\b|\bif\b|\bwhen\b"
    r"|\bfrom\b|:init\b|\bwhere\b|\bbefore\s?:|\bbeginning\b|\bwe\shave\b|\bi\shave\b"
)


def read_problem(text: str) -> PlanningPayload | None:
    """Return the problem that a text describes; None if it is no such text.

    Raises:
        InvalidTaskError: if it surely is one, but its initial state contradicts itself, or its goal
            names blocks that are not there.
    """
    if len(text) > MAX_CHARACTERS or not _LOOK.search(text) or not _ASKS.search(text):
        return None
    text = re.sub(r"(?<!\w)'|'(?!\w)", " ", text.lower().replace("\u2019", "'"))
    if text.lstrip()[:1] == "{":
        return _read_json(text)
    if not re.search(r"[(\[{]", text):
        text = _BARE_FACT.sub(r" (\1)", text)
    if len(text) <= MAX_CHARACTERS_OF_WORDS:
        text = reworded(text)
        if re.search(r"\|\s*:?-{2}", text):
            return None  # a table of something else
    parts = _sections(text)
    if parts is None:
        return None
    formal = [_FACT.findall(part) for part in parts[:2]]
    if all(formal):
        rest, blocks = _without_headers(" ".join((*parts[2:], *parts[:2])))
        if not only_known_words(_FACT.sub(" ", rest)):
            return None
        init_facts, goal_facts = ([_fact(match) for match in part] for part in formal)
        return make_payload(init_facts, goal_facts, blocks)
    if len(text) > MAX_CHARACTERS_OF_WORDS:
        return None
    init, goal = read_statements(parts[0], parts[1], parts[2])
    if init is None or goal is None or not _are_placed(init.facts):
        return None
    known = _named(init) | set(goal.blocks)
    wanted = _named(goal)
    if not wanted <= known and not _are_all_placed(init.facts):
        return None  # where a block stands was not read
    return make_payload(init.facts, goal.facts, known | wanted)


def _are_placed(facts: Sequence[Fact]) -> bool:
    """Say whether it is said where blocks stand at first; if it is not, more was not read."""
    return any(fact[0] in ("on", "ontable", "holding") for fact in facts)


def _are_all_placed(facts: Sequence[Fact]) -> bool:
    """Say whether each block that facts name has its place, so that another is on the table."""
    placed = {fact[1] for fact in facts if fact[0] in ("on", "ontable", "holding")}
    return {name for fact in facts for name in fact[1:]} <= placed


def _named(said: Statements) -> set[str]:
    return {name for fact in said.facts for name in fact[1:]} | set(said.blocks)


def _sections(text: str) -> tuple[str, str, str] | None:
    """Return the initial state, the goal and the rest; None without a goal."""
    first = _GOAL.search(text)
    if first is None:
        return _from_to(text)
    if len(re.findall(r"\bgoal\b", text)) > 1 and len(re.findall(r"\bgoals?\s?[:=]", text)) > 1:
        return None  # two problems
    before = text[: first.start()]
    if _has_place(before):
        return before, text[first.end() :], ""
    start = _INIT.search(text, first.end())
    while start is not None and not _has_place(text[first.end() : start.start()]):
        start = _INIT.search(text, start.end())
    if start is not None:
        return text[start.end() :], text[first.end() : start.start()], before
    sentence = re.search(r"[.;\n]", text[first.end() :])
    if sentence is None:
        return None
    cut = first.end() + sentence.end()
    return text[cut:], text[first.end() : cut], before


def _from_to(text: str) -> tuple[str, str, str] | None:
    """Cut `from ... to ...`."""
    start = re.search(r"\bfrom\b", text)
    if start is None:
        return None
    for end in re.finditer(r"\bto\b", text):
        before, after = text[start.end() : end.start()], text[end.end() :]
        if _has_place(before) and _has_place(after):
            return before, after, text[: start.start()]
    return None


def _has_place(text: str) -> bool:
    """Say whether some block is said to be somewhere."""
    return bool(re.search(r"\bon\b|ontable|on-table|[\[({|]|\btable\b|stack|\bhold", text))


def _read_json(text: str) -> PlanningPayload | None:
    """Read `{"init": [...], "goal": [...]}`, with the objects or without."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = {
        "init",
        "initial",
        "initial_state",
        "goal",
        "goal_state",
        "objects",
        "blocks",
        "domain",
    }
    if not isinstance(data, dict) or not set(data) <= known:
        return None
    init = data.get("init") or data.get("initial") or data.get("initial_state")
    goal = data.get("goal") or data.get("goal_state")
    if not isinstance(init, list) or not isinstance(goal, list):
        return None
    if not all(isinstance(fact, list) and fact for fact in (*init, *goal)):
        return None
    objects: Any = data.get("objects") or data.get("blocks") or []
    names = objects if isinstance(objects, list) else []
    if not all(isinstance(name, str) for name in names):
        raise InvalidTaskError("objects is a list of names of blocks")
    return make_payload(map(_plain_fact, init), map(_plain_fact, goal), names)


def _plain_fact(fact: Sequence[Any]) -> Fact:
    """Return a fact with its predicate as we spell it."""
    return (_predicate(str(fact[0])), *(str(part) for part in fact[1:]))


def _predicate(text: str) -> str:
    return re.sub(r"[-_]", "", text).replace("arm", "hand")


def _fact(match: tuple[str, ...]) -> Fact:
    """Return the fact that `_FACT` found."""
    predicate = _predicate(match[0] or match[2] or match[4])
    blocks = re.findall(r"[a-z0-9_-]+", match[1] or match[3])
    if predicate == "on" and blocks[1:] == ["table"]:
        return ("ontable", blocks[0])
    return (predicate, *blocks)


def _without_headers(text: str) -> tuple[str, list[str]]:
    """Return the text without the head of a PDDL problem, and the blocks that this lists."""
    text = _HEADERS.sub(" ", text)
    found = _OBJECTS.search(text) or _LISTED.search(text)
    if found is None:
        return text, []
    names = re.findall(r"[a-z0-9_-]+", found[1])
    blocks = [
        name
        for place, name in enumerate(names)
        if name != "-" and not (place and names[place - 1] == "-")
    ]
    return text[: found.start()] + text[found.end() :], blocks
