"""Command-line programs of the project."""
