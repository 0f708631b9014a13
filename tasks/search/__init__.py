"""Games and search kinds."""
