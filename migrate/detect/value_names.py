"""The name that a value goes by: its key, a name next to it, an option before it, or the key above it."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from migrate.detect.context import is_environment, is_gateway_key
from migrate.detect.name_meaning import NameMeaning, SecretOrigin, Strength
from migrate.detect.name_words import split_name, vocabulary
from migrate.detect.names import excludes_secret, is_generic, meaning_of
from migrate.detect.resources import INTRINSICS, UNNAMED_PROPERTIES, carries_secret, property_name
from migrate.detect.siblings import Parts, Siblings
from migrate.model import Kind, Scalar
from migrate.model.lazy_pattern import LazyPattern

NAME_KEYS = (
    *("name", "Name", "key", "Key", "ParameterKey", "ParameterName", "HeaderName", "headerName", "OptionName"),
    *("variable", "Variable", "header", "Header", "field", "env", "id", "Id", "title", "parameter", "keyName"),
)
VALUE_KEYS = vocabulary(
    "value Value val ParameterValue HeaderValue headerValue content default Default stringValue StringValue "
    "defaultValue data"
)
PAIR_VALUES = frozenset({"value", "Value", "ParameterValue"})
_OPTION = LazyPattern(r"--?[A-Za-z][\w-]+")
_POINTERS = frozenset({"!Ref", "!GetAtt", "!ImportValue", "!Condition", "!FindInMap", "!GetAZs", "!Cidr"})
_STRUCTURE = vocabulary(
    "input Input output payload body event request response data args arguments provider custom functions "
    "resources Resources Properties params stages config settings options service services Parameters plugins "
    "default dev prod"
)


class ValueName(Struct, frozen=True):
    """The name that means a value: its words, and what they promise."""

    words: tuple[str, ...]
    meaning: NameMeaning | None


NO_NAME = ValueName((), None)
_GATEWAY_KEY = ("api", "key")


def name_of(scalar: Scalar, siblings: Siblings) -> ValueName:
    """Return the name that means a value.

    `NO_NAME` for one that is a pointer, or the name of another value.
    """
    parts = scalar.path.parts
    if scalar.tag in _POINTERS or _is_pointer(parts):
        return NO_NAME
    resource_type = siblings.resource_type(parts)
    if carries_secret(resource_type, parts):
        return _name_of_property(resource_type, parts, siblings)
    keys = [part for part in parts if isinstance(part, str)]
    if is_gateway_key(keys):
        return ValueName(_GATEWAY_KEY, meaning_of(_GATEWAY_KEY)) if keys[-1] == "value" else NO_NAME
    option = _option_before(scalar, siblings) if parts and isinstance(parts[-1], int) else None
    if option is not None:
        return option
    if keys and keys[-1] in NAME_KEYS and any(near.path.parts[-1] in PAIR_VALUES for near in siblings.of(scalar)):
        return NO_NAME
    pair = _name_in_pair(scalar, siblings) if keys and keys[-1] in VALUE_KEYS else None
    if pair is not None:
        return pair
    while len(keys) > 1 and (is_generic(keys[-1]) or keys[-1] in INTRINSICS or keys[-1] in VALUE_KEYS):
        keys.pop()
    return _name_of_keys(keys)


def _named(name: str) -> ValueName:
    """Return a name with its words and their meaning."""
    words = split_name(name)
    return ValueName(words, meaning_of(words))


def _name_of_property(resource_type: str, parts: Parts, siblings: Siblings) -> ValueName:
    """Return the name of a resource's property that carries a secret.

    It promises one whatever it is called.
    """
    prop = property_name(parts)
    words = split_name(prop)
    unnamed = UNNAMED_PROPERTIES.get((resource_type, prop))
    if unnamed is not None and unnamed.strength is Strength.WEAK:
        return ValueName(words, unnamed)
    meaning = unnamed or meaning_of(words)
    if (resource_type, prop) == ("AWS::SSM::Parameter", "Value"):
        parameter = _parameter_name(parts, siblings)
        return parameter if parameter.meaning else ValueName(words, meaning)
    secret = meaning or NameMeaning(Kind.OTHER, Strength.STRONG, SecretOrigin.CHOSEN, "a secret")
    return ValueName(words, replace(secret, strength=Strength.STRONG))


def _parameter_name(parts: Parts, siblings: Siblings) -> ValueName:
    """Return the last segment of the name under which a resource stores a parameter."""
    for sibling in siblings.below(parts[: parts.index("Properties") + 1]):
        if sibling.path.parts[-1] == "Name":
            return _named(sibling.value.rpartition("/")[2])
    return NO_NAME


def _option_before(scalar: Scalar, siblings: Siblings) -> ValueName | None:
    """Return the option before a value in a list: `[tool, --password, …]`."""
    before = siblings.before(scalar)
    if before and before.path.parts[-1] == int(scalar.path.parts[-1]) - 1 and _OPTION.fullmatch(before.value):
        return _named(before.value)
    return None


def _name_in_pair(scalar: Scalar, siblings: Siblings) -> ValueName | None:
    """Return the name of a value in a pair: `{Name: DB_PASSWORD, Value: …}`."""
    near = {sibling.path.parts[-1]: sibling.value for sibling in siblings.of(scalar)}
    for key in NAME_KEYS:
        if key in near:
            return _named(near[key])
    return None


def _name_of_keys(keys: list[str]) -> ValueName:
    """Return a key's own name, made clearer by its parent: `stripe: {key: …}`."""
    if not keys:
        return NO_NAME
    words = split_name(keys[-1])
    own = meaning_of(words)
    parent = split_name(keys[-2]) if len(keys) > 1 and not _is_structure(keys[-2]) else ()
    if own is not None and parent and (len(words) == 1 or own.strength < Strength.STRONG):
        joint = meaning_of(parent + words)
        if joint is None and len(words) == 1:
            return ValueName(parent + words, None)
        if joint is None or joint.strength >= own.strength:
            return ValueName(parent + words, joint or own)
    if own is None and parent and words and not excludes_secret(words):
        return ValueName(words, _meaning_in_map(keys[-2]))
    return ValueName(words, own)


def _meaning_in_map(parent: str) -> NameMeaning | None:
    """Return what a map of secrets promises of a key of its own: `apiKeys: {acme: …}`."""
    meaning = meaning_of(split_name(parent))
    if meaning is None or meaning.strength < Strength.FAIR or not parent.lower().endswith(("s", "secret")):
        return None
    return replace(meaning, strength=Strength.FAIR if meaning.kind is Kind.PASSWORD else Strength.WEAK)


def _is_pointer(parts: Parts) -> bool:
    """Return whether a value only points elsewhere, as an argument of `Ref` does."""
    names = (part for part in parts if isinstance(part, str))
    return any(name == "Ref" or (name.startswith("Fn::") and name not in INTRINSICS) for name in names)


def _is_structure(key: str) -> bool:
    """Return whether a key only structures the file, and names no value."""
    return key in _STRUCTURE or is_environment(key.lower()) or is_generic(key)
