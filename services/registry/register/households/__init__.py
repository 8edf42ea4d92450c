"""Registered households: import, status over time, members and bank accounts."""
