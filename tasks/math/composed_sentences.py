"""Read a message as definitions and a question that uses them.

Strict: each sentence must be a definition or the question; what questions look like is
`composed_questions`. A definition that starts like one but cannot be read is kept as `unread`, in
case nobody needs it.
"""

from __future__ import annotations

import re

from tasks.math.composed_questions import is_solving, read_noun, read_question
from tasks.math.composed_statement import Statement
from tasks.math.composed_words import expression_in
from tasks.math.plain_text import plain_math, point_decimals

LONGEST_MESSAGE = 4000
MOST_SENTENCES = 24
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
_SENTENCE_END = re.compile(r"(?<=[^\s.])[.;] +|\? +(?!\(?[a-h]\))|! +")
_LET = re.compile(
    r"(?:and |also |now |next |then |first |finally )*"
    r"(?:let(?:'s)?(?: (?:say|us))?|define|put|set|assume|say|given|with|if|consider|where"
    r"|suppose|when|take|i know|we know|we have|you know)"
    r"(?: that)?(?: the (?:function|value|number|variable|equation))?(?: of)?:? (?=[^\s])",
    re.I,
)
_SUPPOSE = re.compile(r"(?:and |also |now )*(?:suppose|assume)(?: that)?:? ", re.I)
_NAME = r"([a-zA-Z])"
_IS = r"(?: ?:?= ?| (?:to )?(?:be|is|are|equals?|denotes?|represents?|as)(?: equal to)? )"
_DERIVATIVE = re.compile(
    rf"{_NAME}(?: ?\({_NAME}\))?{_IS}(?:the )?(?:(first|second|third|fourth|fifth) )?derivative of "
    rf"(.+?)(?: (?:wrt|with respect to) {_NAME})?",
    re.I,
)
_FUNCTION = re.compile(rf"{_NAME} ?\({_NAME}\){_IS}(.+)", re.I)
_VALUE = re.compile(rf"{_NAME}{_IS}(.+)", re.I)
_SOLVES = re.compile(
    rf"{_NAME} (?:solves|satisfies|(?:be|is) (?:the )?(?:solution|root|number that solves)"
    r"(?: of| to)?) (?:the equation )?(.+=.+)",
    re.I,
)
_CALLED = re.compile(
    r"^(?:the )?(?:value|number|variable|constant|function|length|size) (?:of )?"
    r"(?=[a-z](?: |=|\())",
    re.I,
)
_EQUATIONS_APART = re.compile(r" ?, (?:and )?|,(?=[a-zA-Z])| and |;|&")
_NO_NOUN = frozenset({"let", "is", "be", "are", "equals", "equal", "what", "find", "then", "solve"})
_MOST_GAPS = 6
_WORD = re.compile(r"[a-zA-Z]{2,}")


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
        definitions += [_once(one, definitions) for one in read]
    names = frozenset(s.name for s in definitions if s.head)
    functions = frozenset(s.name for s in definitions if s.parameter)
    unknowns = {c for s in definitions if s.verb == "suppose" for p in s.parts for c in p}
    question = read_question(last, names | {c for c in unknowns if c.isalpha()}, functions)
    if question is None:
        return None
    definitions, question = _about_the_last(definitions, question)
    return tuple(s.line for s in definitions), question.line


def _once(one: Statement, before: list[Statement]) -> Statement:
    """Turn `o(n) = 0` into an equation where o is a function already."""
    if one.verb == "formula" and any(s.name == one.name and s.parameter for s in before):
        return Statement("", "suppose", (f"{one.head} = {one.parts[0]}",))
    return one


def read_definitions(sentence: str) -> list[Statement] | None:
    """Return what a sentence defines; None if it is no definition."""
    if _SUPPOSE.match(sentence) and "=" in sentence:
        equations = _equations(_SUPPOSE.sub("", sentence, count=1))
        if equations is not None:
            return [Statement("", "suppose", equations)]
    let = _LET.match(sentence)
    body = sentence[let.end() :] if let else sentence
    found = _one(body)
    if found is not None:
        return [found]
    several = _several(body, bare=False)
    if several is not None:
        return several
    equations = _equations(body)
    if equations is not None:
        return [Statement("", "suppose", equations)]
    several = _several(body, bare=True)
    if several is not None:
        return several
    worded = _in_words(body)
    if worded is not None:
        return [worded]
    several = _several(body, bare=True, words=True)
    if several is not None:
        return several
    if let and (named := re.match(rf"{_NAME}(?: ?\({_NAME}\))?{_IS}", body)):
        return [Statement(named[1], "unread", (sentence,))]
    return None


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
    r"(?:,|(?<=[\w)])) ?(?:then |and |now )*(?=(?:what(?:'?s)?|which|find|calculate|compute"
    r"|determine|solve|evaluate|give|is|does|factor|how much|work out|sort|put|round)\b)",
    re.I,
)
_CONDITION_AFTER = re.compile(
    r",? (?:where|if|when|given(?: that)?|with|for|at) (?=\(?-?\w+ ?(?:\(|=|is |be ))", re.I
)


def _clauses(part: str) -> list[str]:
    """Part `if a = 3 and b = 4, what is a + b` and `what is a + b if a = 3` into sentences."""
    if _LET.match(part):
        for asked in list(_QUESTION_STARTS.finditer(part))[:_MOST_GAPS]:
            before, after = part[: asked.start()].strip(" ,"), part[asked.end() :].strip()
            if _is_readable(before):
                return [before, after]
        return [part]
    if not is_solving(part) and (given := _CONDITION_AFTER.search(part)):
        before, after = part[: given.start()].strip(" ,?"), part[given.end() :].strip()
        if _WORD.search(before) and _is_readable("let " + after):
            return ["let " + after, before]
    return [part]


def _several(body: str, bare: bool, words: bool = False) -> list[Statement] | None:
    """Return the definitions that a text lists: `x = 5 and y is the gcd of 4 and 6`.

    Args:
        body: the text.
        bare: whether equations of any form may stand in the list.
        words: whether phrases may, that perhaps a leaf kind understands.
    """
    for gap in list(_EQUATIONS_APART.finditer(body))[:_MOST_GAPS]:
        first = _one(body[: gap.start()], bare, words)
        rest = _LET.sub("", body[gap.end() :].strip(), count=1)
        if first is not None and rest:
            last = _one(rest, bare, words)
            others = [last] if last is not None else _several(rest, bare, words)
            if others is not None:
                return [first, *others]
    return None


def _one(text: str, bare: bool = False, words: bool = False) -> Statement | None:
    """Return the definition of a name, by a value, by words, or as the solution of an equation."""
    text = text.strip()
    solved = _SOLVES.fullmatch(text)
    if solved and _is_equation(solved[2]):
        return Statement("", "suppose", (_plain(solved[2]),))
    found = _definition(text)
    if found is None and bare and _is_equation(text):
        return Statement("", "suppose", (_plain(text),))
    return _in_words(text) if found is None and words else found


def _is_readable(sentence: str) -> bool:
    found = read_definitions(sentence)
    return found is not None and all(
        one.verb != "unread" and (one.verb != "ask" or len(one.parts) > 1) for one in found
    )


def _definition(body: str) -> Statement | None:
    """Return what `f(x) = 3x` or `a is 4` defines; None if it cannot be read."""
    body = _CALLED.sub("", body.strip(), count=1)
    if match := _DERIVATIVE.fullmatch(body):
        name, parameter, order, expression, letter = match.groups()
        if not _is_expression(expression):
            return None
        if parameter is None:
            letters = {letter} if letter else {*re.findall("[a-zA-Z]", expression)}
            parameter = letters.pop() if len(letters) == 1 else None
        if parameter is None or letter not in (None, parameter):
            return None
        return Statement(f"{name}({parameter})", "derivative",
                         (_plain(expression), parameter, (order or "first").lower()))  # fmt: skip
    if match := _FUNCTION.fullmatch(body):
        name, parameter, expression = match.groups()
        if not _is_expression(expression):
            return None
        return Statement(f"{name}({parameter})", "formula", (_plain(expression),))
    if match := _VALUE.fullmatch(body):
        name, said = match.groups()
        expression = expression_in(said)
        if expression is not None:
            return (
                None
                if name in re.findall("[a-zA-Z]", expression)
                else Statement(name, "value", (expression,))
            )
        return read_noun(name, said)
    return None


def _in_words(body: str) -> Statement | None:
    """Keep a phrase with a number or a letter in it, in case a leaf kind understands it."""
    match = _VALUE.fullmatch(body.strip())
    if match is None:
        return None
    said = match[2].strip()
    words = [word.lower() for word in _WORD.findall(said)]
    if not 1 <= len(words) <= 14 or "=" in said or _NO_NOUN & {*words}:
        return None
    if not re.search(r"\d|\b[b-zB-Z]\b", said):
        return None
    return Statement(match[1], "ask", (f"What is {said}?",))


def _equations(text: str) -> tuple[str, ...] | None:
    """Return the one or two equations that a text consists of."""
    for parts in ([text], _EQUATIONS_APART.split(text)):
        parts = [part.strip() for part in parts]
        if len(parts) <= 2 and all(_is_equation(part) for part in parts):
            return tuple(_plain(part) for part in parts)
    return None


def _is_equation(text: str) -> bool:
    sides = text.split("=")
    return len(sides) == 2 and all(_is_expression(side) for side in sides)


def _is_expression(text: str) -> bool:
    """Say whether a text is an expression without words."""
    return not _WORD.search(text.replace("sqrt", "")) and expression_in(text) is not None


def _plain(text: str) -> str:
    return point_decimals(text.strip())


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
