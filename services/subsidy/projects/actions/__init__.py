"""What is done to a project: planned, taken step by step, staffed anew, and put right by two."""
