"""The board net against a second implementation, its start, its files and what it refuses."""

import copy
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import torch
from four_nets import GAME, KIND, arrays, positions, stirred_model, stirred_net
from torch import nn

from neural.calibration import UNCALIBRATED
from neural.model_files import (
    BrokenWeightsError,
    load_model,
    make_model,
    save_model,
    weights_version,
)
from neural.policy_value import NetShape, PolicyValueNet, ShapeError, fresh_net, shape_for
from neural.torsos import BoardTorso, ResidualBlock

SHAPE = shape_for(GAME)
SMALL = NetShape("board", (3, 4, 5), 6, width=8, depth=2)


def test_boards_get_residual_convolutions() -> None:
    assert shape_for(GAME) == NetShape("board", (4, 6, 7), 7, width=64, depth=4)
    assert isinstance(fresh_net(SHAPE, 0).torso, BoardTorso)


@pytest.mark.parametrize("shape", [SMALL, SHAPE, NetShape("board", (1, 1, 1), 1, 1, 1)])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_net_computes_what_its_definition_says(shape: NetShape, seed: int) -> None:
    net = stirred_net(shape, seed)
    rng = np.random.default_rng(seed)
    observations = rng.normal(size=(9, *shape.observation_shape)).astype(np.float32)
    with torch.no_grad():
        logits, values = net(torch.from_numpy(observations))
    expected_logits, expected_values = by_definition(net, observations)
    assert np.abs(logits.numpy() - expected_logits).max() < 1e-5 * np.abs(expected_logits).max()
    assert values.numpy() == pytest.approx(expected_values, abs=1e-5)


@pytest.mark.parametrize("spoiled", ["second", "first", "stem", "policy", "value"])
def test_the_definition_notices_one_convolution_that_is_wrong(spoiled: str) -> None:
    net, observations = stirred_net(SMALL, 0), arrays_of(SMALL, 4)
    expected = by_definition(net, observations)
    with torch.no_grad():
        for name, module in net.torso.named_modules():
            if name.endswith(spoiled) and isinstance(module, nn.Conv2d):
                module.weight.copy_(module.weight.roll(1, 1))  # input planes exchanged
        found = [part.numpy() for part in net(torch.from_numpy(observations))]
    far = [np.abs(a - b).max() > 1e-3 for a, b in zip(found, expected, strict=True)]
    assert far == {"policy": [True, False], "value": [False, True]}.get(spoiled, [True, True])


def by_definition(net: PolicyValueNet, observations: Any) -> tuple[Any, Any]:
    """Return logits and values, in float64 and without torch."""
    weights = {name: t.double().numpy() for name, t in net.state_dict().items()}

    def convolution(planes: Any, name: str) -> Any:
        kernel, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        margin = kernel.shape[-1] // 2
        rows, columns = planes.shape[2:]
        padded = np.pad(planes, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
        out = np.zeros((len(planes), len(kernel), rows, columns)) + bias[:, None, None]
        for down in range(kernel.shape[2]):
            for right in range(kernel.shape[3]):
                window = padded[:, :, down : down + rows, right : right + columns]
                out += np.einsum("bprc,op->borc", window, kernel[:, :, down, right])
        return out

    def dense(features: Any, name: str) -> Any:
        return features @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    prefix = "torso.convolutions"
    planes = relu(convolution(observations.astype(np.float64), f"{prefix}.stem"))
    for number in range(net.shape.depth):
        inner = relu(convolution(planes, f"{prefix}.blocks.{number}.first"))
        planes = relu(planes + convolution(inner, f"{prefix}.blocks.{number}.second"))
    batch = len(observations)
    policy = relu(convolution(planes, f"{prefix}.policy")).reshape(batch, -1)
    value = relu(convolution(planes, f"{prefix}.value")).reshape(batch, -1)
    hidden = relu(dense(value, "value_hidden"))
    return dense(policy, "torso.policy"), np.tanh(dense(hidden, "value"))[:, 0]


def arrays_of(shape: NetShape, count: int) -> Any:
    rng = np.random.default_rng(3)
    return rng.normal(size=(count, *shape.observation_shape)).astype(np.float32)


def test_a_fresh_net_has_blocks_that_change_nothing_and_a_stirred_one_has_not() -> None:
    fresh = [m for m in fresh_net(SMALL, 5).modules() if isinstance(m, ResidualBlock)]
    stirred = [m for m in stirred_net(SMALL, 5).modules() if isinstance(m, ResidualBlock)]
    planes = torch.from_numpy(arrays_of(NetShape("board", (8, 4, 5), 6, 8, 2), 3)).abs()
    assert len(fresh) == len(stirred) == 2
    assert all(torch.equal(block(planes), planes) for block in fresh)
    assert not any(torch.equal(block(planes), planes) for block in stirred)


def test_a_fresh_nets_blocks_learn_from_the_first_step() -> None:
    # the second convolutions start at 0, so the first ones get their gradient one step later
    net = fresh_net(SMALL, 5)
    stepper = torch.optim.SGD(net.parameters(), lr=0.1)
    for _ in range(2):
        logits, values = net(torch.from_numpy(arrays_of(SMALL, 16)))
        stepper.zero_grad()
        (logits[:, 0].square().mean() + values.mean()).backward()  # type: ignore[no-untyped-call]
        stepper.step()
    for block in (m for m in net.modules() if isinstance(m, ResidualBlock)):
        assert block.second.weight.abs().max() > 0
        assert block.first.weight.grad is not None
        assert block.first.weight.grad.abs().max() > 0


def test_a_fresh_nets_planes_neither_vanish_nor_grow() -> None:
    net = fresh_net(SHAPE, 0)
    observations = torch.from_numpy(arrays(positions(200))[0])
    with torch.no_grad():
        logits, values = net(observations)
    assert 0.01 < logits.std() < 1.0
    assert values.abs().max() < 0.5


def test_the_same_seed_gives_the_same_weights_in_another_process() -> None:
    code = (
        "import torch; torch.set_num_threads(2); torch.manual_seed(9)\n"
        "from neural.policy_value import NetShape, fresh_net\n"
        "from neural.model_files import weights_version\n"
        f"print([weights_version(fresh_net({SHAPE!r}, seed)) for seed in (1, 2)])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    here = [weights_version(fresh_net(SHAPE, seed)) for seed in (1, 2)]
    assert ran.stdout.strip() == str(here)
    assert here[0] != here[1]


def test_mirrored_kernels_give_mirrored_moves() -> None:
    # convolutions know no left and right: flipping input and all kernels flips the planes
    net = stirred_net(SMALL, 2)
    flipped = copy.deepcopy(net)
    with torch.no_grad():
        for module in flipped.modules():
            if isinstance(module, nn.Conv2d):
                module.weight.copy_(module.weight.flip(-1))
        planes = torch.from_numpy(arrays_of(SMALL, 4))
        straight = blocks_of(net, planes)
        mirrored = blocks_of(flipped, planes.flip(-1)).flip(-1)
    torch.testing.assert_close(straight, mirrored, atol=1e-5, rtol=0)


def blocks_of(net: PolicyValueNet, planes: torch.Tensor) -> torch.Tensor:
    assert isinstance(net.torso, BoardTorso)
    planes = torch.relu(net.torso.convolutions["stem"](planes))
    for block in net.modules():
        if isinstance(block, ResidualBlock):
            planes = block(planes)
    return planes


@pytest.mark.parametrize("shape", [(42,), (6, 7), (4, 6, 7, 2)])
def test_what_is_no_board_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="use mlp"):
        NetShape("board", shape, 7, width=8, depth=1)


@pytest.mark.parametrize("sizes", [(0, 2), (8, 0)])
def test_a_board_net_without_planes_or_blocks_is_refused(sizes: tuple[int, int]) -> None:
    with pytest.raises(ShapeError, match="at least 1"):
        NetShape("board", (4, 6, 7), 7, *sizes)


def test_a_shape_comes_back_from_json() -> None:
    assert NetShape.from_json(SHAPE.to_json()) == SHAPE


def test_a_saved_board_net_comes_back_bit_by_bit(tmp_path: Any) -> None:
    model = stirred_model(4)
    loaded = load_model(save_model(model, tmp_path), GAME)
    assert loaded.card == model.card
    observations = torch.from_numpy(arrays(positions(20))[0])
    for ours, theirs in zip(model.net(observations), loaded.net(observations), strict=True):
        assert torch.equal(ours, theirs)


def test_one_changed_weight_in_the_file_is_refused(tmp_path: Any) -> None:
    path = save_model(stirred_model(4), tmp_path)
    weights = path.with_suffix(".safetensors")
    written = bytearray(weights.read_bytes())
    written[-1] ^= 1
    weights.write_bytes(bytes(written))
    with pytest.raises(BrokenWeightsError, match="hash"):
        load_model(path, GAME)


def test_the_memory_layout_is_no_part_of_the_version() -> None:
    # fits and evaluators keep kernels channels last; saved weights must not depend on that
    net = stirred_net(SHAPE, 1)
    moved = copy.deepcopy(net)
    moved.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    assert weights_version(moved) == weights_version(net)


def test_training_in_bfloat16_keeps_float32_weights_and_nearly_the_same_gradient() -> None:
    observations = torch.from_numpy(arrays(positions(64))[0])
    gradients = []
    for in_bfloat16 in (False, True):
        net = stirred_net(SHAPE, 3)
        assert isinstance(net.torso, BoardTorso)
        net.torso.in_bfloat16 = in_bfloat16
        logits, values = net(observations)
        assert logits.dtype == values.dtype == torch.float32
        (logits.square().mean() + values.square().mean()).backward()  # type: ignore[no-untyped-call]
        assert {p.dtype for p in net.parameters()} == {torch.float32}
        found = [p.grad.flatten() for p in net.parameters() if p.grad is not None]
        gradients.append(torch.cat(found))
    cosine = torch.nn.functional.cosine_similarity(gradients[0], gradients[1], dim=0)
    assert cosine > 0.999
    assert not torch.equal(gradients[0], gradients[1])


def test_training_and_evaluation_mode_compute_the_same() -> None:
    net = stirred_net(SHAPE, 6)
    observations = torch.from_numpy(arrays(positions(16))[0])
    assert torch.equal(net.train()(observations)[0], net.eval()(observations)[0])


def test_a_card_tells_the_shape_of_a_narrower_net(tmp_path: Any) -> None:
    narrow = NetShape("board", (4, 6, 7), 7, width=12, depth=1)
    model = make_model(
        stirred_net(narrow, 0),
        kind=KIND,
        environment=GAME,
        calibration=UNCALIBRATED,
        training={},
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    loaded = load_model(save_model(model, tmp_path), GAME)
    assert loaded.net.shape == narrow
    assert weights_version(loaded.net) == model.card.weights_version
