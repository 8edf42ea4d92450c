"""Five-category classification of loans (五级分类): by days past due each month, and worse by two officers (LG-43)."""
