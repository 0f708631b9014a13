"""The net over hashed features computes a plain dense layer, and only where something is."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from neural.inference import NetEvaluator
from neural.model_files import load_model, random_model, save_model, training_command
from neural.policy_value import NetShape, ShapeError, fresh_net, shape_for
from neural.torsos import HashedTorso
from tasks.text.intent_data import Labelled, intent_set
from tasks.text.intents import IntentsKind

KIND = IntentsKind("pair", intent_set([Labelled("good morning", "a"), Labelled("bye bye", "b")]))
ENVIRONMENT = KIND.environment
assert ENVIRONMENT is not None
SHAPE = shape_for(ENVIRONMENT)
TEXTS = ("good morning to you", "bye", "?!", "the train to the sea is late again, is it not?")


def observations() -> np.ndarray:
    assert ENVIRONMENT is not None
    tasks = [KIND.parse(f"pair: {text}") for text in TEXTS]
    return np.stack([ENVIRONMENT.observe(ENVIRONMENT.initial(t)) for t in tasks if t is not None])


def hashed(seed: int = 0) -> HashedTorso:
    torso = fresh_net(SHAPE, seed).torso
    assert isinstance(torso, HashedTorso)
    with torch.no_grad():
        torso.scale.copy_(torch.linspace(0.5, 3.0, len(torso.scale)))
        torso.bias.normal_(generator=torch.Generator().manual_seed(seed))
    return torso


def test_wide_observations_get_the_hashed_net_and_narrow_ones_do_not() -> None:
    assert NetShape("hashed", (16_384,), 3, width=256, depth=1) == SHAPE
    with pytest.raises(ShapeError, match="hashed features are"):
        NetShape("hashed", (64, 64), 3, width=8, depth=1)


def test_result_is_that_of_dense_layers_over_scaled_rows_of_length_one() -> None:
    torso = hashed()
    rows = torch.from_numpy(observations())
    scaled = rows * torso.scale
    unit = scaled / scaled.norm(dim=1, keepdim=True).clamp_min(1e-9)
    hidden = torch.relu(unit @ torso.table + torso.bias)
    with torch.no_grad():
        logits, summary = torso(rows)
    torch.testing.assert_close(summary, hidden, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(logits, torso.policy(hidden), rtol=1e-4, atol=1e-5)


def test_gradient_reaches_the_rows_of_the_table_that_were_read_and_no_other() -> None:
    torso = hashed()
    rows = torch.from_numpy(observations()[:1])
    logits, _ = torso(rows)
    logits.sum().backward()  # type: ignore[no-untyped-call]
    assert torso.table.grad is not None
    touched = torso.table.grad.abs().sum(1) > 0
    assert set(touched.nonzero()[:, 0].tolist()) <= set(rows[0].nonzero()[:, 0].tolist())
    assert touched.any()


def test_what_is_left_out_in_training_is_made_up_for_on_average() -> None:
    torso = hashed()
    rows = torch.from_numpy(observations()[:1])
    columns = rows[0].nonzero()[:, 0]
    sparse = (columns, rows[0, columns], torch.tensor([0]), torch.zeros_like(columns))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        whole = torso.sparse(*sparse)[1]
        torso.bias.fill_(10.0)  # no rectifier: the mean of what is left must be the whole
        many = [torso.sparse(*sparse, 0.7, 0.0, generator)[1] - 10.0 for _ in range(3000)]
        torso.bias.fill_(10.0)
        exact = torso.sparse(*sparse)[1] - 10.0
    assert whole.shape == exact.shape
    torch.testing.assert_close(torch.stack(many).mean(0), exact, rtol=0, atol=0.02)


def test_result_does_not_depend_on_who_is_judged_beside_it(tmp_path) -> None:
    model = random_model(KIND.name, ENVIRONMENT, 3)
    loaded = load_model(save_model(model, tmp_path), ENVIRONMENT)
    rows = observations()
    legal = np.ones((len(rows), 3), np.bool_)
    together, _ = NetEvaluator(model).evaluate_batch(rows, legal)
    alone = [
        NetEvaluator(loaded).evaluate_batch(rows[n : n + 1], legal[:1])[0][0] for n in range(4)
    ]
    assert np.array_equal(together, np.stack(alone))
    many = NetEvaluator(model).evaluate_batch(np.repeat(rows, 200, 0), np.repeat(legal, 200, 0))[0]
    assert np.array_equal(many[::200], together)


def test_untrained_weights_come_from_the_seed_alone() -> None:
    first, again, other = (fresh_net(SHAPE, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["torso.table"], other["torso.table"])
    assert torch.equal(first["torso.scale"], torch.ones(16_384))


def test_stale_weights_of_texts_name_the_command_that_trains_them() -> None:
    assert training_command("text/pair") == "python -m training.cli intents --name pair --data FILE"
