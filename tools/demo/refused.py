"""Why the demonstration cannot go on: one sentence in both languages that says what to do."""

from shared.languages import Sentence


class DemoRefused(Exception):
    """The demonstration cannot begin or go on as asked."""

    def __init__(self, *, zh: str, en: str) -> None:
        self.sentence = Sentence(zh, en)
        super().__init__(str(self.sentence))
