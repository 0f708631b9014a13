"""Split a message into its problems, and hand an earlier answer to the one that asks for it.

Text order is the plan here: a problem may refer back, never ahead. A reference is a name that an
earlier problem solves for (`x` in "then solve 2y = x + 4"), or words such as "the answer".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from langgraph.config import get_stream_writer

from graphs.premises import belongs_after, belongs_before
from graphs.routing.decision import Decision
from graphs.segments import EMPTY_ROW, Segment, equations_in, segments_of
from graphs.state import AgentState, Subtask, json_event
from tasks.catalogue import Catalogue
from tasks.open import MAX_CHARACTERS, open_task
from tasks.protocol import InvalidTaskError, Task

MAX_PROBLEMS = 50  # of one message; each takes up to nine supersteps
MAX_ANDS = 3  # of a sentence that is cut at them
MAX_SEGMENTS = 500  # a longer text is a document, and one question
QUESTION = re.compile(r"\b(?:solve|find|what (?:is|are))\b", re.IGNORECASE)
HALVED_CHARACTERS = 300  # of a segment that is cut at its "and"
BARE = re.compile(r"[-(]?\d")  # a number that belongs to what stands before it
JOINED_SEGMENTS, JOINED_CHARACTERS = 60, 6000  # of one problem of several sentences or lines
LAST_SEGMENTS = 9  # at either end of a problem, that may be another one
MOST_JOINS = 200  # tried in one message
WORDS_FOR_ANSWER = re.compile(
    r"\b(?:the\s+(?:first\s+|previous\s+|last\s+)?(?:answer|result|solution)|that\s+(?:answer|result|value|number)"
    r"|this\s+(?:answer|result|value)|its\s+value)\b|(?<=[=+*/(-] )that(?= ?[-+*/).?]|$)",
    re.IGNORECASE,
)
LEAD_IN = re.compile(
    r"^(?:(?:first(?:ly)?|second(?:ly)?|next|now|also|and|finally|after\s+that|please)\b[,:]?\s+)+",
    re.IGNORECASE,
)
LABEL = re.compile(r"^(?:[^\W\d_]|[' ]){1,40}(?:\d{1,2})?\s?:\s+")  # "Problem 2: "
DEFINITION = re.compile(r"(?:let|suppose|assume|define|given|if|where|with)\b", re.IGNORECASE)
LETTER = re.compile(  # single ones that may be names; "a" and "I" only beside signs
    r"(?<![A-Za-z'\u2019])(?:[b-zB-HJ-Z]|(?<=[-+*/^=(\d])[aAI]|(?<=[-+*/^=(] )[aAI]"
    r"|[aAI](?= ?[-+*/^=)]))(?![A-Za-z'\u2019])"
)
COURTESY = re.compile(
    r"^(?:hi|hello|hey|dear\b.*|good\s+(?:morning|afternoon|evening)|please|thanks?|thank\s+you.*|ok(?:ay)?"
    r"|great|nice|cool|now|next|and|also|and\s+also|first|finally|after\s+that|i\s+have\s+(?:two|some|a)\s+.*)[\s.,!?:]*$",
    re.IGNORECASE,
)


class UnresolvedReferenceError(ValueError):
    """A problem that needs an earlier answer which has no number."""


def decompose(state: AgentState) -> AgentState:
    """Plan the message: its problems, in text order."""
    subtasks = plan_of(state["text"], state["run"].means.kinds, state["facts"])
    decision = Decision(
        kind="decompose",
        source="rules",
        reason="text_order",
        detail=f"{len(subtasks)} in the order of the text",
    )
    plan = [{"text": s.text, "needs": list(s.needs)} for s in subtasks]
    get_stream_writer()(json_event("plan", subtasks=plan))
    return {"subtasks": subtasks, "plan": (decision,)}


class Reader(Protocol):
    """Reads problems; a catalogue does."""

    def parse(self, text: str) -> Task | None:
        """Return the task that a text is, None if it is none, or refuse it."""
        ...


class Remembering:
    """A reader that reads every text once; the pieces of a message are tried in many ways."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[str, Task | InvalidTaskError | None] = {}

    def parse(self, text: str) -> Task | None:
        """Return or raise what the reader did."""
        if text not in self._read:
            try:
                self._read[text] = self._reader.parse(text)
            except InvalidTaskError as error:
                self._read[text] = error
        found = self._read[text]
        if isinstance(found, InvalidTaskError):
            raise found
        return found


def plan_of(text: str, kinds: Catalogue, facts: Mapping[str, str]) -> tuple[Subtask, ...]:
    """Return the problems of a message; one with a fault where the message is too much at once."""
    if len(text) > MAX_CHARACTERS:
        fault = f"the message has {len(text)} characters; at most {MAX_CHARACTERS}"
        return (Subtask(text=text, fault=fault),)
    subtasks = split(text, kinds, facts)
    if len(subtasks) > MAX_PROBLEMS:
        fault = f"the message holds {len(subtasks)} problems; send at most {MAX_PROBLEMS} at once"
        return (Subtask(text=text, fault=fault),)
    return subtasks


def split(text: str, kinds: Catalogue, facts: Mapping[str, str]) -> tuple[Subtask, ...]:
    """Return the problems of a message; the message itself when it holds one or cannot be split."""
    return _split(text, Remembering(kinds), facts)


def _split(text: str, kinds: Reader, facts: Mapping[str, str]) -> tuple[Subtask, ...]:
    whole = _read(text, kinds, facts)
    segments = segments_of(text)
    if whole:
        return (Subtask(text=text, needs=whole),)
    if (
        whole is not None
        and _parses(text, kinds)
        and _own_part(text.strip(), segments, kinds) is None
    ):
        return (Subtask(text=text),)
    known = dict.fromkeys(facts, "1")
    found: list[Subtask] = []
    defined: set[str] = set()  # names that a definition before gave a meaning
    last_is_open = False
    is_riddle: bool | None = None  # of several sentences or rows: the last, if it is a problem
    problems = joins = 0
    if len(segments) > MAX_SEGMENTS:
        return (Subtask(text=text),)
    while segments:
        joined, segment, tried = _joined_ahead(text, segments, kinds, MOST_JOINS - joins)
        joins += tried
        segments = segments[joined:]
        if EMPTY_ROW.fullmatch(segment):
            continue
        parts = equations_in(segment)
        if len(parts) > 1 and _readable(segment, kinds, known) is None:
            segments = [*map(Segment, parts), *segments]
            continue
        halves = _halves(segment, kinds, known)
        if halves is not None:
            segments = [*(Segment(half) for half in halves), *segments]
            continue
        readable = _readable(segment, kinds, known)
        if readable is None:
            if _defines(segment):
                defined |= _letters(segment)
            if is_riddle is not None and not COURTESY.match(segment):
                last_is_open = belongs_after(segment, found[-1].text, is_riddle)
                is_riddle, problems = None, problems - last_is_open
            last_is_open = _append_open(found, segment, last_is_open)
            continue
        is_riddle = joined > 1 or "\n" in segment
        if is_riddle and last_is_open and belongs_before(found[-1].text, segment):
            is_riddle = None
            _append_open(found, segment, last_is_open)
            continue
        last_is_open = False
        problems += 1
        part, needs = readable
        used = (_letters(part) & defined) - {*needs, *_solves_for(part, needs, kinds)}
        if _defines(segment):
            defined |= _letters(segment)
        if used <= known.keys() and _reads_with(part, [*needs, *sorted(used)], kinds):
            needs = (*needs, *sorted(used))
        elif used:
            fault = f"it uses {', '.join(sorted(used))}, defined in words that nothing here reads"
            found.append(Subtask(text=part, fault=fault))
            continue
        found.append(Subtask(text=part, needs=needs))
        known |= dict.fromkeys([*_solves_for(part, needs, kinds), "answer"], "1")
    refused = whole is not None  # two boards look like one of 18 cells: split only into sound ones
    if not problems or (refused and not all(s.needs or _parses(s.text, kinds) for s in found)):
        return (Subtask(text=text),)
    return tuple(found)


def bind(subtask: Subtask, kinds: Catalogue, facts: Mapping[str, str]) -> Task:
    """Make the subtask's task, with earlier answers in the places that refer to them.

    Raises:
        InvalidTaskError: if a kind recognised the text and found it against its rules, or the
            subtask has a fault.
        UnresolvedReferenceError: if a needed earlier answer is not a number.
    """
    if subtask.fault:
        raise InvalidTaskError(subtask.fault)
    missing = [name for name in subtask.needs if name not in facts]
    if missing:
        raise UnresolvedReferenceError(
            f"this problem needs the value of {' and '.join(missing)}, "
            "which an earlier answer did not give"
        )
    text = _substitute(subtask.text, {name: facts[name] for name in subtask.needs})
    task = kinds.parse(text)
    if task is None:
        return open_task(text)
    return replace(task, prompt=text)


def _read(text: str, kinds: Reader, known: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the names a text needs (none for most) if a kind reads it, None if no kind does."""
    refused = False
    try:
        if kinds.parse(text) is not None:
            return ()
    except InvalidTaskError:
        refused = True
    candidates = [
        n for n in known if n != "answer" and re.search(rf"(?<![A-Za-z]){n}(?![A-Za-z])", text)
    ]
    if "answer" in known and WORDS_FOR_ANSWER.search(text):
        candidates.append("answer")
    if candidates and _reads_with(text, candidates, kinds):
        return tuple(candidates)
    # "solve 2y = x + 4 for y" where an earlier problem had a y too: one of them is asked for anew.
    fewer = [[n for n in candidates if n != left_out] for left_out in candidates]
    readable = [names for names in fewer if names and _reads_with(text, names, kinds)]
    if len(readable) == 1:
        return tuple(readable[0])
    return () if refused else None


def _reads_with(text: str, names: Sequence[str], kinds: Reader) -> bool:
    """Say whether a kind reads the text once the names stand for numbers."""
    try:
        return kinds.parse(_substitute(text, dict.fromkeys(names, "2"))) is not None
    except InvalidTaskError:
        return False


def _substitute(text: str, values: Mapping[str, str]) -> str:
    """Put values in brackets where their names, or the words for "the answer", stand."""
    for name, value in values.items():
        if name == "answer":
            text = WORDS_FOR_ANSWER.sub(f"({value})", text)
        else:
            text = re.sub(rf"(?<![A-Za-z]){name}(?![A-Za-z])", f"({value})", text)
    return text


def _solves_for(segment: str, needs: tuple[str, ...], kinds: Reader) -> list[str]:
    """Return the unknown that a problem solves for, if its kind has one."""
    try:
        task = kinds.parse(_substitute(segment, dict.fromkeys(needs, "2")))
    except InvalidTaskError:
        return []
    unknown = getattr(task.payload, "unknown", None) if task is not None else None
    return [unknown] if unknown else []


def _joined_ahead(
    text: str, segments: Sequence[Segment], kinds: Reader, most: int
) -> tuple[int, str, int]:
    """Find the most segments ahead that are one problem together: a drawn board, a riddle.

    Returns:
        How many, what they say, and how many joins were tried.
    """
    first = segments[0]
    tried = 0
    for count in range(min(JOINED_SEGMENTS, len(segments)), 1, -1):
        last = segments[count - 1]
        in_place = first.end and last.end
        if not in_place or last.end - first.start > JOINED_CHARACTERS or tried >= most:
            continue
        tried += 1
        joined = text[first.start : last.end]
        if _parses(joined, kinds):
            own = _own_part(joined, segments[:count], kinds)
            return (count, joined, tried) if own is None else (*own, tried)
    return 1, first.text, tried


def _own_part(text: str, segments: Sequence[Segment], kinds: Reader) -> tuple[int, str] | None:
    """Return the segments and the text of the first problem, if another one follows it.

    Of a text that is read as one problem: a drawing with an equation or a riddle beside it may be
    read with them as idle words.
    """
    first, whole = segments[0], _task_of(text, kinds)
    near = {*range(1, LAST_SEGMENTS), *range(len(segments) - LAST_SEGMENTS, len(segments))}
    for count in sorted(near & set(range(1, len(segments))), reverse=True):
        before, later = segments[count - 1], segments[count]
        if not (first.end and before.end and later.end):
            continue
        own = _task_of(text[: before.end - first.start], kinds)
        rest = _task_of(text[later.start - first.start :], kinds) if own is not None else None
        if own is None or rest is None or whole is None or own.payload == rest.payload:
            continue
        if whole.payload in (own.payload, rest.payload):
            return count, text[: before.end - first.start]
    return None


def _halves(segment: str, kinds: Reader, known: Mapping[str, str]) -> tuple[str, str] | None:
    """Cut at an "and" that has a problem on either side, of a segment that is none as a whole."""
    if not 0 < segment.count(" and ") <= MAX_ANDS or len(segment) > HALVED_CHARACTERS:
        return None
    try:
        if kinds.parse(segment) is not None:
            return None
        is_refused = False
    except InvalidTaskError:
        is_refused = True
    for cut in re.finditer(r",? and ", segment):
        first, second = segment[: cut.start()], segment[cut.end() :]
        if is_refused and "=" not in second and BARE.match(second):
            continue  # "the sum of 3, 4 and 5 divided by 2" is unclear, not two problems
        if _readable(first, kinds, known) and (
            _readable(second, kinds, known) or _halves(second, kinds, known)
        ):
            return first, second
    return None


def _readable(
    segment: str, kinds: Reader, known: Mapping[str, str]
) -> tuple[str, tuple[str, ...]] | None:
    """Return the part of a segment that a kind reads, and the names it needs; None for none."""
    short = LEAD_IN.sub("", segment)
    asked = QUESTION.search(short)
    prefix_says_nothing = asked is not None and "=" not in short[: asked.start()]
    from_question = short[asked.start() :] if asked is not None and prefix_says_nothing else ""
    for part in dict.fromkeys((segment, short, LABEL.sub("", short), from_question)):
        needs = _read(part, kinds, known) if part else None
        if needs is not None:
            return part, needs
    return None


def _defines(segment: str) -> bool:
    """Say whether a segment gives names a meaning: "let x be", or an equation and no question."""
    if DEFINITION.match(segment):
        return True
    return "=" in segment and "?" not in segment and not QUESTION.search(segment)


def _letters(text: str) -> set[str]:
    """Return the single letters of a text that may be names."""
    return set(LETTER.findall(text))


def _append_open(found: list[Subtask], segment: str, last_is_open: bool) -> bool:
    """Keep what no kind reads as a free question, joined with one before; courtesies ask nothing.

    Returns:
        Whether the last subtask is now a free question.
    """
    if COURTESY.match(segment):
        return last_is_open
    if last_is_open:
        found[-1] = Subtask(text=f"{found[-1].text} {segment}")
    else:
        found.append(Subtask(text=segment))
    return True


def _parses(text: str, kinds: Reader) -> bool:
    return _task_of(text, kinds) is not None


def _task_of(text: str, kinds: Reader) -> Task | None:
    try:
        return kinds.parse(text)
    except InvalidTaskError:
        return None
