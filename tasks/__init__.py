"""Be right: problems, environments, graders. Python, NumPy, Numba only; imports nothing of ours."""
