"""A note on method: a term and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """One note on how something was made.

    Attributes
    ----------
    term : str
        What it is about, such as ``"Rates"``; empty where it is about all.
    text : str
        One or more sentences. The first may go on from the term in lower case.
    """

    term: str
    text: str

    def __str__(self) -> str:
        return f"{self.term}: {self.text}" if self.term else self.text

    def entry(self) -> tuple[str, str]:
        """Return the term, or the word for none, and the text as a sentence of its own."""
        return self.term or "Note", self.text[:1].upper() + self.text[1:]
