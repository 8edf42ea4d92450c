"""Which refusals each operation of the API can answer with, read from the code that it runs."""
