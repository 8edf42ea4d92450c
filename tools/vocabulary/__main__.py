"""`python -m tools.vocabulary [folder]`: write the glossary, or list the words of a tree that are not used."""

import sys
from pathlib import Path

from tools.vocabulary import document
from tools.vocabulary.scan import Scanner
from tools.vocabulary.terms import sections

if len(sys.argv) > 1:
    findings = Scanner(sections()).scan(Path(sys.argv[1]).resolve())
    print("\n".join(map(str, findings)) or "every word is one of the vocabulary")
    sys.exit(bool(findings))
document.main()
