"""Task kinds of the family reasoning."""
