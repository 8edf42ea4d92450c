"""The vocabulary as a document (`docs/glossary.md`), and as a rule: no other word where a term of the field belongs."""
