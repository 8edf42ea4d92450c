"""Specifications: rules that run as SQL, written in Python to be read; tests hold the two equal (decision 10)."""
