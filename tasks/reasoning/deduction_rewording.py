"""Rewrite sentences of deductions into the plain wording that `deduction_sentences` reads.

Verbs within conditions become properties: `any student who studies passes` is read as `any student
who is known to study is known to pass`.
"""

from __future__ import annotations

import re

from tasks.reasoning.deduction_words import singulars

_SOMEONE = (
    r"(?:some|any|every)(?:thing|one|body)|those|people|persons?|things|they|it|whoever|no one"
)
_STATEMENTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), plain)
    for pattern, plain in (
        (r"\b(it|he|she|they|that|there)'(?:s|re) ", r"\1 is "),
        (
            r"^(?:(?:we|i|you)(?: also)? know|it is (?:known|given|a fact|true)|(?:please )?note"
            r"|remember|recall|(?:let us |let's )?(?:suppose|assume|say|imagine)|given"
            r"|(?:as )?everyone knows|it is the case|we are told|i am told) that ",
            "",
        ),
        (r"^(?:as (?:we|everyone) knows?|in fact|of course|by the way|besides),? ", ""),
        (r"\b(is|are) (?:also )?(?:known|said) to be ", r"\1 "),
        (r"\b(is|are)(?: also)? one of the ", r"\1 "),
        (r"\bhappens? to be ", "is "),
        (
            r"\b(is|are)(?: also)? (?:regarded|classified|classed|considered|counted|seen"
            r"|categori[sz]ed)(?: as)? ",
            r"\1 ",
        ),
        (r" (?:counts|qualifies) as ", " is "),
        (r" (?:count|qualify) as ", " are "),
        (r"^(?:nothing|nobody|no-one|none)(?= (?:that|who|which) )", "no one"),
        (
            r"^there (?:is|are) no (.+?) (?:that|who|which) (?:is|are) (.+)$",
            r"no one that is \1 is \2",
        ),
        (r"^(?:nothing|no one|no thing|no \w+) (?:is|can be) both (.+?) and (.+)$",
         r"no one that is \1 is \2"),
        (r"^(?:whoever|whosoever) ", "anyone who "),
        (r"^whatever ", "anything that "),
        (r"^(?:being|to be) (.+?) (?:means|implies|is)(?: being| to be) (.+)$",
         r"everything that is \1 is \2"),
        (r"(?<! is)(?<! are)(?<! can) never (?=[a-z]+$)", " do not "),
    )
)  # fmt: skip
_HOLDS = (
    r"(?:is it (?:\w+ )?(?:true|the case|correct|right|a fact|certain)|is it \w+ to (?:say|conclude"
    r"|claim|infer|state)|does (?:it|this|that) (?:follow|hold|mean|imply|entail)|does it mean"
    r"|do (?:these|the|those) \w+ (?:imply|entail|mean|show|prove)|can it be (?:concluded|inferred"
    r"|said|deduced)|(?:can|may|could|should|must) (?:we|one|i) (?:conclude|infer|deduce|say"
    r"|be sure|be certain)|must it be (?:true|the case)"
    r"|(?:would|do) you (?:say|agree|think|conclude)"
    r"|are we sure|is it certain)"
)
_QUESTIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.I), plain)
    for pattern, plain in (
        (
            r"^(?:(?:could|can|would|will) you(?: please)? |please )?(?:tell me|say|work out|figure"
            r" out|determine|decide|check|judge|find out|help me (?:decide|figure out)) ",
            "tell me ",
        ),
        (rf"^{_HOLDS} that ", "is it true that "),
        (r"\"? ?[-:,.] ?\(?(?=(?:true or false|true/false|right or wrong)\)?$)", ": "),
        (r" (?:then|thus|hence|necessarily|also)(?= )", ""),
        (r"^(?:must|will|would|should) (.+?) be (.+)$", r"is \1 \2"),
        (r"^(?:must|will|would) (?=\S+ [a-z])", "does "),
        (r"^is it true that (?:is|does) ", "is it true that "),
    )
)
_VERB_WORDS = re.compile(r" (?:is|are|was|were|can|has|have|had|must) ")
_RELATIVE = re.compile(
    r"(?P<head>[\w' -]{1,60}?),? (?:that|who|which) (?P<rest>[\w' -]{1,120})", re.I
)
_MANY = re.compile(r"(?:all|those|they|people|things)\b", re.I)
_IF = re.compile(
    rf"(?:if|when|whenever|once) (?P<who>an? [a-z-]+|{_SOMEONE}|a person) (?P<if>[^,]{{1,120}}?)"
    rf"(?:, then|,| then) (?P<it>it|he|she|they|(?P=who)|(?:that|the) \w+) (?P<then>.{{1,120}})",
    re.I,
)
_BE = re.compile(r"(?:is|are|can|has|have|must be) \S")
_NO_VERB = frozenset(
    re.findall(
        r"\w+",
        """is are was were can has have had does do must this its his as us plus less always towards
        and or not the a an who that which than to of never all no""",
    )
)
_TAIL = re.compile(r"(?!.*\b(?:is|are|and|or|not|who|that|which|than|if|then|was|were|does|do)\b)"
                   r"[\w'-]+(?: [\w'-]+){0,4}", re.I)  # fmt: skip


def reworded_statement(text: str) -> str:
    """Return a statement, its contractions written out, in plain wording."""
    for pattern, plain in _STATEMENTS:
        text = pattern.sub(plain, text, count=1)
    text = _without_verbs_if(text) or _without_verbs_relative(text) or text
    if not _VERB_WORDS.search(text):
        text = _doing(re.sub(r"(?<=[a-z]) (?:the|an?) (?=[a-z])", " ", text))
    return text


def reworded_question(text: str) -> str:
    """Return a question in plain wording."""
    for pattern, plain in _QUESTIONS:
        text = pattern.sub(plain, text, count=1)
    return text


def _doing(text: str) -> str:
    """Rewrite `robots do not sleep`, `any student passes`, `no cat barks`."""
    if match := re.fullmatch(r"(no one|[\w' -]{1,60}?) do not (.+)", text, re.I):
        if _TAIL.fullmatch(match[2]) and singulars(match[1].lower().rpartition(" ")[2]):
            return f"{match[1]} are not known to {match[2]}"
        return text.replace(" do not ", " does not ")
    match = re.fullmatch(
        r"(?P<head>(?:any|an?|no|every|each) (?!one\b)[a-z-]+) (?P<rest>.+)", text, re.I
    )
    match = match or re.fullmatch(rf"(?P<head>{_SOMEONE}) (?P<rest>.+)", text, re.I)
    said = _property(match["rest"].split(" "), many=False) if match else None
    if match is None or said is None or re.match(r"(?:every|each) ", text, re.I):
        return text
    return f"{match['head']} is {said}"


def _without_verbs_relative(text: str) -> str | None:
    """Rewrite `any student who studies passes`; None if it is not so, or not in one way."""
    match = _RELATIVE.fullmatch(text)
    if match is None:
        return None
    many = bool(_MANY.match(match["head"])) or bool(
        re.fullmatch(r"[A-Za-z-]+", match["head"]) and singulars(match["head"].lower())
    )
    words = match["rest"].split(" ")
    found = []
    for cut in range(1, len(words)):
        sides = [_said(part, many) for part in (words[:cut], words[cut:])]
        if None not in sides:
            found.append(sides)
    plain = [one for one in found if any("known to" in (side or "") for side in one)]
    if len(plain) != 1 or len(found) != 1:
        return None
    be = "are" if many else "is"
    first, second = (side if _BE.match(side or "") else f"{be} {side}" for side in plain[0])
    return f"{match['head']} who {first} {second}"


def _without_verbs_if(text: str) -> str | None:
    """Rewrite `if someone studies, they pass`."""
    match = _IF.fullmatch(text)
    if match is None:
        return None
    conditions = []
    parts = re.split(r" and (?:(?:it|he|she|they) )?(?=[a-z])", match["if"])
    for part in parts:
        said = _said(part.split(" "), many=bool(_MANY.match(match["who"])))
        if said is None:
            return None
        conditions.append(said)
    then = _said(match["then"].split(" "), many=bool(_MANY.match(match["it"])))
    if then is None or not any("known to" in said for said in (*conditions, then)):
        return None
    if any(_BE.match(said) for said in conditions[1:]):
        conditions = [re.sub(r"^(?:is|are) ", "", said) for said in conditions]
    first = conditions[0] if _BE.match(conditions[0]) else f"is {conditions[0]}"
    then = then if _BE.match(then) else f"is {then}"
    return f"if {match['who']} {' and '.join((first, *conditions[1:]))}, then it {then}"


def _said(words: list[str], many: bool) -> str | None:
    """Return a predicate: `is ...` as it is, or a verb as a property."""
    text = " ".join(words)
    if _BE.match(text):
        rest = text.split(" ", 1)[1]
        lonely = any(word in ("is", "are", "does", "do", "has") for word in rest.split(" "))
        return None if lonely or rest in ("a", "an", "not", "the") else text
    return _property(words, many)


def _property(words: list[str], many: bool) -> str | None:
    """Return `known to study hard` for `studies hard`, `not known to sleep` for `do not sleep`."""
    words = [word for word in words if word not in ("the", "a", "an", "always", "also")]
    if words[:2] in (["do", "not"], ["does", "not"]) and words[2:]:
        rest = " ".join(words[2:])
        return f"not known to {rest}" if _TAIL.fullmatch(rest) else None
    if not words or words[0].lower() in _NO_VERB or not words[0].isalpha():
        return None
    verb = words[0]
    if not many:
        bases = singulars(verb) if verb.endswith("s") and len(verb) > 3 else []
        if not bases:
            return None
        verb = bases[0]
    elif verb.endswith("s") and not verb.endswith("ss"):
        return None
    rest = " ".join((verb, *words[1:]))
    return f"known to {rest}" if _TAIL.fullmatch(rest) else None
