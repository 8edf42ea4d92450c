"""Credit surveys: the collection form, what was collected, and what is due again."""
