"""Standards, lists of grants and their payment."""
