"""Every operation of a loan in every state of it."""
