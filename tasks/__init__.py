"""Be right: problems, environments and graders. Pure Python, NumPy and Numba; imports nothing of ours."""
