"""Credit rating: campaigns from the preliminary score to the final grade, and credit limits that grow."""
