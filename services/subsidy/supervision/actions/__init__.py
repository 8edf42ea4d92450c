"""Findings and their follow-up; measures against a violating project."""
