"""What is promised between the parts: schemas, API documents, events."""
