"""Read a message as definitions and a question that uses them.

Strict: each sentence must be a definition or the question; what questions look like is
`composed_questions`, and definitions `composed_definitions`.
"""

from __future__ import annotations

import re

from tasks.math.composed_definitions import LET, is_readable, read_definitions
from tasks.math.composed_questions import is_solving, read_question
from tasks.math.composed_statement import Statement
from tasks.math.plain_text import plain_math

LONGEST_MESSAGE = 4000
MOST_SENTENCES = 24
_MOST_STARTS = 6
_HINT = re.compile(r"=|\b[a-zA-Z] (?:is|be|equals) |\b(?:let|suppose|digit|divide|multiple"
                   r"|factors?|prime|composite|remainder"
                   r"|common|round|rounded|be|equals?)\b", re.I)  # fmt: skip
_HEADING = re.compile(
    r"^(?:(?:hi|hey|hello|ok|okay|so|please|pls)(?: there)?[ ,:.!]+"
    r"|(?:(?:a |one |my )?(?:quick |short |small )?(?:one|question|problem|thing|exercise|homework"
    r"|puzzle)|(?:please )?help(?: me)?"
    r"(?: with this)?|(?:i )?need help(?: with this)?) ?[:,] ?)+",
    re.I,
)
_TAIL = re.compile(
    r"[.?!;,] ?(?:(?:just|only)(?: (?:give|tell|show|want|need)(?: me)?)? ?(?:the )?(?:final )?"
    r"(?:number|answer|result|value|letter|name)|answer only|no (?:explanation|steps|working)"
    r"(?: needed| please)?|show (?:your|the) (?:work|working|steps))[ .!]*$",
    re.I,
)
_WANTS_NUMBER = re.compile(r"\b(?:just|only) (?:give |tell )?(?:me )?the (?:number|value)\b", re.I)
_SENTENCE_END = re.compile(r"(?<=[^\s.])[.;] +|\? +(?!\(?[a-h]\))|(?<![\d)])! +")


_PRIMED = re.compile(r"(?<![a-zA-Z])([a-zA-Z])'\(([a-zA-Z])\)$")
_IT = re.compile(r"\b(is|does|round|factor) it\b", re.I)
_ITS = re.compile(r"\bits ((?:prime )?(?:factors|divisors|factori[sz]ation)|[a-z]+ digit)\b", re.I)


def read_message(text: str) -> tuple[tuple[str, ...], str] | None:
    """Return the definitions' lines and the question's; None if the text is no such problem.

    Raises:
        InvalidTaskError: if a number can be read in two ways.
    """
    if len(text) > LONGEST_MESSAGE or not _HINT.search(text) or "|" in text or "{}" in text:
        return None
    if not any(map(str.isdigit, text)):
        return None
    sentences = _sentences(text)
    if sentences is None:
        return None
    *before, last = sentences
    definitions: list[Statement] = []
    for sentence in before:
        read = read_definitions(sentence)
        if read is None:
            return None
        for one in read:
            definitions.append(_once(one, definitions))
    names = frozenset(s.name for s in definitions if s.head)
    functions = frozenset(s.name for s in definitions if s.parameter)
    last = _without_pronouns(last, [s.name for s in definitions if s.head])
    unknowns = {c for s in definitions if s.verb == "suppose" for p in s.parts for c in p}
    question = read_question(last, names | {c for c in unknowns if c.isalpha()}, functions)
    if question is None:
        return None
    if question.verb == "choose" and _WANTS_NUMBER.search(text):
        question = Statement("", "ask", (question.parts[0], *question.parts[2:]))
    definitions, question = _about_the_last(definitions, question)
    return tuple(s.line for s in definitions), question.line


def _without_pronouns(question: str, names: list[str]) -> str:
    """Put the last names defined where a question says `it`, `its` or `their`."""
    if names:
        last = names[-1]
        question = _IT.sub(rf"\1 {last}", question)
        question = _ITS.sub(rf"the \1 of {last}", question)
    question = _PRIMED.sub(r"the derivative of \1(\2) wrt \2", question)
    if len(names) == 2:
        question = re.sub(r"\btheir ([a-z ]+)$", rf"the \1 of {names[0]} and {names[1]}",
                          question, flags=re.I)  # fmt: skip
    return question


def _once(one: Statement, before: list[Statement]) -> Statement:
    """Turn `o(n) = 0` into an equation where o is a function already."""
    if one.verb == "formula" and any(s.name == one.name and s.parameter for s in before):
        return Statement("", "suppose", (f"{one.head} = {one.parts[0]}",))
    return one


def _sentences(text: str) -> list[str] | None:
    """Return the sentences in plain characters, the question last; None if there are too many."""
    text = re.sub(r"\s*\n\s*(?=\(?[a-h]\))", " ", text)
    text = re.sub(r"(?<=[^\s.;,:?!])[ \t]*\n\s*", "; ", text)
    text = _TAIL.sub("", _HEADING.sub("", plain_math(text), count=1))
    text = re.sub(r" +(?=[.;,?!](?: |$))", "", text)
    parts = [part.strip(" ,:") for part in _SENTENCE_END.split(text)]
    parts = [part for part in parts if part]
    parts = [piece for part in parts for piece in _clauses(part)]
    if not 1 <= len(parts) <= MOST_SENTENCES:
        return None
    return parts


_QUESTION_STARTS = re.compile(
    r"(?:,|(?<=[\w)])) ?(?:then |and |now |finally,? )*(?=(?:what(?:'?s)?|which|find|calculate"
    r"|compute|determine|solve|evaluate|give|is|does|factor|how much|work out|sort|put|round)\b)",
    re.I,
)
_CONDITION_AFTER = re.compile(
    r",? (?:where|if|when|given(?: that)?|with|for|at) (?=\(?-?\w+ ?(?:\(|=|is |be ))", re.I
)


def _clauses(part: str) -> list[str]:
    """Part `if a = 3 and b = 4, what is a + b` and `what is a + b if a = 3` into sentences."""
    if LET.match(part):
        for asked in list(_QUESTION_STARTS.finditer(part))[:_MOST_STARTS]:
            before, after = part[: asked.start()].strip(" ,"), part[asked.end() :].strip()
            if is_readable(before):
                return [before, after]
        return [part]
    if not is_solving(part) and (given := _CONDITION_AFTER.search(part)):
        before, after = part[: given.start()].strip(" ,?"), part[given.end() :].strip()
        if re.search("[a-zA-Z]{2}", before) and is_readable("let " + after):
            return ["let " + after, before]
    return [part]


def _about_the_last(
    definitions: list[Statement], question: Statement
) -> tuple[list[Statement], Statement]:
    """Turn `Suppose E. Calculate z.` into a question to solve E for z."""
    asked = question.parts[0]
    if question.verb != "value" or not re.fullmatch("[a-zA-Z]", asked) or not definitions:
        return definitions, question
    last = definitions[-1]
    if last.verb != "suppose" or any(s.name == asked for s in definitions if s.head):
        return definitions, question
    if len(last.parts) == 1 and re.search(rf"(?<![a-zA-Z]){asked}(?![a-zA-Z])", last.parts[0]):
        return definitions[:-1], Statement(asked, "solve", last.parts)
    return definitions, question
