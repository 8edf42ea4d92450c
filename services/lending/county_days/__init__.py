"""Days on which a county rests or works otherwise than China does; entered by two persons, before or after them."""
