"""Rules of changed codes: what became of a region, and which codes a grant reaches. Pure."""
