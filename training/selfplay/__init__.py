"""Self-play and expert iteration."""
