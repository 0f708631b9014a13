"""Where tensors live, how many threads they use, and the one place that seeds global generators."""

from __future__ import annotations

import random

import numpy as np
import torch


class DeviceError(ValueError):
    """A device that does not exist here."""


def pick_device(name: str) -> torch.device:
    """Return the device of a name.

    Args:
        name: `auto` takes CUDA where there is one and the processor otherwise; `cpu` and `cuda`
            mean themselves.

    Raises:
        DeviceError: if the name is another, or is `cuda` where there is none.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise DeviceError(f"unknown device {name!r}; expected auto, cpu or cuda")
    if name == "cuda" and not torch.cuda.is_available():
        raise DeviceError("device 'cuda' was asked for, but torch finds none; use auto or cpu")
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)


def pick_precision(name: str, device: str | torch.device = "cpu") -> torch.dtype:
    """Return the number format that convolutions are computed in.

    Args:
        name: `float32`, `bfloat16`, or `auto`: bfloat16 where the device computes it in hardware,
            where it takes half the time.
        device: where.

    Raises:
        DeviceError: if the name is another.
    """
    if name not in ("auto", "float32", "bfloat16"):
        raise DeviceError(f"unknown precision {name!r}; expected auto, float32 or bfloat16")
    if name == "auto":
        on_host = torch.device(device).type == "cpu"
        half = _host_has_bfloat16() if on_host else torch.cuda.is_bf16_supported()
        return torch.bfloat16 if half else torch.float32
    return torch.bfloat16 if name == "bfloat16" else torch.float32


def instruction_set() -> str:
    """Return what numbers on this processor depend on: `AVX512+BF16`; results repeat bit by bit
    where it is the same, with the same versions and threads.
    """
    return torch.backends.cpu.get_cpu_capability() + ("+BF16" if _host_has_bfloat16() else "")


def _host_has_bfloat16() -> bool:
    widest = torch.backends.cpu.get_cpu_capability() == "AVX512"  # torch may be told to use less
    return widest and bool(torch.cpu._is_avx512_bf16_supported())


def seed_everything(seed: int) -> None:
    """Seed the global generators of Python, NumPy and torch, for libraries that take no other.

    Args:
        seed: in [0, 2**32), NumPy's range.
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def use_threads(count: int) -> None:
    """Let one torch operation use at most `count` threads of this process.

    Raises:
        DeviceError: if the count is below 1.
    """
    if count < 1:
        raise DeviceError(f"thread count {count} is below 1; use at least one thread")
    torch.set_num_threads(count)
