"""Learn from episodes, compare and release."""
