"""Language models: which, at what price, under what call policy."""
