"""One vocabulary: the terms of the field, the words of the API's fields and values, and the synonyms not used.

`terms.yaml` becomes `docs/glossary.md`, `fields.yaml` and `values.yaml` become the titles and descriptions of the API's
documents; tests hold that the three are complete and that nothing else calls these things otherwise.
"""
