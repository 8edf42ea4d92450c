"""Rules of accounts: who gives which grant. Pure."""
