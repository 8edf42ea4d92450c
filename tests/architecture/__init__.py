"""What holds the house together: one vocabulary, walls between rooms, names and sizes."""
