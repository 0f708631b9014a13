"""Monte Carlo tree search over arrays: one engine for one tree or a thousand."""
