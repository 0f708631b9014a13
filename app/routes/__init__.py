"""The HTTP surface, one file a family of paths."""
