"""Tokens that are known by their shape: the row of such a token, and the search for it in a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from msgspec import Struct

from migrate.model import Confidence, Kind, Span

_SPOKEN_WITH_A_VOWEL = ("a", "e", "i", "o", "npm", "xai")


class Shape(Struct, frozen=True):
    """The token of a service: a row of the table in `tokens.py`.

    Every such token holds one of the texts in `anchors`; `pattern` is its whole shape, `check` what a text of that
    shape must also pass; without passing it is a medium finding, since somebody made it up. `recipe` builds an
    example, see `samples.py`.
    """

    id: str
    title: str
    kind: Kind
    anchors: str
    pattern: str
    recipe: str
    check: Callable[[str], bool] | None = None
    confidence: Confidence = Confidence.HIGH

    @property
    def with_article(self) -> str:
        """Return the title with its article, as it is spoken: `an npm access token`."""
        return f"{'an' if self.title.lower().startswith(_SPOKEN_WITH_A_VOWEL) else 'a'} {self.title}"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a shape's expression when it is first needed."""
    return re.compile(pattern, re.DOTALL)


def find(text: str, shapes: tuple[Shape, ...]) -> Iterator[tuple[Shape, Span, bool]]:
    """Yield every token in a text: its shape, its span, and whether its check holds."""
    for shape in shapes:
        for match in compiled(shape.pattern).finditer(text):
            yield shape, Span(*match.span()), shape.check is None or shape.check(match[0])
