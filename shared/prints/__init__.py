"""What is printed: sheets as a page and as a PDF file (打印), sums in capital numerals (大写金额). Pure."""
