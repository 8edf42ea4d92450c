"""Specifications: rules that run as SQL, written in Python to be read (decision 10).

Tests hold each equal to its statement. Worked examples of packs, which have no database, use them too; no service does.
"""
