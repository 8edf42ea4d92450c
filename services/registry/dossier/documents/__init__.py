"""Documents of a household's file: papers and photos, checked, sealed, kept in versions, and who looked at them."""
