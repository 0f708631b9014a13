"""Take personal data and keys out of text before it is written.

Patterns find e-mail addresses, telephone numbers and API keys of known shapes, and whatever the
user's own expressions match. They find shapes, not meaning: a name in a sentence stays. Where to
apply them is decided by `traces` (every span) and by whoever saves an episode (`redact_episode`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal

from graphs.episode import Draft, Episode, Step
from graphs.routing.decision import Decision
from tasks.catalogue import Catalogue
from tasks.open import OpenKind, OpenPayload
from tasks.protocol import Answer, InvalidTaskError, Task, Verdict, task_id

Rewrite = Callable[[str], str]

EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}")
LONG_WORD = re.compile(
    r"\b[A-Za-z][\w.-]{11,}"
)  # found first, because looking at all shapes is slow
API_KEY = re.compile(
    r"(?:sk|pk|rk)[-_][\w-]{16,}|lsv2_(?:pt|sk)_\w{16,}|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,}"
    r"|github_pat_\w{20,}|xox[abeprs]-[\w-]{10,}|AIza[\w-]{30,}|hf_\w{20,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"  # JSON web token
)
BEARER = re.compile(r"(?i)(?P<label>\bbearer\s+)[\w.~+/=-]{12,}")
LABELLED_KEY = re.compile(  # the value after `api_key=`, `"password": "` and the like
    r"(?i)\b(?P<label>(?:api[-_ ]?key|access[-_]?token|auth[-_]?token|client[-_]?secret"
    r"|passw(?:or)?d)[\"']?\s*[:=]\s*[\"']?)(?P<value>[^\s\"',;}]{6,})"
)
# A number counts as a telephone number when it is written like one: with a country code, with the
# area in brackets, or in groups of 3-3-4. Plain long numbers, dates, ids and sums are left alone.
PHONE = re.compile(
    r"(?<![\w.+-])(?:\+\d{1,3}(?:[ .-]?\(?\d{1,5}\)?){2,5}|\(\d{2,5}\) ?\d{3,4}[ .-]?\d{3,4}"
    r"|\d{3}([.-])\d{3}\1\d{4})(?![\w-]|\.\d)"
)
SHORTEST = 6  # characters of anything that the patterns above can find
SECRET_NAMES = re.compile(
    r"(?i)^(?:.*[-_])?(?:api[-_]?key|access[-_]?token|auth[-_]?token|authorization|client[-_]?secret"
    r"|secret|password|passwd)$"
)


class RedactionError(ValueError):
    """A user's expression that is none."""


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """What is taken out, and of what.

    Attributes:
        mode: "patterns" rewrites text; "off" leaves it.
        patterns: the user's own regular expressions; what they match becomes `[redacted]`.
        hide_inputs, hide_outputs: store nothing of the spans' inputs or outputs at all.
        episodes: rewrite episodes too; those whose task changes are kept out of training.
    """

    mode: Literal["off", "patterns"] = "off"
    patterns: tuple[str, ...] = ()
    hide_inputs: bool = False
    hide_outputs: bool = False
    episodes: bool = False
    own: tuple[re.Pattern[str], ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "own", tuple(_compiled(pattern) for pattern in self.patterns))


def redact_text(text: str, redaction: Redaction) -> str:
    """Return the text with `[email]`, `[phone]`, `[key]` or `[redacted]` where the rules match."""
    if redaction.mode == "off":
        return text
    for own in redaction.own:
        text = own.sub("[redacted]", text)
    if len(text) < SHORTEST:
        return text
    if "@" in text:
        text = EMAIL.sub("[email]", text)
    text = LONG_WORD.sub(_key, text)
    if "earer" in text or "EARER" in text:
        text = BEARER.sub(r"\g<label>[key]", text)
    if ":" in text or "=" in text:
        text = LABELLED_KEY.sub(r"\g<label>[key]", text)
    return PHONE.sub(_phone, text)


def redact_json(value: Any, redaction: Redaction) -> Any:
    """Return a JSON value with every text in it rewritten as `redact_text` does."""
    return _rewritten(value, lambda text: redact_text(text, redaction))


@lru_cache(maxsize=4096)
def names_a_secret(name: str) -> bool:
    """Say whether a field of this name holds a secret, whatever its value looks like."""
    return SECRET_NAMES.match(name) is not None


def redact_episode(episode: Episode, redaction: Redaction, kinds: Catalogue) -> Episode:
    """Rewrite every text of an episode and its children, as far as the settings ask for it.

    A task stays valid for its kind; one that cannot (an equation that was half a telephone number)
    becomes a free question without steps. An episode with a rewritten task no longer says what was
    asked, and is marked `train=False`.
    """
    if redaction.mode == "off" or not redaction.episodes:
        return episode

    def rewrite(text: str) -> str:
        return redact_text(text, redaction)

    children = tuple(redact_episode(child, redaction, kinds) for child in episode.children)
    task = _task(episode.task, rewrite, kinds)
    changed = task != episode.task or any(
        new.task != old.task for new, old in zip(children, episode.children, strict=True)
    )
    steps = episode.steps if task.kind == episode.task.kind else ()
    return replace(
        episode,
        task=task,
        train=episode.train and not changed and all(child.train for child in children),
        answer=_answer(episode.answer, rewrite),
        verdict=_verdict(episode.verdict, rewrite),
        steps=tuple(_step(step, rewrite) for step in steps),
        drafts=tuple(_draft(draft, rewrite) for draft in episode.drafts),
        decisions=tuple(_decision(decision, rewrite) for decision in episode.decisions),
        children=children,
        failure=rewrite(episode.failure),
        tags={name: rewrite(value) for name, value in episode.tags.items()},
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise RedactionError(f"redaction pattern {pattern!r} is no expression: {error}") from error


def _key(word: re.Match[str]) -> str:
    return API_KEY.sub("[key]", word[0]) if API_KEY.match(word[0]) else word[0]


def _phone(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match[0])
    least = 10 if match[0][1:].isdigit() else 8  # `5 +12345678` is a sum
    return "[phone]" if least <= digits <= 15 else match[0]


def _task(task: Task, rewrite: Rewrite, kinds: Catalogue) -> Task:
    prompt = rewrite(task.prompt)
    plain = asdict(task.payload)
    fields = _rewritten(plain, rewrite)
    if prompt == task.prompt and fields == plain:
        return task
    try:
        payload = kinds[task.kind].payload_from_json(fields)
    except InvalidTaskError:
        payload, kind = OpenPayload(prompt), OpenKind.name
    else:
        kind = task.kind
    id_ = task_id(kind, payload, task.seed, task.split)
    return replace(task, id=id_, kind=kind, prompt=prompt, payload=payload)


def _rewritten(value: Any, rewrite: Rewrite) -> Any:
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, dict):
        return {key: _rewritten(item, rewrite) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_rewritten(item, rewrite) for item in value)
    return value


def _answer(answer: Answer | None, rewrite: Rewrite) -> Answer | None:
    if answer is None:
        return None
    derivation = tuple(rewrite(line) for line in answer.derivation)
    return replace(answer, text=rewrite(answer.text), derivation=derivation)


def _verdict(verdict: Verdict | None, rewrite: Rewrite) -> Verdict | None:
    return None if verdict is None else replace(verdict, feedback=rewrite(verdict.feedback))


def _step(step: Step, rewrite: Rewrite) -> Step:
    decision = None if step.decision is None else _decision(step.decision, rewrite)
    return replace(
        step, state=rewrite(step.state), action_text=rewrite(step.action_text), decision=decision
    )


def _draft(draft: Draft, rewrite: Rewrite) -> Draft:
    answer = _answer(draft.answer, rewrite)
    assert answer is not None
    return replace(draft, answer=answer, feedback=rewrite(draft.feedback))


def _decision(decision: Decision, rewrite: Rewrite) -> Decision:
    return replace(decision, detail=rewrite(decision.detail))
