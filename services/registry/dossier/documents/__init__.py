"""Documents of a household's dossier: papers and photos, checked, sealed, in versions, and who viewed them."""
