"""What is done with agreements: drafted, signed, confirmed, corrected, ended."""
