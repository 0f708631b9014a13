"""Serve, configure, assemble and show."""
