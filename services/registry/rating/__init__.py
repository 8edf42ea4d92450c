"""Credit rating: campaigns from the preliminary score to the final grade, and lines that grow."""
