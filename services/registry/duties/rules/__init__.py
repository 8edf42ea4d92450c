"""Rules of duties: whose they are, what a record of one must say, and what follows of a ranking. Pure."""
