"""Credit duties in the villages' own rules: which village adopted which text on which day (FJ-16)."""
