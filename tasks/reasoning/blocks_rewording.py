"""Rewrite how people describe blocks into the plain wording that `blocks_wording` reads.

Tables become `b on a.`, rows of stacks become `[a, b].`, towers from the bottom a list.
"""

from __future__ import annotations

import re

from tasks.reasoning.blocks_wording import CORE

_NAME = rf"(?<![\w-]){CORE}(?![\w-])"
_NUMBERS = "two|three|four|five|six|seven|eight|nine|ten"
_TABLE_ROW = re.compile(
    rf"(?m)^ *\|? *(?:block )?({CORE}) *\| *(?:on )?(?:the )?(?:block )?(table|{CORE}) *\|? *$"
)
_TABLE_HEAD = re.compile(
    r"(?m)^ *\|? *(?:block|cube|box|name|what)s? *\| *(?:(?:is|sits|stands|placed|standing) )?"
    r"(?:on|on top of|position|place|location|where)(?: what)? *\|? *$"
)
_TABLE_LINE = re.compile(r"(?m)^ *\|? *:?-{2,}:? *\| *:?-{2,}:? *\|? *$")
_BLOCK = rf"(?:(?:the|block|cube|box) )*({_NAME})(?: (?:block|cube|box))?"
_AT_BOTTOM = rf"{_BLOCK} (?:is )?(?:at|on|in) (?:the |its )?bottom"
_IN_MIDDLE = rf"{_BLOCK} (?:is )?(?:in|at) (?:the |its )?middle"
_AT_TOP = rf"{_BLOCK} (?:is )?(?:on|at) (?:the |its )?top(?! of)"
_BARE_PLACE = rf"{_BLOCK} (bottom|middle|top)\b"
_SEP = r"(?: ?,? and |[ ]?[,;] ?|, then )"
_TOWER_UP = re.compile(rf"\b{_AT_BOTTOM}{_SEP}(?:{_IN_MIDDLE}{_SEP})?{_AT_TOP}")
_TOWER_DOWN = re.compile(rf"\b{_AT_TOP}{_SEP}(?:{_IN_MIDDLE}{_SEP})?{_AT_BOTTOM}")
_REMARK = re.compile(rf"{CORE}[-,] ?{CORE} ?\([^)]*\b(?:bottom|top)\b")
_TOWER_BARE = re.compile(rf"\b{_BARE_PLACE}{_SEP}(?:{_BARE_PLACE}{_SEP})?{_BARE_PLACE}")
_LIST = rf"{_NAME}(?:(?: ?, ?(?:and )?| and | & ){_NAME})*"
_NAMED_STACK = re.compile(
    rf"\b(?:stack|tower|pile|column) ?#?(?:\d|[a-z])? ?[:=] ?({_LIST})(?= ?(?:[.;(\n]|$))"
)
_ON_A_TABLE = re.compile(
    rf"\b(?:{_NUMBERS}|\d{{1,2}}) (?:blocks|cubes) (?:(?:are|standing|lying|sitting|stand"
    rf"|lie|sit|all) )*on (?:the|a|my) table ?[:,]? ?(?:called |named |labell?ed )?({_LIST})"
)
_SO_IS = re.compile(
    rf"\bon the (?:table|floor),? (?:and )?(?:so is|as is|just like|like|along with|and also)"
    rf" {_BLOCK}"
)
_WITH_ON_IT = re.compile(
    rf"{_BLOCK} ((?:is |sits |stands |lies )?on (?:top of )?(?:the table|{_NAME}))"
    rf",? (?:with|and has|carrying) {_BLOCK} (?:directly )?on (?:top of )?it\b"
)
_OTHERS = re.compile(
    r"\b(?:everything else|all (?:the )?others?|the (?:others?|rest)) (?:(?:blocks )?(?:are|is) )?"
    rf"on the table ?\(({_LIST})\)"
)
_ALSO = re.compile(r" (?:too|as well|also)(?=[ ,.;:]|$)")
_ROW_OF_STACK = re.compile(
    rf"(?m)^[ ]*(?:[-*\u2022]|\d[.)]|(?:stack|tower|pile|column) ?#?(?:\d|[a-z])? ?[:=])?[ ]*"
    rf"({_NAME}(?: ?(?:,|->|\u2192|<|-|/) ?{_NAME}| {_NAME})*)[ ]*$"
)
_STACK_HEADING = re.compile(r"\b(?:stacks?|towers?|piles?|columns?)\b[^.]*$")
_BOTTOM_UP = re.compile(r"\bbottom\s?(?:\u2192|->|-|to|\u2014)\s?(?:the )?top\b")
_TOP_DOWN = re.compile(r"\btop\s?(?:\u2192|->|-|to|\u2014)\s?(?:the )?bottom\b")
_ALL = re.compile(
    rf"\b(?:all|each|every)(?: of)?(?: the| my| these)? (?:{_NUMBERS}|\d{{1,2}}) (?=blocks|cubes)"
)
_EACH_ON_TABLE = re.compile(
    r"\b(?:(?:all|each|every) (?:the )?(?:blocks?|cubes?)|everything|each one|they all) "
    r"(?:(?:should|must|has to|have to|to) )?(?:(?:be|is|are|end up|lie|stand|sit|stands|sits|lies"
    r"|rest|rests|back|down|directly|lying|standing|separately|individually) )*"
    r"on (?:the |its own on the )?(?:table|floor)"
)


def reworded(text: str) -> str:
    """Return the text, in small letters, with tables, stacks and towers in plain wording."""
    text = _BOTTOM_UP.sub("bottom to top", text)
    text = _TOP_DOWN.sub("top to bottom", text)
    if _TABLE_HEAD.search(text):
        text = _TABLE_ROW.sub(r"\1 on \2.", _TABLE_LINE.sub("", _TABLE_HEAD.sub("", text)))
    text = _ALSO.sub("", text)
    text = _WITH_ON_IT.sub(r"\1 \2, \3 on \1", text)
    text = _OTHERS.sub(r"\1 are on the table", text)
    text = _SO_IS.sub(r"on the table, \1 is on the table", text)
    text = _ON_A_TABLE.sub(r"\1 are on the table", text)
    if not _REMARK.search(text):  # `a-b-c (a at the bottom)`
        text = _TOWER_DOWN.sub(_listed_down, _TOWER_UP.sub(_listed_up, text))
    text = _TOWER_BARE.sub(_listed_as_said, text)
    text = _EACH_ON_TABLE.sub("all blocks on the table", _ALL.sub("all ", text))
    return _stacks_in_rows(_NAMED_STACK.sub(r"[\1]", text))


def _listed_up(match: re.Match[str]) -> str:
    return f"[{', '.join(name for name in match.groups() if name)}]"


def _listed_down(match: re.Match[str]) -> str:
    return f"[{', '.join(reversed([name for name in match.groups() if name]))}]"


def _listed_as_said(match: re.Match[str]) -> str:
    """Write `3 bottom, 2 middle, 1 top` as a stack; as it was if places do not fit."""
    groups = [group for group in match.groups() if group]
    where = dict(zip(groups[1::2], groups[::2], strict=True))
    if len(where) != len(groups) // 2 or not {"bottom", "top"} <= set(where):
        return match[0]
    return f"[{', '.join(where[place] for place in ('bottom', 'middle', 'top') if place in where)}]"


def _stacks_in_rows(text: str) -> str:
    """Put brackets around lines that list a stack, under a heading that says so."""
    lines = text.split("\n")
    under_heading = False
    for number, line in enumerate(lines):
        row = _ROW_OF_STACK.match(line)
        if row and under_heading:
            lines[number] = f"[{', '.join(re.findall(_NAME, row[1]))}] ."
        elif line.strip():
            under_heading = bool(_STACK_HEADING.search(line.rstrip(" :(")))
    return "\n".join(lines)
