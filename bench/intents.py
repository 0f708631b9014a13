"""Labelled texts: the trained net against a linear support vector machine, on the same texts.

    .venv/bin/python bench/intents.py --data DIR [--set NAME] [--json OUT] [--quick]

`--data` names a folder whose *.jsonl hold records with task `intent_<set>`, `text`, `intent` and
`split`; those of splits whose name begins with `test` or `oos_test` are answered, the others are
trained on. Both sides see the same training texts, those of no intent (`oos`) included, in the same
run. The machine reads TF-IDF of words and pairs of words, of pieces of words, and of both; which
of them and which C is chosen on a tenth of the training texts, and the choice is trained on all of
them again. The net calibrates on a twentieth before it learns from it too, as for `tandem bench
tasks`. A decision is everything from the text to priors and confidence, one at a time on one
thread.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from bench.report import Report, Row, interval_row, percentile_row
from neural.calibration import expected_calibration_error
from neural.device import use_threads
from neural.evaluation import Evaluation
from neural.inference import NetEvaluator
from tasks.text.intent_data import OUT_OF_SCOPE, Labelled, Shares, split_of_text
from tasks.text.intents import IntentsKind
from training.bootstrap import Interval, mean_difference, paired_interval
from training.intents import train_intents
from training.solving import environment_of

TASK = "intent_"
SHARES = Shares(calibration=0.05, test=0.0)
TUNING = Shares(calibration=0.1, test=0.0)
PENALTIES = (0.3, 1.0, 3.0)
THRESHOLDS = (0.5, 0.8, 0.9, 0.95)
TRAINING_SECONDS = 180
DECISION_MILLISECONDS = 1

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TextSet:
    """One set: what is trained on, and what is answered."""

    name: str
    train: list[Labelled]
    test: list[Labelled]

    @property
    def truth(self) -> NDArray[np.str_]:
        """Return the labels of the texts to answer."""
        return np.array([record.label for record in self.test])


@dataclass(frozen=True, slots=True)
class Peer:
    """What the machine says: labels, how far the best label is ahead of none, and its cost."""

    name: str
    said: NDArray[np.str_]
    within: NDArray[np.str_]
    scope: Floats
    seconds: float


@dataclass(frozen=True, slots=True)
class Ours:
    """What the net says: the same, with confidence and the milliseconds of each decision."""

    said: NDArray[np.str_]
    within: NDArray[np.str_]
    scope: Floats
    confidence: Floats
    milliseconds: Floats
    seconds: float


def main() -> int:
    """Measure every set found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", action="append", help="only this one (repeatable)")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="the machine's C is 1, not tuned")
    parser.add_argument("--seed", type=int, default=0, help="of the net")
    options = parser.parse_args()
    use_threads(1)
    report = Report(program="intents", seed=options.seed)
    for texts in text_sets(options.data, options.set):
        peer = machine(texts, (1.0,) if options.quick else PENALTIES)
        ours = net(texts, options.seed)
        compare(report, texts, peer, ours)
        if (texts.truth == OUT_OF_SCOPE).any():
            abstaining(report, texts, peer, ours)
        cost(report, texts, peer, ours, options.seed)
    return report.finish(options.json)


def text_sets(folder: Path, only: Sequence[str] | None) -> list[TextSet]:
    """Return the sets below a folder by name."""
    found: dict[str, TextSet] = {}
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text().split("\n"):  # texts may hold other line breaks
            record: dict[str, Any] = json.loads(line) if line else {}
            task = str(record.get("task", ""))
            if not task.startswith(TASK) or (only and task.removeprefix(TASK) not in only):
                continue
            name = task.removeprefix(TASK)
            own = found.setdefault(name, TextSet(name, [], []))
            answered = str(record["split"]).removeprefix("oos_").startswith("test")
            (own.test if answered else own.train).append(Labelled(record["text"], record["intent"]))
    whole = [texts for _, texts in sorted(found.items()) if texts.train and texts.test]
    if not whole:
        raise SystemExit(f"no set with texts to train on and to answer below {folder}")
    return whole


def machine(texts: TextSet, penalties: Sequence[float]) -> Peer:
    """Tune and train the support vector machine."""
    started = time.process_time()
    kept = [split_of_text(record.text, TUNING) == "train" for record in texts.train]
    fitting = [record for record, keep in zip(texts.train, kept, strict=True) if keep]
    judging = [record for record, keep in zip(texts.train, kept, strict=True) if not keep]
    tried: list[tuple[float, str, float]] = []
    for features in ("words", "pieces", "both"):
        vectors = vectorizer(features)
        known = vectors.fit_transform([record.text for record in fitting])
        asked = vectors.transform([record.text for record in judging])
        for penalty in penalties:
            tuned = LinearSVC(C=penalty, random_state=0).fit(known, [r.label for r in fitting])
            right = np.mean(tuned.predict(asked) == np.array([r.label for r in judging]))
            tried.append((float(right), features, penalty))
    _, features, penalty = max(tried)
    vectors = vectorizer(features)
    known = vectors.fit_transform([record.text for record in texts.train])
    model = LinearSVC(C=penalty, random_state=0).fit(known, [r.label for r in texts.train])
    seconds = time.process_time() - started
    scores = model.decision_function(vectors.transform([r.text for r in texts.test]))
    labels = model.classes_
    inside = np.where(labels == OUT_OF_SCOPE, -np.inf, scores)
    return Peer(
        name=f"svm-{features}-C{penalty:g}",
        said=labels[scores.argmax(1)],
        within=labels[inside.argmax(1)],
        scope=inside.max(1),
        seconds=seconds,
    )


def vectorizer(features: str) -> Any:
    """Return the machine's reading of texts."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    both = FeatureUnion([("words", words), ("pieces", pieces)])
    return {"words": words, "pieces": pieces, "both": both}[features]


def net(texts: TextSet, seed: int) -> Ours:
    """Train the net, and decide text by text as serving does."""
    started = time.process_time()
    kind, model = train_intents(texts.name, texts.train, shares=SHARES, seed=seed)
    seconds = time.process_time() - started
    evaluator = NetEvaluator(model)
    judged, milliseconds = decided(kind, evaluator, [record.text for record in texts.test])
    names = np.array([*kind.intents.labels, OUT_OF_SCOPE])
    priors = np.stack([evaluation.priors for evaluation in judged])
    return Ours(
        said=names[priors.argmax(1)],
        within=names[priors[:, :-1].argmax(1)],
        scope=priors[:, :-1].max(1).astype(np.float64),
        confidence=np.array([evaluation.confidence for evaluation in judged]),
        milliseconds=milliseconds,
        seconds=seconds,
    )


def decided(
    kind: IntentsKind, evaluator: NetEvaluator, texts: Sequence[str]
) -> tuple[list[Evaluation], Floats]:
    """Return the evaluation of each text and how long it took, in milliseconds."""
    environment = environment_of(kind)
    tasks = [kind.parse(f"{kind.name}: {text}") for text in texts]
    judged, took = [], []
    for task in tasks:
        assert task is not None, "every text on one line is read"
        started = time.perf_counter()
        judged += evaluator.judge(environment, [environment.initial(task)])
        took.append(1000.0 * (time.perf_counter() - started))
    return judged, np.array(took)


def compare(report: Report, texts: TextSet, peer: Peer, ours: Ours) -> None:
    """Add accuracy in scope, and the paired difference."""
    asked = texts.truth != OUT_OF_SCOPE
    for what, theirs, own, must in (
        ("in-scope", peer.said, ours.said, ">= 0"),
        ("in-scope-labels-only", peer.within, ours.within, ""),
    ):
        right = np.stack([theirs == texts.truth, own == texts.truth], 1)[asked].astype(float)
        figure = f"intents/{texts.name}/{what}"
        report.add(interval_row(f"{figure}/{peer.name}", _share(right[:, 0]), "share"))
        report.add(interval_row(f"{figure}/net", _share(right[:, 1]), "share"))
        difference = paired_interval(mean_difference, right)
        report.add(interval_row(f"{figure}/net-minus-svm", difference, "share", aim=must))
        if must:  # the interval must reach 0: the net is not shown to be worse
            highest = f"{figure}/net-minus-svm/highest"
            n = difference.n
            report.add(Row(figure=highest, value=difference.high, unit="share", n=n, must=must))


def abstaining(report: Report, texts: TextSet, peer: Peer, ours: Ours) -> None:
    """Add how well texts of no intent are told apart, and what confidence promises."""
    inside = texts.truth != OUT_OF_SCOPE
    right = ours.said == texts.truth
    labelled = ours.said != OUT_OF_SCOPE
    start = f"intents/{texts.name}"
    usable = np.where(labelled, ours.confidence, -ours.confidence)
    for name, scores in (
        (peer.name, peer.scope),
        ("net-highest-label", ours.scope),
        ("net-confidence", usable),
    ):
        columns = np.stack([inside, scores], 1).astype(float)
        report.add(interval_row(f"{start}/auroc/{name}", _interval(_auroc, columns), "area"))
    error = expected_calibration_error(ours.confidence, right)
    report.add(Row(figure=f"{start}/calibration-error", value=error, unit="share", n=len(right)))
    for threshold in THRESHOLDS:
        answers = labelled & (ours.confidence >= threshold)
        curve = f"{start}/confidence-{threshold:g}"
        report.add(interval_row(f"{curve}/in-scope-answered", _share(answers[inside]), "share"))
        report.add(
            interval_row(f"{curve}/in-scope-risk", _share(~right[inside & answers]), "share")
        )
        report.add(interval_row(f"{curve}/oos-abstained", _share(~answers[~inside]), "share"))


def cost(report: Report, texts: TextSet, peer: Peer, ours: Ours, seed: int) -> None:
    """Add milliseconds of a decision and processor seconds of training."""
    start = f"intents/{texts.name}"
    bound = f"<= {DECISION_MILLISECONDS}"
    for percent, must in ((50, bound), (95, "")):
        report.add(
            percentile_row(
                f"{start}/decision/p{percent}", ours.milliseconds, percent, "ms", seed, must=must
            )
        )
    n = len(texts.train)
    must = f"<= {TRAINING_SECONDS}"
    for name, seconds, bound in (("net", ours.seconds, must), (peer.name, peer.seconds, "")):
        figure = f"{start}/training/{name}"
        report.add(Row(figure=figure, value=seconds, unit="processor s", n=n, must=bound))


def _share(passed: NDArray[Any]) -> Interval:
    if not len(passed):
        return Interval(float("nan"), 0.0, 1.0, 0)
    columns = np.asarray(passed, float)[:, None]
    return paired_interval(lambda s: s[..., 0].mean(-1), columns)


def _interval(statistic: Any, columns: Floats) -> Interval:
    return paired_interval(
        lambda samples: np.array([statistic(sample) for sample in samples]), columns, resamples=200
    )


def _auroc(sample: Floats) -> float:
    return float(roc_auc_score(sample[:, 0], sample[:, 1]))


if __name__ == "__main__":
    raise SystemExit(main())
