"""Dossier (户档): a household's sealed documents, and everything on record about it in one answer."""
