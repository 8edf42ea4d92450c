"""Rules of accounts: who gives which grant, when a sign-in may be tried, from where a request comes. Pure."""
