"""A service on the drawing board: files that are written with secrets planted in them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .shapes import ALL_SHAPES, Purse, Secret, Shape
from .styles import EVERY, Style, write

HANDLER = b"exports.f = async () => 1;\n"
_COMMENTED = 0.2


@dataclass(frozen=True, slots=True)
class Service:
    """A service's files, the secrets in them, and the frameworks that must build it (None: not known).

    `planted` are values that stand whole in what is deployed; `secrets` counts all that could move.
    `builds` are the options of each build that is compared, `options` those of the migration.
    """

    name: str
    files: Mapping[str, bytes] = field(repr=False)
    planted: tuple[str, ...] = field(default=(), repr=False)
    secrets: int = 0
    builds_on: frozenset[str] | None = None
    builds: tuple[tuple[str, ...], ...] = ((),)
    options: tuple[str, ...] = ()

    def lay(self, folder: Path) -> None:
        """Write the files below `folder`."""
        for name, content in self.files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


class Draft:
    """Writes secrets in every style in turn, and remembers what was planted."""

    def __init__(self, name: str, styles: tuple[Style, ...] = EVERY, shapes: tuple[Shape, ...] = ALL_SHAPES) -> None:
        self.name = name
        self.styles = styles
        self.shapes = shapes
        self.planted: list[str] = []
        self._purse = Purse(name)
        self._random = random.Random(name)
        self._turn = 0
        self._unseen = 0

    def secrets(self, count: int, shapes: tuple[Shape, ...] | None = None) -> list[Secret]:
        """New secrets, counted as planted."""
        drawn = self._purse.draw(count, shapes or self.shapes)
        self.planted += [secret.value for secret in drawn]
        return drawn

    def unseen(self, count: int) -> list[Secret]:
        """New secrets that do not stand whole in what is deployed."""
        self._unseen += count
        return self._purse.draw(count, self.shapes)

    def text(self, value: str, indent: int) -> str:
        """What stands behind `key:`, where the key is at `indent`; now and then with a comment."""
        text = self.bare(value, indent)
        return f"{text} # ask ops" if "\n" not in text and self._random.random() < _COMMENTED else text

    def bare(self, value: str, indent: int) -> str:
        """The same without a comment; the styles take turns at being tried first."""
        self._turn += 1
        first = self._turn % len(self.styles)
        return write(value, indent + 2, self.styles[first:] + self.styles[:first])

    def lines(self, secrets: list[Secret], indent: int, key: Callable[[Secret], str] | None = None) -> str:
        """A block mapping of the secrets, environment names as keys unless `key` says others."""
        named = key or (lambda secret: secret.upper)
        blank = " " * indent
        return "".join(f"{blank}{named(secret)}:{self.text(secret.value, indent)}\n" for secret in secrets)

    def head(self, provider: str = "", extra: str = "") -> str:
        """The first lines of a manifest that every one of the frameworks accepts."""
        return (
            f"service: {self.name}\n{extra}"
            "package:\n  excludeDevDependencies: false\n"
            "provider:\n  name: aws\n  runtime: nodejs20.x\n  versionFunctions: false\n" + provider
        )

    def service(self, files: Mapping[str, str | bytes]) -> Service:
        """The finished service, with a handler."""
        encoded = {name: content.encode() if isinstance(content, str) else content for name, content in files.items()}
        everything = {"handler.js": HANDLER, **encoded}
        return Service(self.name, everything, tuple(self.planted), len(self.planted) + self._unseen)


def function(name: str, environment: str = "") -> str:
    """One function, with the lines of its environment, indented by six."""
    body = f"  {name}:\n    handler: handler.f\n"
    return body + (f"    environment:\n{environment}" if environment else "")


def reading(names: Mapping[str, str], indent: int = 6) -> str:
    """Environment lines that read variables: name → expression."""
    return "".join(f"{' ' * indent}{name}: {expression}\n" for name, expression in names.items())
