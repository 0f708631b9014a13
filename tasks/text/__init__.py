"""Kinds about short texts."""
