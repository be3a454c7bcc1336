"""Write references, for a framework family and a manifest's own variable syntax."""

from __future__ import annotations

import re
import warnings

from msgspec import Struct

from migrate.framework.releases import Treatment, traits_of
from migrate.model import Family, Framework, SlsMigrateError
from migrate.model.lazy_pattern import LazyPattern
from migrate.text.variables import DEFAULT, Delimiters


class _Form(Struct, frozen=True):
    here: str
    elsewhere: str


# Observed with serverless 1.83, 2.72, 3.40 and osls 3 and 4. The bare `ssm:/a/b` is never written:
# where the family was guessed wrong it deploys ciphertext without a word, these two fail loudly.
_FORMS = {
    Family.LEGACY: _Form(here="ssm:{path}~true", elsewhere="ssm.{region}:{path}~true"),
    Family.MODERN: _Form(here="ssm(raw):{path}", elsewhere="ssm({region}, raw):{path}"),
}

_EXPRESSION = LazyPattern(
    r"""(?P<open>(?:\\[^a-zA-Z0-9]|[^\\()\[\]]|\[\\?[^\\\]^]\])+?)
        (?P<look>\(\?![^()*+?{}|]*\))?
        \( (?P<inner>\(\?![^()*+?{}|]*\))? (?P<body>\[(?:\\.|[^\]\\])+\]|\.) [+*]\?? \)
        (?P<close>(?:\\[^a-zA-Z0-9]|[^\\()\[\]]|\[\\?[^\\\]^]\])+)""",
    re.VERBOSE | re.DOTALL,
)
_LONGEST = 1_000
_LITERAL = LazyPattern(r"\[\\?(?P<set>.)\]|\\(?P<escaped>[^a-zA-Z0-9])|(?P<plain>[^\\.^*+?|])", re.DOTALL)


class ReferenceRefusedError(SlsMigrateError):
    """No reference is certain to work for this framework and variable syntax."""


class ReferenceSyntax(Struct, frozen=True):
    """The syntax of references in one manifest and in the files that it includes."""

    family: Family
    delimiters: Delimiters = DEFAULT
    expression: re.Pattern[str] | None = None
    notes: tuple[str, ...] = ()


def syntax_for(framework: Framework, variable_syntax: str | None) -> ReferenceSyntax:
    """Determine the syntax that a framework reads.

    An unknown family is written as legacy.
    Raises ReferenceRefusedError where `variable_syntax` is one that can't be followed.
    """
    family = Family.LEGACY if framework.family is Family.UNKNOWN else framework.family
    if variable_syntax is None:
        return ReferenceSyntax(family)
    if framework.family is Family.UNKNOWN:
        # Versions that ignore variableSyntax would deploy such a reference as the text it is, without a word.
        raise ReferenceRefusedError("it sets variableSyntax, and it is unknown whether the framework reads that")
    traits = traits_of(framework)
    treatment = traits.treatment_of(framework.label) if traits else Treatment.REFUSES
    if treatment is Treatment.IGNORES:
        return ReferenceSyntax(family, notes=(f"{framework.label} ignores variableSyntax",))
    if treatment is Treatment.REFUSES:
        raise ReferenceRefusedError(f"{framework.label} refuses a manifest that sets variableSyntax")
    delimiters, expression = read_variable_syntax(variable_syntax)
    return ReferenceSyntax(family, delimiters, expression)


def read_variable_syntax(text: str) -> tuple[Delimiters, re.Pattern[str]]:
    """Parse a `variableSyntax` to its delimiters and its compiled expression.

    Only literals around one group of one class are read: that can't backtrack without bound, and
    all that teams use is of this shape.
    Raises ReferenceRefusedError for another.
    """
    found = _EXPRESSION.fullmatch(text) if len(text) <= _LONGEST else None
    sides = [_literal(found[side]) for side in ("open", "close")] if found else [None]
    if any(side is None for side in sides):
        raise ReferenceRefusedError("variableSyntax has an unsupported form")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expression = re.compile(_for_python(text))
    except (re.error, OverflowError, RecursionError):
        raise ReferenceRefusedError("variableSyntax is not a regular expression") from None
    return Delimiters(str(sides[0]), str(sides[1])), expression


def _literal(expression: str) -> str | None:
    text, at = "", 0
    while at < len(expression):
        found = _LITERAL.match(expression, at)
        if found is None:
            return None
        text += found[found.lastgroup or 0]
        at = found.end()
    return text


def _for_python(expression: str) -> str:
    # JavaScript takes an unescaped brace or bracket for itself, Python for a repeat or a nested set.
    return re.sub(r"(?<!\\)[{}]", r"\\\g<0>", expression)


def reads(syntax: ReferenceSyntax, variable: str) -> bool:
    """Return whether the framework takes a text for a variable.

    What it does not is deployed as it is.     `variable` has its delimiters, and no variable within it.
    """
    if syntax.expression is not None:
        return syntax.expression.fullmatch(variable) is not None
    body = variable.removeprefix(syntax.delimiters.open)
    return syntax.family is Family.LEGACY or bool(re.match("[A-Za-z]", body))


def source(syntax: ReferenceSyntax, path: str, region: str | None = None) -> str:
    """Write a reference without delimiters, as one of a variable's fallbacks."""
    form = _FORMS[syntax.family]
    return (form.elsewhere if region else form.here).format(path=path, region=region)


def fits(syntax: ReferenceSyntax, body: str) -> bool:
    """Return whether a manifest's own expression matches the whole of a source.

    `body` holds no variable within it; without an expression every source fits.
    """
    if syntax.expression is None:
        return True
    match = syntax.expression.fullmatch(f"{syntax.delimiters.open}{body}{syntax.delimiters.close}")
    return match is not None and match[1] == body


def reference(syntax: ReferenceSyntax, path: str, region: str | None = None) -> str:
    """Write a whole reference, `${ssm:/a/b~true}` or as this manifest writes it.

    `region` is given only where the parameter lies in another region than the deployment.
    Raises ReferenceRefusedError where the manifest's own expression would not match it.
    """
    body = source(syntax, path, region)
    text = f"{syntax.delimiters.open}{body}{syntax.delimiters.close}"
    if not fits(syntax, body):
        raise ReferenceRefusedError("the manifest's variableSyntax does not match such a reference")
    return text
