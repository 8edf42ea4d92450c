"""The writes of this room: checks that are stored, screenings, and what is noted of each loan."""
