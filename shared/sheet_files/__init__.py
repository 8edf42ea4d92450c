"""Sheets that come from outside: workbooks and CSV files of any spreadsheet, read row by row and safely."""
