"""Measure the agent on problems with known answers: `tandem bench tasks`."""
