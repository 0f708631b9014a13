"""Take a message apart: sentences, lettered options, and which sentence asks.

Shared by the readers of both forms; what a sentence says is their affair.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

MAX_CHARACTERS = 8000
_SPELLINGS = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‑": "-",
    "\u00a0": " ", "\u2009": " ", "\t": " ", "\r": "\n", "…": ".",
    "→": ". ", "⇒": ". ", "∴": ". ", "≤": "<", "≥": ">",
})  # fmt: skip
_BULLET = re.compile(r"(?:[-*•·]|\(?\d{1,2}[.)]) +")
_OPTION = re.compile(r"\(?([A-J])[).:] +(.+)")
_INLINE_OPTION = re.compile(r"(?:(?<=\s)|^)\(?([A-J])\) ")
_LABEL = re.compile(
    r"(?:(?:here(?:'s| is) )?(?:an?|my|the|another|one|this)?(?: ?(?:quick|small|little|simple|"
    r"easy|logic|"
    r"logical|reasoning|deduction|another|ordering))+ (?:question|puzzle|problem|riddle|one|task)|"
    r"(?:could|can|would|will) you(?: please)? (?:check|solve|answer|look at|help (?:me )?with|"
    r"do|try) (?:this|these|the following|that)(?: \w+)?|"
    r"(?:please |now |ok |so )*(?:decide|judge|evaluate|check|determine|tell me|"
    r"(?:what|here(?:'s| is) what|this is what|all) (?:we|i) (?:know|have|am given)(?: is)?|"
    r"the question(?: is)?|"
    r"my question(?: is)?|here is what (?:we|i) know|what (?:we|i) know|we know|which is it|"
    r"remember|note|rank|order|setup|set-up|set up|story|scenario)|"
    r"(?:some|the|these|those|my) (?:facts|rules|premises|statements|clues)|"
    r"(?:premise|fact|rule|clue|statement|hint|given)s? ?(?:no\.? ?|#)?\d{0,2}|"
    r"context|facts?|premises?|rules?|given|question|q|query|(?:the )?statements?|problem|"
    r"puzzle|"
    r"logic puzzle|clues?|options|choices|answer choices|answer|here are the facts|"
    r"here is the puzzle|info(?:rmation)?|known|riddle|assumptions?|hypotheses|background|"
    r"(?:consider|assume|suppose|take|given|here are|use)(?: (?:the|these|this|following|some))*"
    r"(?: (?:facts?|premises?|statements?|rules?|clues?|information|sentences))?) ?: *",
    re.I,
)
_FRAMES = re.compile(
    r"(?:the following (?:statements|paragraphs?) .{0,60}fixed order(?: .{0,60})?|"
    r"the statements are logically consistent(?: .{0,60})?|"
    r"(?:please |just |only )*(?:answer|respond|reply)(?: me)?(?: only)?(?: with| by| using| in)? "
    r"?[^.]{0,60}|"
    r"(?:please |and )*(?:explain|show|justify|give)(?: me)?(?: your| the| why| how| all| a)? ?"
    r"(?:reasoning|steps?|work|proof|answer|why|how|briefly|derivation)?|"
    r"(?:let's )?(?:think|reason) .{0,30}step by step|"
    r"(?:hi|hello|hey|thanks|thank you|please|please help|help|help me(?: out)?)(?: there| all)?|"
    r"(?:(?:please |can you |could you )*(?:help me )?(?:solve|look at|consider|read) (?:this|"
    r"the|these)"
    r"(?: following| logic| reasoning| deduction| little| ordering| small)*"
    r"(?: (?:puzzle|problem|riddle|facts?|statements?|premises|question|clues))?)(?: please|"
    r" for me)?|"
    r"(?:here(?:'s| is| are) (?:a|an|the|some|my)(?: \w+){0,3}"
    r" (?:puzzle|problem|riddle|facts|statements|premises|question|clues))|"
    r"(?:i have|i've got|got) (?:a|an|this)(?: \w+){0,2} (?:puzzle|problem|riddle|"
    r"question)(?: for you)?|"
    r"(?:which|what) (?:is|of .{0,40} is) (?:correct|true|right)|"
    r"we know (?:the following|that)|(?:these|the following)(?: facts)? (?:are|hold) true)",
    re.I,
)
_COURTESY = re.compile(
    r"(?:(?:tell me,|so tell me,?|please|hi|hello|hey|ok|okay|so|now|well|quick question|hmm|"
    r"thanks)[,!:]? +)+",
    re.I,
)
_TAIL = re.compile(r"[, ]+(?:please|thanks|thank you|pls)(?=[.?!]*$)", re.I)
_CLAIM = re.compile(
    r"(?:(?:the )?(?:conclusion|claim|hypothesis|statement to (?:check|judge|evaluate|prove)|"
    r"statement in question|to prove|prove or disprove|verify|assertion)) ?: *(.+)",
    re.I,
)
_TRUTH = re.compile(
    r"(?:is (?:it|this|that)(?: statement| claim| conclusion)? )?\(?(?:true or false|true/false|"
    r"t/f|"
    r"yes or no|right or wrong|true, false,? or (?:unknown|uncertain|undetermined))\)?|"
    r"is (?:it|this|that|the (?:statement|claim|conclusion))(?: true| correct| right| valid)|"
    r"(?:correct|right|true|valid|does it follow|does this follow|does that follow)",
    re.I,
)


_JOINT = re.compile(r",? (?:and|but|while|whereas)(?: also)?,? (?:that |if )?|, (?:if |that )?")
MOST_JOINTS = 16
LONGEST_SENTENCE = 1500
_IF_FIRST = re.compile(
    r"(?P<truth>true or false: )?(?:if|given that|given|suppose(?: that)?|assume(?: that)?|"
    r"assuming(?: that)?|since|knowing that|say) (?P<given>(?!(?:only |all |the |these |"
    r"this )*(?:above|following|"
    r"statements|information|facts|premises|clues)).+)(?:, then|,| then) "
    r"(?P<asked>(?:(?:is|are|was|were|can|does|do|did|has|have|who|which|what|true or false|"
    r"is it true)\b|(?<=then )).+)",
    re.I,
)
_IF_LAST = re.compile(
    r"(?P<asked>(?:is|are|was|were|can|does|did|who|which|what) .+?),? (?:if|given that|when) "
    r"(?P<given>.+)",
    re.I,
)
_SO = re.compile(
    r"(?P<given>(?!(?:given|based on|from|according to)\b).+)(?:, (?:so|then|and|thus|therefore|"
    r"hence),? |, | so | - )"
    r"(?P<asked>(?:is|are|was|were|who|who's|which|what|what's|does|did|can|true or false)\b.+)",
    re.I,
)
_COLON = re.compile(
    r"(?P<asked>(?:order|rank|sort|arrange|list|put)(?: [^:]+)?): (?P<given>.+)", re.I
)


_BARE = re.compile(
    r"true or false|true/false|t/f|is (?:the|this) (?:following )?(?:statement|claim|conclusion|"
    r"sentence)(?: below)? (?:true or false|true|correct|right|valid)",
    re.I,
)
_REQUEST = re.compile(
    r"(?:true or false|true/false|t/f|determine|decide|(?:rank|sort|arrange|list|put|order) |"
    r"find (?:the|out)|name the|tell me|i want to know|i need to know|i wonder|i am wondering|"
    r"i'd like to know|state |say |work out|figure out|give the order)",
    re.I,
)
_TRUE_AT_END = re.compile(r"[:,(] ?(?:true or false|true/false|t/f|yes or no)\)?$", re.I)
_INTERROGATIVE = re.compile(
    r"(?:is|are|was|were|can|does|did|do|who|who's|which|what|what's|true or false) ", re.I
)


class Message(NamedTuple):
    """The parts of a message, without closing full stops.

    Attributes:
        statements: what is given.
        question: what is asked, without the question mark; a statement whose truth is asked for
            stands after `true or false: `.
        options: (letter, text) of the lettered options.
    """

    statements: list[str]
    question: str
    options: list[tuple[str, str]]


def take_apart(text: str) -> Message | None:
    """Return the parts of a message, or None if it asks nothing or is too long.

    Premises within the question (`if all cats purr and Tom is a cat, is Tom ...`) are among the
    statements.
    """
    if len(text) > MAX_CHARACTERS:
        return None
    text = re.sub(r" {2,}", " ", text.translate(_SPELLINGS).replace("**", "").replace("=>", ". "))
    text = re.sub(r"\b([Ww]hat|[Ww]ho)s\b", r"\1's", text)
    sentences, options = _sentences(text)
    if any(len(sentence) > LONGEST_SENTENCE for sentence, _ in sentences):
        return None
    statements: list[str] = []
    question = ""
    for place, (sentence, asks) in enumerate(sentences):
        if _BARE.fullmatch(question):  # `True or false? Ella is kind. Ella is a nurse. ...`
            question = f"true or false: {sentence}"
        elif (claim := _CLAIM.fullmatch(sentence)) and not question:
            question = f"true or false: {claim[1]}"
        elif _TRUTH.fullmatch(sentence) and (question or statements):
            question = question or f"true or false: {statements.pop()}"
        elif question and _FRAMES.fullmatch(sentence):
            continue
        elif asks or (not question and _asks(sentence, last=place == len(sentences) - 1)):
            if question and (match := _COLON.fullmatch(question)):
                statements.append(match["given"])
            elif question and not options:
                return None  # two questions
            question = sentence
        elif not _FRAMES.fullmatch(sentence):
            statements.append(sentence)
    if not question and options:
        question = "which is correct"
    return _with_given(Message(statements, question, options)) if question else None


def split_statements(text: str, reads: Callable[[str], bool]) -> list[str] | None:
    """Split joined statements (`all cats purr and Tom is a cat`) so that each part can be read.

    Returns the fewest parts, the whole text if it can be read; None if there is no way.
    """
    if reads(text):
        return [text]
    joints = list(_JOINT.finditer(text))
    if not joints or len(joints) > MOST_JOINTS:
        return None
    starts = [0, *(joint.end() for joint in joints)]
    ends = [*(joint.start() for joint in joints), len(text)]
    best: list[list[str] | None] = [None] * len(starts)  # of the text from each start on
    for first in reversed(range(len(starts))):
        for last in reversed(range(first, len(ends))):
            rest = [] if last == len(ends) - 1 else best[last + 1]
            part = text[starts[first] : ends[last]]
            shorter = rest is not None and (
                best[first] is None or len(rest) + 1 < len(best[first] or ())
            )
            if rest is not None and shorter and reads(part):
                best[first] = [part, *rest]
    return best[0]


def _with_given(message: Message) -> Message:
    """Take premises out of the question: `if all cats purr and Tom is a cat, is Tom ...`."""
    question = message.question
    match = _IF_FIRST.fullmatch(question)
    if match:
        return message._replace(
            statements=[*message.statements, match["given"].strip(" ,")],
            question=f"{match['truth'] or ''}{match['asked']}",
        )
    if not _INTERROGATIVE.match(question) and (match := _SO.fullmatch(question)):
        return message._replace(
            statements=[*message.statements, match["given"].strip(" ,")], question=match["asked"]
        )
    if (match := _IF_LAST.fullmatch(question)) or (match := _COLON.fullmatch(question)):
        return message._replace(
            statements=[*message.statements, match["given"].strip(" ,")], question=match["asked"]
        )
    return message


def _asks(sentence: str, last: bool) -> bool:
    """Say whether a sentence without a question mark asks: as a request, or at the end."""
    if _REQUEST.match(sentence) or _TRUE_AT_END.search(sentence):
        return True
    match = _IF_FIRST.fullmatch(sentence)
    return last and bool(_INTERROGATIVE.match(match["asked"] if match else sentence))


def _sentences(text: str) -> tuple[list[tuple[str, bool]], list[tuple[str, str]]]:
    """Return (sentence, ends with a question mark) in order, and the options."""
    found: list[tuple[str, bool]] = []
    options: list[tuple[str, str]] = []
    for line in text.split("\n"):
        line = line.strip()
        inline = list(_INLINE_OPTION.finditer(line))
        if len(inline) >= 2 or (inline and _OPTION.fullmatch(line) and inline[0].start() == 0):
            marks = [*(m.start() for m in inline), len(line)]
            for match, end in zip(inline, marks[1:], strict=True):
                options.append((match[1], line[match.end() : end].strip(" .,;")))
            line = line[: inline[0].start()].strip()
        elif option := _OPTION.fullmatch(line):
            options.append((option[1], option[2].strip(" .,;")))
            continue
        line = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
        for piece in re.split(
            r"(?<=[.!?])(?<!\bMr\.)(?<!\bMs\.)(?<!\bMrs\.)(?<!\bDr\.)(?<!\bSt\.)\s+|;\s*|"
            r"(?<=[a-z]\.)(?=[A-Z])",
            line,
        ):
            sentence = _bare(piece)
            if sentence and not sentence.isdigit():
                found.append((sentence, piece.rstrip(" \"')").endswith("?")))
    if len({letter for letter, _ in options}) != len(options):
        return [], []
    return found, options


def _bare(piece: str) -> str:
    """Take labels, courtesies and closing marks away."""
    piece = piece.strip()
    piece = _BULLET.sub("", piece, count=1) if _BULLET.match(piece) else piece
    for _ in range(3):
        before = piece
        piece = _LABEL.sub("", piece, count=1) if _LABEL.match(piece) else piece
        piece = _COURTESY.sub("", piece, count=1) if _COURTESY.match(piece) else piece
        if piece == before:
            break
    return _TAIL.sub("", piece).strip(' .?!,;:"')
