"""What is printed: sheets as a page and as a PDF file (打印)."""
