"""Verbs within conditions, negations, and frames of statements and questions."""

import pytest

from tasks.protocol import Answer
from tasks.reasoning.deduction import DeductionKind

KIND = DeductionKind()


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        ("* Any student who studies passes.\n* Lena is a student.\n* Lena studies.\n"
         "Conclusion: Lena passes. Does it follow?", "true"),
        ("Any student who studies passes. Lena is a student. Does Lena pass?", "unknown"),
        ("Nothing that is a plant is a rock. A tulip is a plant. Is a tulip a rock?", "no"),
        ("Nobody who is a doctor is poor. Ann is poor. Is Ann a doctor?", "no"),
        ("Bob is a robot. Robots don't sleep. Those who don't sleep don't dream. Does Bob dream?",
         "no"),
        ("Every zumpus is cold, everything cold is not loud. Al is a zumpus. "
         '"Al is not loud" - true or false?', "true"),
        ("Could you tell me whether Polly can fly? What I know is: every bird can fly, and Polly "
         "happens to be a bird", "yes"),
        ("If someone is a student and studies, they pass. Tom is a student. Tom studies. "
         "Does Tom pass?", "yes"),
        ("Whoever sings is happy. Tina sings. Is Tina happy?", "yes"),
        ("Anyone who likes milk likes cheese. Mia likes milk. Is it true that Mia likes cheese?",
         "yes"),
        ("No animal that purrs is mean. Cats purr. Cats are animals. Tom is a cat. Is Tom mean?",
         "no"),
        ("If an animal barks, then it is a dog. Rex is an animal. Rex barks. Is Rex a dog?", "yes"),
        ("There are no musicians who are lazy. Clara is a musician. Does this imply that Clara is "
         "lazy?", "no"),
        ("Nothing is both a fruit and a tool. Kiwi is a fruit. Would Kiwi be a tool?", "no"),
        ("We know that all squares are rectangles. Suppose that Q is a square. Can we be sure that "
         "Q is a rectangle?", "yes"),
        ("Everyone who does not smoke is not banned. Ann does not smoke. Is Ann banned?", "no"),
    ],
)  # fmt: skip
def test_wordings_are_read(text: str, truth: str) -> None:
    task = KIND.parse(text)
    assert task is not None
    assert KIND.grade(task, Answer(text=truth)).passed
    for other in {"yes", "no", "unknown"} - {{"true": "yes", "false": "no"}.get(truth, truth)}:
        assert not KIND.grade(task, Answer(text=other)).passed


@pytest.mark.parametrize(
    "text",
    [
        "All cats like milk except Tom. Tom is a cat. Does Tom like milk?",
        "Cats often sleep. Tom is a cat. Does Tom sleep?",
        "Nobody is perfect. Tom is a man. Is Tom perfect?",
        "No one knows Tom. Ann is a girl. Does Ann know Tom?",
        "Everyone who does not smoke is healthy. Ann does not smoke. Is Ann healthy?",
        "Every cat that is black is lucky. Felix is a black cat. Is Felix lucky?",
        "Hardly any student passes. Lena is a student. Does Lena pass?",
        "Every bird sings unless it is an ostrich. Tweety is a bird. Does Tweety sing?",
        "Every man who owns a dog that barks is tired. Tom is a man. Is Tom tired?",
    ],
)
def test_a_premise_that_is_not_read_leaves_the_text_open(text: str) -> None:
    assert KIND.parse(text) is None
