"""Persons who may be on the register twice."""
