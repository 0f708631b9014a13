import random

import numpy as np
import pytest
import torch

from neural.device import DeviceError, pick_device, seed_everything, use_threads


def test_auto_takes_cuda_where_there_is_one() -> None:
    assert pick_device("auto").type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert pick_device("cpu") == torch.device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_asking_for_cuda_without_one_is_refused() -> None:
    with pytest.raises(DeviceError, match="use auto or cpu"):
        pick_device("cuda")


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(DeviceError, match="tpu"):
        pick_device("tpu")


def test_seeding_repeats_the_draws_of_all_three_generators() -> None:
    draws = []
    for _ in range(2):
        seed_everything(3)
        draws.append((random.random(), float(np.random.rand()), float(torch.rand(1))))
    assert draws[0] == draws[1]


def test_thread_counts_are_set_and_checked() -> None:
    before = torch.get_num_threads()
    use_threads(1)
    assert torch.get_num_threads() == 1
    use_threads(before)
    with pytest.raises(DeviceError):
        use_threads(0)
