"""The register as sheets to download, in the columns of the import, and the record of who took which."""
