"""Make lines that begin with the same bullet one line: their dashes are no signs."""

from __future__ import annotations

import re

_BULLET = re.compile(r"[ \t]*(?:([-*•+–—·‣◦])[ \t]+|(\d{1,2})([.)])[ \t]+)(\S.*)$")
_NUMBER = re.compile(
    r"[-−+–]?\$?[-−]?(?:\d[\d.,]*(?:[/⁄]\d+)?%?|[½⅓⅔¼¾⅕⅙⅛]|\\?sqrt[({]\d+[)}]|√\d+"
    r"|-?\\[dt]?frac\{\d+\}\{\d+\})\$?[,;.]?"
)
_INTRODUCES = re.compile(r"[A-Za-z:?!.;,][ \t*_]*$")
_LEAST = 2


def without_bullets(text: str) -> str:
    """Return the text with each bulleted list on one line, commas between what it lists.

    Two or more lines in a row are a list if they begin with the same bullet, or are numbered from
    1, and words introduce or follow them: below a number they are a sum. Lists of other things than
    numbers get semicolons, and stay as they are if they are numbered (problems of their own).
    """
    if "\n" not in text:
        return text
    lines = [line for line in text.splitlines() if line.strip()]
    made: list[str] = []
    place = 0
    while place < len(lines):
        items = _list_at(lines, place)
        after = lines[place + len(items)] if place + len(items) < len(lines) else ""
        introduced = _INTRODUCES.search(made[-1]) if made else re.match(r"\W*[A-Za-z]{2}", after)
        numbers = all(_NUMBER.fullmatch(item) for item in items)
        counted = _BULLET.match(lines[place])
        if len(items) < _LEAST or not introduced or (
            not numbers and (counted is None or counted[1] in (None, "+") or not made)
        ):  # fmt: skip
            made.append(lines[place])
            place += 1
            continue
        mark = ", " if numbers else "; "
        made.append(mark.join(item.rstrip(",;" if not numbers else ",;.") for item in items))
        place += len(items)
        if after:
            made[-1] += "." if not _INTRODUCES.search(made[-1]) else ""
    return "\n".join(made) if len(made) < len(lines) else text


def _list_at(lines: list[str], place: int) -> list[str]:
    """Return what is listed from a line on; of numbered lines those that count from 1."""
    items: list[str] = []
    first = _BULLET.match(lines[place])
    for line in lines[place:]:
        match = _BULLET.match(line)
        if first is None or match is None or match[1] != first[1] or match[3] != first[3]:
            break
        if match[2] is not None and int(match[2]) != len(items) + 1:
            break
        items.append(match[4].strip())
    return items
