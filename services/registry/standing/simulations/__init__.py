"""What would change for the applications of a period under another policy pack."""
