"""Find a problem of order in a message: who is left of, older than, finished above whom.

A statement is a subject, perhaps a verb, and relations (`taller than Sue but shorter than Tom`).
What a relation says is read by `ordering_relations`. Names are those of a list (`there are five
books: ...`), or else all that are compared.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tasks.protocol import InvalidTaskError
from tasks.reasoning.deduction_problem import LETTERS, MAX_NAMES, DeductionPayload
from tasks.reasoning.deduction_sentences import plain
from tasks.reasoning.deduction_text import Message
from tasks.reasoning.ordering_relations import (
    VERB,
    Relative,
    opposite,
    read_relation,
    read_superlative,
    written,
)
from tasks.reasoning.ordering_words import Directions, cardinal, shared_axis, sign_on

_CUE = re.compile(
    r"\b(?:than|left|right|leftmost|rightmost|\w+est|most|least|above|below|before|after|behind|"
    r"ahead|first|second|third|last|between|order|position|place|next|adjacent)\b|[<>]",
    re.I,
)
_LIST = re.compile(
    r"(?P<intro>[^:]{0,160}?\b(?P<count>two|three|four|five|six|seven|eight|nine|ten|"
    r"\d+)\b[^:]{0,80})"
    r"(?::| -|, namely| called| named) ?(?P<names>[^:]+)",
    re.I,
)
_TELLING = re.compile(
    r"(?P<names>[^:]+?,? and [^:,]+?|[^:]+,[^:,]+?) (?:are|were|is|ran|run|have|had|took|sat|"
    r"sit|stand|"
    r"stood|live|lined|each|all|compete|competed|finished|raced|race|play|played|arrived|wait|"
    r"queue)\b"
    r"(?P<rest>.*)",
    re.I,
)
_WHICH = re.compile(
    r"(?:(?:given|based on|from|according to)[^,]{0,60}, )?(?:which|what)(?: one)?(?: of)?"
    r"(?: the| these)?(?: (?:following|options?|statements?|answers?|conclusions?|above|below))*"
    r"(?: (?:is|are|must be|follows?|can be|holds?|has to be))*"
    r"(?: (?:correct|true|right|valid|concluded|inferred|deduced|certain))*",
    re.I,
)
_SEQUENCE = re.compile(
    r"(?:(?:what|which)(?:'s| is| was)? (?:the )?(?:\w+ )?(?:order|sequence|ranking|arrangement)|"
    r"(?:what|which) order (?:are|do|did|were) .*|in (?:what|which) order .*|"
    r"(?:give|find|tell me|list|state|name|work out|determine|figure out)(?: me)?(?: all)?(?: of)?"
    r"(?: the| them| their)?(?: \w+){0,2}? ?(?:order|sequence|ranking)?|"
    r"(?:order|rank|sort|arrange|list|put|line up)(?: \w+){0,3})"
    r"(?P<rest>(?: (?:of|from|by|in|starting|beginning|going|with|to|according)\b.*)?)",
    re.I,
)
_POLAR = re.compile(r"(?:is|are|was|were|did|does|do|will) (?P<rest>.+)", re.I)
_TRUTH = re.compile(
    r"(?:(?:is it )?(?:true or false|true/false|t/f))[:,]? (?:that )?(?P<after>.+)|"
    r"(?P<before>.+?)[.:,]? \(?(?:true or false|true/false|t/f)\)?|"
    r"(?:is it (?:true|the case|correct) that|(?:determine|decide|tell me|say) (?:whether|if)|"
    r"does it follow that|can (?:we|you|i) (?:conclude|infer|deduce|say|tell)(?: that| if|"
    r" whether)?|"
    r"do we know (?:that|if|whether)) (?P<that>.+)",
    re.I,
)
_WHO = re.compile(
    rf"(?:who|what|which(?: (?:one|of them|of the \w+|"
    rf"[\w-]+(?: \w+)?))?)(?:'s)? (?P<said>(?:{VERB} )?.+)",
    re.I,
)


class _Claim(NamedTuple):
    """A relation that is asked about, and the answer it stands for."""

    subject: str
    relation: Relative
    label: str


class _Names:
    """The names to put in order: given by a list, or collected."""

    def __init__(self, listed: list[str]) -> None:
        self.listed = bool(listed)
        self.names = list(listed)
        self._index = {_key(name): n for n, name in enumerate(listed)}

    def find(self, text: str) -> int | None:
        """Return the number of a name; a new one only if there is no list."""
        key = _key(text)
        if key in self._index:
            return self._index[key]
        if self.listed:
            ends = [
                n
                for k, n in self._index.items()
                if key.endswith(f" {k}") or k.endswith(f" {key}") or k.startswith(f"{key} ")
            ]
            return ends[0] if len(ends) == 1 else None
        if not re.fullmatch(r"[\w'.-]+(?: [\w'.-]+){0,3}", text) or key in _NO_NAMES:
            return None
        self._index[key] = len(self.names)
        self.names.append(_shown(text))
        return self._index[key]


_NO_NAMES = frozenset((
    "it", "he", "she", "they", "who", "which", "what", "all", "everyone", "anyone", "them",
    "everybody", "this",
))  # fmt: skip


def read_order(message: Message) -> DeductionPayload | None:
    """Return the problem of order that a message poses, None if it is none.

    Raises:
        InvalidTaskError: if it is one with too many names, or places beyond the last.
    """
    whole = [*message.statements, message.question, *(text for _, text in message.options)]
    if not any(_CUE.search(text) for text in whole):
        return None
    found = _read_list(message.statements)
    if found is None:
        return None
    listed, statements = found
    names = _Names(listed)
    premises: list[tuple[int, Relative]] = []
    for statement in statements:
        facts = _facts(statement, names)
        if facts is None:
            return None
        premises += facts
    if not premises:
        return None
    return _payload(message, names, premises)


def _payload(
    message: Message, names: _Names, premises: list[tuple[int, Relative]]
) -> DeductionPayload | None:
    question = plain(message.question)
    if len(names.names) > MAX_NAMES:
        raise InvalidTaskError(f"{len(names.names)} names to put in order; at most {MAX_NAMES}")
    known = _Names(names.names)  # a question brings in no new names
    known.listed = True
    asked = _asked(question, message.options, known)
    if asked is None:
        return None
    claims, first_end = asked
    words = [r.directions for _, r in (*premises, *claims_of(claims)) if r.directions]
    if first_end:
        words.append(first_end)
    axis = shared_axis(words) if words else "row"
    if axis is None or len(names.names) < 2:
        return None
    count = len(names.names)
    texts = [written(a, r, axis, count) for a, r in premises]
    if any(text is None for text in texts):
        return None
    if claims is None:
        order = range(1, count + 1)
        if first_end and sign_on(first_end, axis) < 0:
            order = range(count, 0, -1)
        cells = [(f"{LETTERS[n]} == {p}", names.names[n]) for p in order for n in range(count)]
        return DeductionPayload(
            "sequence", tuple(names.names), tuple(t for t in texts if t),
            tuple(cell for cell, _ in cells), tuple(name for _, name in cells),
        )  # fmt: skip
    claimed = [written(a, r, axis, count) for a, r, _ in claims]
    if any(text is None for text in claimed):
        return None
    return DeductionPayload(
        "order",
        tuple(names.names),
        tuple(t for t in texts if t),
        tuple(t for t in claimed if t),
        tuple(label for _, _, label in claims),
    )


Claims = list[tuple[int, Relative, str]]


def claims_of(claims: Claims | None) -> list[tuple[int, Relative]]:
    """Return claims without their labels."""
    return [(subject, relation) for subject, relation, _ in claims or ()]


def _asked(
    question: str, options: list[tuple[str, str]], names: _Names
) -> tuple[Claims | None, Directions | None] | None:
    """Return the claims (None: the order itself), and the end that the order shall start from."""
    if options:
        found = _options(question, options, names)
        return None if found is None else (found, None)
    for reader in (_truth, _either, _polar, _who):
        claims = reader(question, names)
        if claims:
            return claims, None
    if match := _SEQUENCE.fullmatch(question):
        start = re.search(
            r"(?:from|starting with|beginning with)(?: the)? ([\w-]+(?: [\w-]+)?)", match["rest"]
        )
        if start is None:
            return None, None
        first = read_superlative(start[1]) or read_superlative(start[1].split(" ")[0])
        return (None, first.directions) if first else None
    return None


def _options(question: str, options: list[tuple[str, str]], names: _Names) -> Claims | None:
    found: Claims = []
    for letter, text in options:
        facts = _facts(text, names)
        if not facts and (index := names.find(text)) is not None:
            who = _who(question, names)  # the options are names
            facts = [(a, r) for a, r, _ in who or () if a == index]
        elif not _WHICH.fullmatch(question):
            return None
        if not facts or len(facts) != 1:
            return None
        found.append((*facts[0], f"({letter})"))
    return found


def _truth(question: str, names: _Names) -> Claims | None:
    match = _TRUTH.fullmatch(question)
    if match is None:
        return None
    said = match["after"] or match["before"] or match["that"]
    labels = ("yes", "no") if match["that"] else ("true", "false")
    facts = _facts(said, names)
    return _both(facts, labels) if facts and len(facts) == 1 else _polar(said, names, labels)


def _polar(question: str, names: _Names, labels: tuple[str, str] = ("yes", "no")) -> Claims | None:
    match = _POLAR.fullmatch(question)
    facts = _facts(match["rest"], names) if match else None
    return _both(facts, labels) if facts and len(facts) == 1 else None


def _both(facts: list[tuple[int, Relative]], labels: tuple[str, str]) -> Claims:
    (subject, relation), (yes, no) = facts[0], labels
    return [(subject, relation, yes), (subject, opposite(relation), no)]


def _either(question: str, names: _Names) -> Claims | None:
    """Read `Who is taller, Ann or Bob?` and `Is Ann or Bob taller?`."""
    match = re.fullmatch(
        rf"(?:who|which(?: one| of them| \w+)?|"
        rf"what)(?:'s)? (?:(?:{VERB}) )?(.+?)[,:]? (?:the )?([\w' -]+?) or (?:the )?([\w' -]+)",
        question, re.I,
    )  # fmt: skip
    said, pair = (match[1].rstrip(",:"), (match[2], match[3])) if match else ("", ("", ""))
    if match is None:
        return None
    first, second = (names.find(name) for name in pair)
    if first is None or second is None or first == second:
        return None
    relation = read_relation(f"{said} than x") or read_relation(f"{said} x")
    if relation is not None and len(relation) == 1 and relation[0].others == ("x",):
        one = relation[0]
        return [
            (a, one._replace(others=(names.names[b],), indices=(b,)), names.names[a])
            for a, b in ((first, second), (second, first))
        ]
    place = read_relation(said)
    if place is None or len(place) != 1 or place[0].others:
        return None
    return [(n, place[0], names.names[n]) for n in (first, second)]


def _who(question: str, names: _Names) -> Claims | None:
    match = _WHO.fullmatch(question)
    if match is None:
        return None
    said = re.sub(rf"^(?:{VERB}) ", "", match["said"], flags=re.I)
    relation = read_relation(said)
    if relation is None or len(relation) != 1:
        return None
    bound = _bound(relation[0], names)
    if bound is None:
        return None
    return [(n, bound, name) for n, name in enumerate(names.names) if n not in bound.indices]


def _facts(statement: str, names: _Names) -> list[tuple[int, Relative]] | None:
    """Return (name, relation) for each relation that a statement states."""
    text = plain(statement)
    if chain := _chain(text, names):
        return chain
    for match in re.finditer(
        rf"(?:^| )(?:{VERB}) |(?= (?:to the |immediately |directly )?(?:left|right|above|below|"
        rf"before|after|behind|ahead|older|newer|next) )|(?= (?:\w+er|more \w+|less \w+) than )",
                             text, re.I):  # fmt: skip
        subject, said = text[: match.start()].strip(), text[match.end() :].strip()
        if not subject:
            continue
        found = read_relation(said)
        if found is None:
            continue
        people = (
            [subject]
            if names.listed and names.find(subject) is not None
            else (re.split(r",? and |, ", subject))
        )
        result = []
        for who in people:
            index = names.find(who)
            if index is None:
                return None
            for relation in found:
                bound = _bound(relation, names)
                if bound is None or index in bound.indices:
                    return None
                result.append((index, bound))
        return result
    return None


def _chain(text: str, names: _Names) -> list[tuple[int, Relative]] | None:
    """Read `A > B > C`."""
    parts = re.split(r" ?([<>]) ?", text)
    if len(parts) < 3:
        return None
    found = []
    for at in range(0, len(parts) - 2, 2):
        first, second = names.find(parts[at]), names.find(parts[at + 2])
        if first is None or second is None or first == second:
            return None
        sign = 1 if parts[at + 1] == ">" else -1
        found.append((first, Relative("before", frozenset({("size", sign)}), (names.names[second],),
                                      indices=(second,))))  # fmt: skip
    return found


def _bound(relation: Relative, names: _Names) -> Relative | None:
    indices = [names.find(other) for other in relation.others]
    if any(index is None for index in indices) or len({*indices}) < len(indices):
        return None
    return relation._replace(indices=tuple(index for index in indices if index is not None))


def _read_list(statements: list[str]) -> tuple[list[str], list[str]] | None:
    """Return the names of a list among the first statements, and the other statements."""
    for place, statement in enumerate(statements[:3]):
        if match := _LIST.fullmatch(statement):
            names = _split_names(match["names"])
            if len(names) >= 2 and cardinal(match["count"].lower()) == len(names):
                return names, [*statements[:place], *statements[place + 1 :]]
            return None
        if match := _TELLING.fullmatch(statement):
            names = _split_names(match["names"])
            if len(names) >= 2 and not re.search(
                r"\bthan\b|\b(?:left|right) of\b|\bbetween\b", statement
            ):
                return names, [*statements[:place], *statements[place + 1 :]]
    return [], statements


def _split_names(text: str) -> list[str]:
    names = [_shown(one) for one in re.split(r",? and |, ", text.strip(" .")) if one.strip()]
    good = len({_key(one) for one in names}) == len(names)
    return (
        names if good and all(re.fullmatch(r"[\w'.-]+(?: [\w'.-]+){0,4}", n) for n in names) else []
    )


def _shown(text: str) -> str:
    return re.sub(r"^(?:an?|the) ", "", text.strip(), flags=re.I)


def _key(text: str) -> str:
    return _shown(text).casefold()
