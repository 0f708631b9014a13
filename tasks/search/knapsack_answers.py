"""Find a packing in a person's or a model's text, and write one."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_CHARACTERS = 20_000  # only the end of a longer text is read
NOTHING = "nothing"
_VALUE = re.compile(
    r"\b(?:total )?(?:value|profit|worth|benefit)\b\D{0,20}?(\d{1,12})|[$€](\d{1,12})\b", re.I
)
_NOTHING = re.compile(r"\b(?:nothing|no items?|none of (?:them|the items)|the empty set)\b", re.I)
_LINK = (
    r"(?:\s{0,2}(?:,|;|\+|&|\band\b|\bwith\b|-|•|\n)\s{0,2}){1,3}"
    r"(?:and )?(?:the |an? )?(?:items? )?"
)


def packing_text(names: Sequence[str], items: Sequence[int], value: int) -> str:
    """Write `1, 4, 5; value 57`, or `nothing; value 0`."""
    return f"{', '.join(names[item] for item in items) or NOTHING}; value {value}"


def find_answer(text: str, names: tuple[str, ...]) -> str | None:
    """Return the last list of items, with the value said after it; None without one."""
    plain = re.sub(r"[*`\\]|boxed|[\[\]{}()]", " ", text[-MOST_CHARACTERS:])
    plain = re.sub(r" ?\n[ \n]*", "\n", re.sub(r"[^\S\n]+", " ", plain)).strip()
    longest_first = sorted(names, key=len, reverse=True)
    name = rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?!\w|\.\d)"
    number = {n.casefold(): n for n in names}
    runs: list[tuple[int, int, str]] = []
    numbered = all(n.isdigit() for n in names)
    for run in re.finditer(rf"{name}(?:{_LINK}{name})*", plain, re.I):
        if numbered and not _is_list(plain, run):
            continue
        items = [number[item.casefold()] for item in re.findall(name, run[0], re.I)]
        runs.append((run.start(), run.end(), ", ".join(items)))
    if (empty := _NOTHING.search(plain)) and (not runs or empty.start() > runs[-1][0]):
        runs.append((empty.start(), empty.end(), NOTHING))
    if not runs:
        return None
    _, end, items_text = max(
        runs, key=lambda run: (run[2].count(",") > 0 or len(runs) == 1, run[0])
    )
    said = _VALUE.search(plain, end, end + 100)
    return f"{items_text}; value {said[1] or said[2]}" if said else items_text


def _is_list(plain: str, run: re.Match[str]) -> bool:
    """Say whether numbers are items: several of them, after a word for them, or all there is."""
    before = plain[max(0, run.start() - 30) : run.start()].lower()
    if re.search(
        r"(?:value|weight|worth|profit|capacity|total|=|[$€])\s*(?:is|of|=|:)?\s*$", before
    ):
        return False
    alone = run.start() == 0 or before.endswith("\n")
    return (
        "," in run[0]
        or " and " in run[0]
        or alone
        or bool(
            re.search(
                r"(?:items?|take|choose|pick|pack|select|answer)\s*(?:is|are|:|=)?\s*$", before
            )
        )
    )
