"""Loans that a bank takes from its books (核销): the debt lives, and what still comes is named so."""
