"""Rows that count: those with some words in a column, and without others."""

from collections.abc import Iterator, Mapping, Sequence

from app.mapping.cells import printed, shown
from app.mapping.slugs import name_key

NO_SUCH_WORD = "no_such_word"


class RowFilter:
    """Whether a row counts: its cells have these words, and not those, spelt as in a look-up.

    It remembers which words no row has had: whoever misspelt one lost all rows, or kept too many.
    """

    def __init__(self, only: Mapping[str, list[str]], without: Mapping[str, list[str]]):
        self.parts = [
            (name, frozenset(map(name_key, words)), wanted)
            for some, wanted in ((only, True), (without, False))
            for name, words in some.items()
        ]
        self.unmet = {
            (name, name_key(word)): word
            for some in (only, without)
            for name, words in some.items()
            for word in words
        }

    def __call__(self, columns: Sequence[str], cells: Sequence[str]) -> bool:
        if not self.parts:
            return True
        row, counts = dict(zip(columns, cells, strict=False)), True
        for name, words, wanted in self.parts:
            word = name_key(row.get(name, ""))
            self.unmet.pop((name, word), None)
            counts = counts and (word in words) == wanted
        return counts

    def notices(self) -> Iterator[tuple[str, str]]:
        """The words that no row had, column by column."""
        for column in dict.fromkeys(name for name, _ in self.unmet):
            words = [word for (name, _), word in self.unmet.items() if name == column]
            yield (
                NO_SUCH_WORD,
                f"no row has {shown(words)} in the column “{printed(column)}”, as `only` or `not`"
                " says it",
            )
