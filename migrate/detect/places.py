"""Where a value stands: what its surroundings say of it, and which name is the one that means it."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from migrate.detect import resources
from migrate.detect.names import FAIR, STRONG, WEAK, Maker, Sense, is_generic, sense, takes_back
from migrate.detect.words import is_one_slip, split, vocabulary
from migrate.model import Kind, Manifest, Role, Scalar
from migrate.model.lazy_pattern import Expression

Parts = tuple[str | int, ...]

# Under these no name means a secret: permissions, schemas, packaging, what is shown.
_NEVER_UNDER = vocabulary(
    "iamRoleStatements iamRoleStatementsInherit iamManagedPolicies PolicyDocument AssumeRolePolicyDocument "
    "Policies Statement statements managedPolicies KeySchema AttributeDefinitions Tags tags stackTags layers "
    "plugins package cors Outputs Metadata Conditions PasswordPolicy usagePlan authorizers authorizer schema "
    "schemas Schema required LambdaConfig ExplicitAuthFlows GenerateSecretString AllowedHeaders AllowedMethods "
    "TokenValidityUnits AliasAttributes vpc alarms events Projection dependencies devDependencies keywords "
    "GlobalSecondaryIndexes LocalSecondaryIndexes AllowedOAuthFlows AllowedOAuthScopes NonKeyAttributes "
    "ResponseParameters RequestParameters requestParameters responseParameters i18n translations errors messages labels"
)
_UNDER_EVENTS = frozenset({"input", "Input", "payload", "body"})
_ENVIRONMENT = (
    "environment",
    "environments",
    "env",
    "envs",
    "environmentvariables",
    "variables",
    "vars",
    "envvars",
    "dotenv",
)
_HEADERS = frozenset(
    {"headers", "defaultheaders", "httpheaders", "requestheaders", "origincustomheaders", "customheaders", "header"}
)
_CONTAINERS = frozenset({"secret", "credentials", "password", "token", "tokens"})
_EXAMPLES = vocabulary(
    "example examples sample samples mock mocks fixture fixtures docs documentation description readme help helptext "
    "comment comments summary changelog"
)
NAME_KEYS = (
    *("name", "Name", "key", "Key", "ParameterKey", "ParameterName", "HeaderName", "headerName", "OptionName"),
    *("variable", "Variable", "header", "Header", "field", "env", "id", "Id", "title", "parameter", "keyName"),
)
VALUE_KEYS = vocabulary(
    "value Value val ParameterValue HeaderValue headerValue content default Default stringValue StringValue "
    "defaultValue data"
)
PAIR_VALUES = frozenset({"value", "Value", "ParameterValue"})
INTRINSICS = frozenset({"Fn::Sub", "Fn::If", "Fn::Base64", "Fn::Transform"})
_OPTION = Expression(r"--?[A-Za-z][\w-]+")
_POINTERS = frozenset({"!Ref", "!GetAtt", "!ImportValue", "!Condition", "!FindInMap", "!GetAZs", "!Cidr"})
_STRUCTURE = vocabulary(
    "input Input output payload body event request response data args arguments provider custom functions "
    "resources Resources Properties params stages config settings options service services Parameters plugins "
    "default dev prod"
)


# Files of texts for people lie in such directories, or are called so.
_TRANSLATIONS = vocabulary("locales locale i18n l10n lang langs languages translations translation intl messages")


# How many values to either side of one are looked at as its neighbours.
_NEAR = 32


class Place(Struct, frozen=True):
    """What the surroundings say: in words, in points, and whether key names mean anything there."""

    says: str
    points: int = 0
    named: bool = True


class Name(Struct, frozen=True):
    """The name that means a value: its words, and what they promise."""

    words: tuple[str, ...]
    sense: Sense | None


_NO_NAME = Name((), None)


class Surroundings:
    """A manifest's places and neighbours, each worked out once."""

    def __init__(self, manifest: Manifest) -> None:
        self._included = manifest.role is Role.INCLUDED
        self._contained = is_container(manifest.file.stem)
        self._translated = is_translation(manifest.file)
        self._places: dict[Parts, Place] = {}
        self._beside: dict[Parts, list[Scalar]] = {}
        self._types: dict[Parts, str] = {}
        for scalar in manifest.scalars:
            parts = scalar.path.parts
            self._beside.setdefault(parts[:-1], []).append(scalar)
            if parts[-1:] == ("Type",) and "::" in scalar.value:
                self._types[parts[:-1]] = scalar.value

    def beside(self, scalar: Scalar) -> list[Scalar]:
        """The values around it in the same map or list, the scalar itself among them."""
        every = self._beside.get(scalar.path.parts[:-1], [])
        if len(every) <= 2 * _NEAR:
            return every
        at = bisect_left(every, scalar.span.start, key=_start)
        return every[max(0, at - _NEAR) : at + _NEAR]

    def resource_type(self, parts: Parts) -> str:
        """The CloudFormation type of the resource that a property belongs to, '' outside resources."""
        if "Properties" not in parts:
            return ""
        return self._types.get(parts[: parts.index("Properties")], "")

    def place(self, scalar: Scalar) -> Place:
        """Where a value stands."""
        if scalar.path.leaf.lower() in _EXAMPLES:
            return Place("in a description", -45, named=False)
        if self._translated:
            return Place("in a translation", -45, named=False)
        parts = scalar.path.parts
        if self._is_carrier(parts):
            return Place("in a resource property that carries secrets", 5)
        if parts[:-1] not in self._places:
            self._places[parts[:-1]] = self._placed(parts[:-1])
        return self._places[parts[:-1]]

    def _placed(self, parts: Parts) -> Place:
        keys = [part for part in parts if isinstance(part, str)]
        if "apiKeys" in keys and "provider" in keys:
            return Place("among the API keys of the gateway")
        if not _NEVER_UNDER.isdisjoint(keys) and not ("events" in keys and not _UNDER_EVENTS.isdisjoint(keys)):
            return Place("", named=False)
        low = [key.lower().replace("_", "").replace("-", "") for key in keys]
        if not _EXAMPLES.isdisjoint(low):
            return Place("among examples", -30)
        if not _HEADERS.isdisjoint(low):
            return Place("in a header map", 5)
        if any(_is_environment(key) for key in low):
            return Place("in an environment map", 5)
        if self._contained or any(map(is_container, keys)):
            return Place("among secrets", 5)
        if "Properties" in keys:
            return Place("in a resource property", -10)
        if "Parameters" in keys:
            return Place("the default of a stack parameter")
        if self._included:
            return Place("in an included file", 5)
        return Place("in custom settings") if keys[:1] == ["custom"] else Place("in the manifest")

    def name(self, scalar: Scalar) -> Name:
        """The name that means a value: its key, the name beside it in a list of pairs, or its parent's."""
        parts = scalar.path.parts
        if scalar.tag in _POINTERS or _is_pointer(parts):
            return _NO_NAME
        typed = self._typed(parts)
        if typed is not None:
            return typed
        keys = [part for part in parts if isinstance(part, str)]
        if "apiKeys" in keys and "provider" in keys:
            return Name(("api", "key"), sense(("api", "key"))) if keys[-1] == "value" else _NO_NAME
        if parts and isinstance(parts[-1], int):
            flag = self._flag_before(scalar)
            if flag is not None:
                return flag
        if keys and keys[-1] in NAME_KEYS and any(each.path.parts[-1] in PAIR_VALUES for each in self.beside(scalar)):
            return _NO_NAME  # it is itself the name of the value beside it
        if keys and keys[-1] in VALUE_KEYS:
            beside = self._named_beside(scalar)
            if beside is not None:
                return beside
        while len(keys) > 1 and (is_generic(keys[-1]) or keys[-1] in INTRINSICS or keys[-1] in VALUE_KEYS):
            keys.pop()
        return _named(keys)

    def _is_carrier(self, parts: Parts) -> bool:
        return (self.resource_type(parts), _property(parts)) in resources.SECRET_PROPERTIES

    def _typed(self, parts: Parts) -> Name | None:
        if not self._is_carrier(parts):
            return None
        kind, prop = self.resource_type(parts), _property(parts)
        words = split(prop)
        unnamed = resources.UNNAMED_PROPERTIES.get((kind, prop))
        if unnamed is not None and unnamed.strength == WEAK:
            return Name(words, unnamed)
        found = unnamed or sense(words)
        if (kind, prop) == ("AWS::SSM::Parameter", "Value"):
            named = self._parameter_name(parts)
            return named if named.sense else Name(words, found)
        return Name(words, replace(found or Sense(Kind.OTHER, STRONG, Maker.CHOSEN, "a secret"), strength=STRONG))

    def _parameter_name(self, parts: Parts) -> Name:
        for sibling in self._beside.get(parts[: parts.index("Properties") + 1], [])[: 2 * _NEAR]:
            if sibling.path.parts[-1] == "Name":
                words = split(sibling.value.rpartition("/")[2])
                return Name(words, sense(words))
        return _NO_NAME

    def _flag_before(self, scalar: Scalar) -> Name | None:
        """The option of a command line whose value is the next item of a list: `[tool, --password, …]`."""
        every = self._beside.get(scalar.path.parts[:-1], [])
        at = bisect_left(every, scalar.span.start, key=_start)
        before = every[at - 1] if at else None
        if before and before.path.parts[-1] == int(scalar.path.parts[-1]) - 1 and _OPTION.fullmatch(before.value):
            words = split(before.value)
            return Name(words, sense(words))
        return None

    def _named_beside(self, scalar: Scalar) -> Name | None:
        names = {sibling.path.parts[-1]: sibling.value for sibling in self.beside(scalar)}
        for key in NAME_KEYS:
            if key in names:
                words = split(names[key])
                return Name(words, sense(words))
        return None


def _start(scalar: Scalar) -> int:
    return scalar.span.start


def _property(parts: Parts) -> str:
    return next((part for part in reversed(parts) if isinstance(part, str) and part not in INTRINSICS), "")


def is_container(name: str) -> bool:
    """Whether a map or file of this name is one of secrets: `secrets`, `db-credentials`."""
    words = split(name)
    return not _CONTAINERS.isdisjoint(words) and not takes_back(words)


def is_translation(file: Path) -> bool:
    """Whether a file holds texts for people in some language: `locales/de.json`, `messages.fr.yml`."""
    if not _TRANSLATIONS.isdisjoint(part.lower() for part in file.parts[-3:-1]):
        return True
    return not _TRANSLATIONS.isdisjoint(file.stem.lower().replace("-", ".").replace("_", ".").split("."))


def _is_environment(key: str) -> bool:
    return key in _ENVIRONMENT or (9 < len(key) < 13 and is_one_slip(key, "environment"))


def _is_pointer(parts: Parts) -> bool:
    names = (part for part in parts if isinstance(part, str))
    return any(name == "Ref" or (name.startswith("Fn::") and name not in INTRINSICS) for name in names)


def _named(keys: list[str]) -> Name:
    """A key's own promise, made clearer by its parent: `jwt: {secret: …}`, `stripe: {key: …}`."""
    if not keys:
        return _NO_NAME
    words = split(keys[-1])
    own = sense(words)
    parent = split(keys[-2]) if len(keys) > 1 and not _is_structure(keys[-2]) else ()
    if own is not None and parent and (len(words) == 1 or own.strength < STRONG):
        together = sense(parent + words)
        if together is None or together.strength >= own.strength:
            return Name(parent + words, together if together is not None or len(words) == 1 else own)
    if own is None and parent and not takes_back(words) and words:
        return Name(words, _of_map(keys[-2]))
    return Name(words, own)


def _of_map(parent: str) -> Sense | None:
    """What a map of secrets says of a key of its own: `apiKeys: {acme: …}`."""
    found = sense(split(parent))
    if found is None or found.strength < FAIR or not parent.lower().endswith(("s", "secret")):
        return None
    return replace(found, strength=FAIR if found.kind is Kind.PASSWORD else WEAK)


def _is_structure(key: str) -> bool:
    return key in _STRUCTURE or _is_environment(key.lower()) or is_generic(key)
