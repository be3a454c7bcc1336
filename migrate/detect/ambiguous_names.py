"""Ambiguous names, which mean a secret only where the value looks issued."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from migrate.detect.name_exclusions import ACTIONS
from migrate.detect.name_meaning import NameMeaning, SecretOrigin, Strength
from migrate.detect.name_words import vocabulary
from migrate.detect.names import is_for_browsers, nearest_phrase
from migrate.detect.randomness import looks_random
from migrate.model import Kind
from migrate.model.lazy_pattern import LazyPattern

# Nothing else than a secret is random under a name that ends so.
_ENDS = vocabulary("code seed iv api verify signing access refresh")
# These hand out keys, and their bare name in an environment map means one: `BUGSNAG: …`.
_KEYS_OF = vocabulary(
    "bugsnag sendgrid mailgun mailchimp mandrill infura alchemy rollbar openai anthropic etherscan newrelic honeycomb "
    "loggly logdna datadog rapidapi deepl tmdb omdb clearbit pagerduty opsgenie"
)
# What is random under these is a digest, an address, an identifier, or meant to be seen.
_HARMLESS = vocabulary(
    "public publishable anon site kms cmk mrk s3 object bucket cache hash hashed sha commit git md5 etag checksum "
    "digest fingerprint idempotency artifact layer zip file image upload dedupe deduplication version build release "
    "id ids template rest graphql http appsync gateway websocket ws encrypted pusher lambda nft contract partition "
    "sort foreign range color colour idempotent pagination page next cursor"
)
_CODE = NameMeaning(Kind.API_KEY, Strength.DOUBTED, SecretOrigin.ISSUED, "a key")
_KEY_LENGTH = 16
_ISSUED = LazyPattern(r"[A-Za-z0-9+/_=.!@#$%^&*~?-]{12,}")
_HEX_OR_BASE64 = LazyPattern(r"[A-Za-z0-9+/_-]+={0,2}")


@lru_cache(maxsize=4096)
def ambiguous_name(words: tuple[str, ...]) -> NameMeaning | None:
    """Return what a name may mean that means nothing certain by itself.

    Examples are `ROUTING_KEY`, `CHECK_LOGIN_PASSWORD`, `APP_CODE`.
    """
    if not words or not _HARMLESS.isdisjoint(words) or is_for_browsers(words):
        return None
    if (words[-1] in _ENDS and len(words) > 1) or (len(words) == 1 and words[0] in _KEYS_OF):
        return _CODE
    found = nearest_phrase(words)
    if found is None or found.after:
        return None
    if not ACTIONS.isdisjoint(found.before) or found.words == ("key",):
        return replace(found.meaning, strength=Strength.DOUBTED)
    return None


def looks_issued(text: str, kind: Kind) -> bool:
    """Return whether a value is so random that even an ambiguous name means a secret."""
    text = text.strip()
    if _ISSUED.fullmatch(text) is None or not looks_random(text):
        return False
    if kind is Kind.PASSWORD:
        return True
    return len(text) >= _KEY_LENGTH and _HEX_OR_BASE64.fullmatch(text) is not None
