"""What this process uses of its machine, from the operating system; and of graphics memory."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import torch

PAGE = os.sysconf("SC_PAGE_SIZE")
STARTED, USED_BEFORE = time.perf_counter(), time.process_time()


def resource_usage() -> dict[str, float]:
    """Return figures of now.

    Returns:
        cpu_seconds: of this process and its ended children, since they began; cpu_percent: of one
        processor, since this module was loaded (over 100 with several); cpu_count: that this
        process may use; memory_bytes: resident now (the peak, where the system does not tell);
        memory_peak_bytes; memory_total_bytes: of the machine; memory_percent: of it; gpu_count;
        gpu_memory_bytes: held by tensors on all of them, gpu_memory_reserved_bytes: by torch.
    """
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    peak = own.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    passed = max(time.perf_counter() - STARTED, 1e-9)
    total = os.sysconf("SC_PHYS_PAGES") * PAGE
    resident = _resident(peak)
    devices = range(torch.cuda.device_count() if torch.cuda.is_available() else 0)
    return {
        "cpu_seconds": cpu,
        "cpu_percent": 100.0 * (time.process_time() - USED_BEFORE) / passed,
        "cpu_count": float(usable_processors()),
        "memory_bytes": float(resident),
        "memory_peak_bytes": float(peak),
        "memory_total_bytes": float(total),
        "memory_percent": 100.0 * resident / total,
        "gpu_count": float(len(devices)),
        "gpu_memory_bytes": float(sum(torch.cuda.memory_allocated(d) for d in devices)),
        "gpu_memory_reserved_bytes": float(sum(torch.cuda.memory_reserved(d) for d in devices)),
    }


def usable_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _resident(peak: int) -> int:
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * PAGE if told.exists() else peak
