"""The statement of a loan's account (对账单): to read, to print and as a spreadsheet."""
