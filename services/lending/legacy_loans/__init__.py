"""Legacy loans (存量贷款): of earlier rules, taken on the books to run on (LG-2, LG-28)."""
