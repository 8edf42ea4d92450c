"""Household sheets: taken in, their right rows registered, their wrong rows sent back with reasons."""
