"""Rules of signing in: when an account may be tried again, from where a request comes. Pure."""
