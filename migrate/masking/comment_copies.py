"""Copies of secrets in comments, which no run changes and no framework reads."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import accumulate

from migrate.masking.occurrences import Occurrences
from migrate.model import Manifest, Span, lines_of
from migrate.model.lazy_pattern import LazyPattern

COMMENT = LazyPattern(r"(?m)(?:^|(?<=\s))#[^\r\n]*")
# A secret this short or plain may be a word of the text as well.
TOO_COMMON = LazyPattern(r".{0,3}|[a-z]{1,8}|\d{1,4}", re.DOTALL)


def lines_in_comments(manifest: Manifest, values: Collection[str]) -> Mapping[str, tuple[int, ...]]:
    """Map each value that a comment holds to the lines of those comments.

    Lines count from 1. Values that may be ordinary words are left out.
    """
    wanted = {value for value in values if not TOO_COMMON.fullmatch(value)}
    comments = list(_comments(manifest)) if wanted and not manifest.is_json else []
    if not comments:
        return {}
    text = "\n".join(span.of(manifest.text) for span in comments)
    starts = list(accumulate((span.end - span.start + 1 for span in comments), initial=0))
    lines_of_value: dict[str, list[int]] = defaultdict(list)
    for span in Occurrences(wanted).of(text):
        comment = comments[bisect_right(starts, span.start) - 1]
        lines_of_value[span.of(text)].append(lines_of(manifest).position(comment.start)[0])
    return {value: tuple(sorted(set(lines))) for value, lines in lines_of_value.items()}


def _comments(manifest: Manifest) -> Iterator[Span]:
    """Yield the comments: what follows a `#` that is part of no value."""
    tokens = [scalar.span for scalar in manifest.scalars]
    starts = [span.start for span in tokens]
    at = 0
    while comment := COMMENT.search(manifest.text, at):
        before = bisect_right(starts, comment.start()) - 1
        is_part = before >= 0 and tokens[before].end > comment.start()
        at = tokens[before].end if is_part else comment.end()
        if not is_part:
            yield Span(*comment.span())
