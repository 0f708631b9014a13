"""Write the log to standard error: words for a terminal, one JSON object a line for a collector."""

from __future__ import annotations

import json
import logging
import sys
import time

OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
QUIET = ("alembic", "aiosqlite", "httpx", "uvicorn.error", "uvicorn.access", "langsmith")


def log_to_stderr(level: int = logging.INFO) -> None:
    """Set the process's logging up, once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WordFormatter() if sys.stderr.isatty() else JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; values that are no JSON become text."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields_of(record),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class WordFormatter(logging.Formatter):
    """`12:30:01 info event field=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        said = " ".join(f"{name}={value}" for name, value in fields_of(record).items())
        when = time.strftime("%H:%M:%S", time.localtime(record.created))
        line = f"{when} {record.levelname.lower():<7} {record.getMessage()} {said}".rstrip()
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what the event said of itself in `extra`."""
    return {name: value for name, value in vars(record).items() if name not in OWN_FIELDS}
