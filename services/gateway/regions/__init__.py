"""Changes of official region codes: which code became which, and which codes a grant on a region now reaches."""
