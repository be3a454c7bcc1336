"""The context of a value: evidence from the maps, the resource and the file around it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from migrate.detect.name_words import is_one_typo, split_name, vocabulary
from migrate.detect.names import excludes_secret
from migrate.detect.resources import carries_secret
from migrate.detect.siblings import Parts, Siblings
from migrate.model import Manifest, Role, Scalar
from migrate.model.environment import ENVIRONMENT_MAPS


class Context(Struct, frozen=True):
    """Evidence from a value's surroundings: in words, in points, and whether key names mean anything there."""

    description: str
    points: int = 0
    named: bool = True


IN_DESCRIPTION = Context("in a description", -45, named=False)
IN_TRANSLATION = Context("in a translation", -45, named=False)
IN_CARRIER = Context("in a resource property that carries secrets", 5)
AMONG_API_KEYS = Context("among the API keys of the gateway")
NEVER_NAMED = Context("", named=False)
AMONG_EXAMPLES = Context("among examples", -30)
IN_HEADERS = Context("in a header map", 5)
IN_ENVIRONMENT = Context("in an environment map", 5)
AMONG_SECRETS = Context("among secrets", 5)
IN_PROPERTY = Context("in a resource property", -10)
IN_PARAMETER = Context("the default of a stack parameter")
IN_INCLUDED_FILE = Context("in an included file", 5)
IN_CUSTOM = Context("in custom settings")
IN_MANIFEST = Context("in the manifest")

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
# Maps of other names that people call like those of environment variables, separators left out.
_ENVIRONMENT = ENVIRONMENT_MAPS | vocabulary("environments envs environmentvariables vars envvars dotenv")
_HEADERS = frozenset(
    {"headers", "defaultheaders", "httpheaders", "requestheaders", "origincustomheaders", "customheaders", "header"}
)
_CONTAINERS = frozenset({"secret", "credentials", "password", "token", "tokens"})
_EXAMPLES = vocabulary(
    "example examples sample samples mock mocks fixture fixtures docs documentation description readme help helptext "
    "comment comments summary changelog"
)
# Files of texts for people are in such directories, or have such names.
_TRANSLATIONS = vocabulary("locales locale i18n l10n lang langs languages translations translation intl messages")


class Contexts:
    """The contexts of a manifest's values, worked out once for each map or list."""

    def __init__(self, manifest: Manifest, siblings: Siblings) -> None:
        self._siblings = siblings
        self._is_included = manifest.role is Role.INCLUDED
        self._is_container = is_container(manifest.file.stem)
        self._is_translation = is_translation(manifest.file)
        self._by_parent: dict[Parts, Context] = {}

    def of(self, scalar: Scalar) -> Context:
        """Return the context of a value."""
        if scalar.path.leaf.lower() in _EXAMPLES:
            return IN_DESCRIPTION
        if self._is_translation:
            return IN_TRANSLATION
        parts = scalar.path.parts
        if carries_secret(self._siblings.resource_type(parts), parts):
            return IN_CARRIER
        parent = parts[:-1]
        if parent not in self._by_parent:
            keys = [part for part in parent if isinstance(part, str)]
            self._by_parent[parent] = _context_of_keys(keys) or self._context_of_file(keys)
        return self._by_parent[parent]

    def _context_of_file(self, keys: Sequence[str]) -> Context:
        """Return the context by the file, where no key above a value decides."""
        if self._is_container or any(is_container(key) for key in keys):
            return AMONG_SECRETS
        if "Properties" in keys:
            return IN_PROPERTY
        if "Parameters" in keys:
            return IN_PARAMETER
        if self._is_included:
            return IN_INCLUDED_FILE
        return IN_CUSTOM if keys[:1] == ["custom"] else IN_MANIFEST


def _context_of_keys(keys: Sequence[str]) -> Context | None:
    """Return the context by the keys above a value, None where they give none.

    It holds for a file of any kind.
    """
    if is_gateway_key(keys):
        return AMONG_API_KEYS
    if not _NEVER_UNDER.isdisjoint(keys) and not ("events" in keys and not _UNDER_EVENTS.isdisjoint(keys)):
        return NEVER_NAMED
    plain = [key.lower().replace("_", "").replace("-", "") for key in keys]
    if not _EXAMPLES.isdisjoint(plain):
        return AMONG_EXAMPLES
    if not _HEADERS.isdisjoint(plain):
        return IN_HEADERS
    return IN_ENVIRONMENT if any(is_environment(key) for key in plain) else None


def is_gateway_key(keys: Sequence[str]) -> bool:
    """Return whether a value is among the API keys of the provider's gateway."""
    return "apiKeys" in keys and "provider" in keys


def is_container(name: str) -> bool:
    """Return whether a map or file is one of secrets by its name: `db-credentials`."""
    words = split_name(name)
    return not _CONTAINERS.isdisjoint(words) and not excludes_secret(words)


def is_translation(file: Path) -> bool:
    """Return whether a file holds texts for people: `locales/de.json`."""
    if not _TRANSLATIONS.isdisjoint(part.lower() for part in file.parts[-3:-1]):
        return True
    return not _TRANSLATIONS.isdisjoint(file.stem.lower().replace("-", ".").replace("_", ".").split("."))


def is_environment(key: str) -> bool:
    """Return whether a map is called like one of environment variables.

    The key is in lower case, without separators; one typo is forgiven.
    """
    return key in _ENVIRONMENT or (9 < len(key) < 13 and is_one_typo(key, "environment"))
