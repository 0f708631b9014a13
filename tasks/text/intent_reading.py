"""Read labelled texts out of CSV and JSON lines; which fields hold them is guessed unless said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from tasks.text.intent_data import MAX_CHARACTERS, IntentDataError, Labelled

TEXT_FIELDS = (
    "text", "utterance", "query", "question", "sentence", "message", "prompt", "input",
)  # fmt: skip
LABEL_FIELDS = (
    "intent", "label", "category", "class", "decision", "target", "output", "answer",
)  # fmt: skip
DELIMITERS = (",", "\t", ";", "|")

Form = Literal["csv", "jsonl"]


def read_labelled(
    data: bytes, form: Form, text_field: str = "", label_field: str = ""
) -> list[Labelled]:
    """Read labelled texts.

    Args:
        data: a whole file, UTF-8.
        form: `csv` with a line of names first (comma, tab, semicolon or bar between), or `jsonl`
            with an object on each line.
        text_field: name of the field with the texts; guessed where empty.
        label_field: name of the field with the labels; likewise.

    Raises:
        IntentDataError: if the data does not read, a field is missing, or a value is no text.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IntentDataError(f"the file is not UTF-8 (byte {error.start}); convert it") from error
    rows = _csv_rows(text) if form == "csv" else _json_rows(text)
    found: list[Labelled] = []
    fields: tuple[str, str] | None = None
    for line, row in rows:
        if fields is None:
            fields = (
                _field(row, text_field, TEXT_FIELDS, "text"),
                _field(row, label_field, LABEL_FIELDS, "label"),
            )
        found.append(Labelled(_text(row, fields[0], line), _label(row, fields[1], line), line))
    if not found:
        raise IntentDataError("the file holds no labelled text; expected one on each line")
    return found


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):  # texts may hold other line breaks
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise IntentDataError(
                f"line {number} is not JSON: {error}; write one object on each line"
            ) from error
        if not isinstance(row, dict):
            raise IntentDataError(
                f'line {number} is no JSON object; write {{"text": ..., "intent": ...}}'
            )
        yield number, row


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    heading = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] | None = None
    try:
        for values in reader:
            if not values:
                continue
            if names is None:
                names = [name.strip() for name in values]
            elif len(values) != len(names):
                raise IntentDataError(
                    f"line {reader.line_num} has {len(values)} values, the first line "
                    f"{len(names)} names; put values that hold {delimiter!r} in quotes"
                )
            else:
                yield reader.line_num, dict(zip(names, values, strict=True))
    except csv.Error as error:
        raise IntentDataError(
            f"line {reader.line_num} does not read as CSV: {error}; close its quotes, and keep "
            f"texts under {MAX_CHARACTERS:,} characters"
        ) from error


def _field(row: dict[str, Any], asked: str, known: Sequence[str], what: str) -> str:
    """Return the name of a field as the row spells it."""
    spelt = {name.casefold(): name for name in row}
    for name in [asked] if asked else known:
        if name.casefold() in spelt:
            return spelt[name.casefold()]
    wanted = repr(asked) if asked else f"any of {', '.join(known)}"
    there = ", ".join(map(repr, list(row)[:12])) or "none"
    raise IntentDataError(
        f"no field {wanted} for the {what}; the fields are {there}. Name it with --{what}-field"
    )


def _text(row: dict[str, Any], field: str, line: int) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise IntentDataError(f"line {line}: {field} is {_shown(value)}; expected a text")
    return value


def _label(row: dict[str, Any], field: str, line: int) -> str:
    value = row.get(field)
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not (whole or isinstance(value, str)):
        raise IntentDataError(f"line {line}: {field} is {_shown(value)}; expected a label")
    return str(value)


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)[:60]
