"""Change one token of a right answer: what a grader must refuse."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\d+|[a-zA-Z]+|[-+*/^.,]")
_WORDS = {"True": "False", "False": "True"}


def corruptions(text: str) -> list[str]:
    """Return texts that differ from a right answer in one token, and so in what they say."""
    found = [f"-{text}"] if re.match("[1-9]", text) else []
    for match in _TOKEN.finditer(text):
        before, token, after = text[: match.start()], match[0], text[match.end() :]
        changed: list[str] = []
        if token.isdigit():
            changed = [str(int(token) + 1), str(int(token) + 10)]
            if int(token) > 0:
                changed.append(token + "0")
                changed.append(token[:-1] + str((int(token[-1]) + 5) % 10))
        elif token in _WORDS:
            changed = [_WORDS[token]]
        elif token == "-" and re.match("[1-9]", after):
            changed = ["", "--1-"]
        elif token == "/":
            changed = ["*", "+"]
        elif token == "*":
            changed = ["/", "+"]
        elif token == "sqrt":
            changed = ["", "2*sqrt"]
        if before.endswith(".") and token + "0" in changed:  # 0.5 is 0.50
            changed.remove(token + "0")
        found += [before + new + after for new in changed]
    return [other for other in dict.fromkeys(found) if other != text]
