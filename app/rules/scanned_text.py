"""Scanned text: the words, numbers and signs of a text that is looked through for figures."""

import re
from functools import cache

from app.rules.bounds import BoundedFigure, MeasureContext
from app.rules.figures import read_figure
from app.rules.lexicon import lexicon_of
from app.rules.tokenizer import Token, Unreadable, tokenise, words

MOST_READINGS = 4000
"""The most wordings that are tried for one text: about a second's work."""

_PIECE = re.compile(
    r"\n\s*\n|\d+(?:[.,'’  ]\d+)*(?:e[+-]?\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\s\w]", re.IGNORECASE
)
_LINE_BREAK = re.compile(r"(\d?)[^\S\n]*[\n\r\t]\s*(?=(\d?))")
_ENDS_A_CLAUSE = re.compile(r"[\n.;:!?(){}\[\]“”\"«»]")


def one_line(wording: str) -> str:
    """A wording that its text breaks into lines; digits of two lines stay two numbers."""
    if wording.isprintable():
        return wording
    return _LINE_BREAK.sub(
        lambda found: found[1] + ("  " if found[1] and found[2] else " "), wording
    )


class Scan:
    """One text that is looked through, with its language and how much work is left for it."""

    def __init__(self, text: str, context: MeasureContext):
        self.text, self.context = text, context
        self.lex = lexicon_of(context.language)
        self.pieces = list(_PIECE.finditer(text))
        self.left = MOST_READINGS
        self.folded = cache(self._folded)
        """A word as the lexicon has it: letters that its language spells two ways are one."""

    def reading(self, first: int, last: int, context: MeasureContext) -> BoundedFigure | None:
        """How the pieces from first to last are read together; None where they are not."""
        found = self.attempt(first, last, context)
        return None if isinstance(found, Unreadable) else found

    def attempt(self, first: int, last: int, context: MeasureContext) -> BoundedFigure | Unreadable:
        """The same, or why they are not; of these there are ``MOST_READINGS``."""
        self.left -= 1
        return self.read(first, last, context)

    def read(self, first: int, last: int, context: MeasureContext) -> BoundedFigure | Unreadable:
        """How these pieces are read, or why they are not."""
        try:
            return read_figure(self.wording(first, last), context)
        except Unreadable as refused:
            return refused

    def wording(self, first: int, last: int) -> str:
        """The text from one piece to another."""
        return one_line(self.text[self.pieces[first].start() : self.pieces[last].end()])

    def tokens(self, first: int, last: int) -> list[Token]:
        """These pieces as phrases of the lexicon are looked up in them; none where they are not."""
        try:
            return self.lex.prepared(tokenise(self.wording(first, last)))
        except Unreadable:
            return []

    def word(self, at: int) -> str:
        """A piece as the lexicon has it, or "" beyond the last."""
        return self.folded(self.pieces[at][0]) if at < len(self.pieces) else ""

    def _folded(self, word: str) -> str:
        return self.lex.folded("".join(words(word)))

    def ends_clause(self, at: int) -> bool:
        """Whether a piece ends a clause, as the stop of "approx. 500" does not."""
        if not _ENDS_A_CLAUSE.match(self.pieces[at][0]):
            return False
        shortened = self.pieces[at][0] == "." and at > 0 and self.word(at - 1)
        return not (shortened and shortened in self.lex.scan["shortened"])
