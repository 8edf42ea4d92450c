"""One household, one file (一户一档): everything the registry knows of a household in one answer (LG-42, LG-43)."""
