"""The demonstration: one county's loans from registration to recovered losses, on generated households."""
