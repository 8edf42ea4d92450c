"""The county's report of its fund."""
