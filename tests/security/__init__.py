"""Who gets in, how far, and what never gets out."""
