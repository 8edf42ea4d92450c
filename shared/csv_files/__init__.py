"""CSV files that come from outside and go there: one way to read them, one to refuse them, one to write them.

A service declares a file's columns (`columns`) and what a line becomes; a bank's file is staged with one COPY and its
lines are checked and converted in SQL (`staging`), a smaller one is read row by row (`text`).
"""
