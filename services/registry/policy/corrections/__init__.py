"""Corrections (更正): what a wrong pack says for contracts signed under it, put right by two persons with a reason."""
