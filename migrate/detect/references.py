"""Values that only point to a secret, and values that are encrypted, hashed or public already."""

from __future__ import annotations

import re

from migrate.detect.alternatives import Alternatives, either

_SOURCES = either(
    "ssm ssm-secure cf s3 file opt self sls env param vault secretsmanager awssm keyvault gcp op sops resolve"
)

# Matched against the whole value.
VARIABLES = Alternatives(
    (
        ("template or dynamic reference", r"\{\{.*", "{{resolve:ssm:a}}"),
        ("variable in braces", r"\$\{.*\}", "${ssm:/a}"),
        ("command in a shell", r"\$\(.*\)", "$(aws ssm get-parameter)"),
        ("JSON path", r"\$\$?\..*", "$.detail.token"),
        ("variable of Windows", r"%\w+%", "%TOKEN%"),
        ("tag of a template", r"<%.*%>", "<%= token %>"),
        ("interpolation of Ruby", r"#\{.*\}", "#{token}"),
        ("filter of a build", r"@\w+@", "@TOKEN@"),
        ("variable of a shell", r"\$(?:[A-Z_][A-Z0-9_]*|[a-z_]+)(?:[.\[].*)?", "$API_KEY"),
        ("function of CloudFormation", rf"(?:Fn::|!){either('Ref Sub GetAtt Join ImportValue')}\b.*", "!Ref Token"),
        (
            "environment variable in code",
            r".*(?:process\.env|os\.environ|System\.getenv)\b.*",
            "f(process.env.TOKEN)",
        ),
        ("environment variable in brackets", r"ENV\[.*\]", "ENV['TOKEN']"),
        ("environment variable behind a sign", r"env[.:(].*", "env(TOKEN)"),
        (
            "address in a store or a file",
            _SOURCES + r"(?:\([^)]*\))?:/?[\w./~$-].*",
            "ssm(eu-west-1):/acme/token",
        ),
        ("reference to Azure Key Vault", r"@Microsoft\.KeyVault.*", "@Microsoft.KeyVault(SecretUri=x)"),
        ("reference to a store of AWS", r"aws:(?:ssm|secretsmanager):.*", "aws:secretsmanager:acme"),
        ("reference to Google Secret Manager", r"projects/[^/]+/secrets/.*", "projects/1/secrets/x/versions/1"),
    ),
    re.DOTALL,
)
# Matched against the beginning of the value.
CIPHERTEXTS = Alternatives(
    (
        ("ciphertext of AWS KMS", r"AQ[IE]CA[A-Z]", "AQICAH{base64:120}"),
        ("ciphertext of sops", r"ENC\[", "ENC[AES256_GCM,data:x]"),
        ("ciphertext of Spring Cloud Config", r"\{cipher\}", "{cipher}{hex:32}"),
        ("ciphertext of Vault", r"vault:v\d+:", "vault:v1:abc"),
        ("ciphertext of Ansible Vault", r"\$ANSIBLE_VAULT", "$ANSIBLE_VAULT;1.1;AES256"),
        ("ciphertext of Fernet", r"gAAAAA", "gAAAAAB{base62:80}"),
        ("bcrypt hash", r"\$2[aby]?\$\d\d\$", "$2b$10$abcdefghijk"),
        ("argon2 hash", r"\$argon2", "$argon2id$v=19$m=65536"),
        ("SHA-512 hash of crypt", r"\$6\$", "$6$salt$hash"),
        ("MD5 hash of Apache", r"\$apr1\$", "$apr1$salt$hash"),
        (
            "encrypted message",
            r"\s*-----BEGIN (?:PGP MESSAGE|AGE ENCRYPTED|ENCRYPTED MESSAGE)",
            "-----BEGIN PGP MESSAGE-----",
        ),
        (
            "public key in PEM",
            r"\s*-----BEGIN (?:(?:\w+ )?PUBLIC KEY|SSH2 PUBLIC)",
            " -----BEGIN RSA PUBLIC KEY-----",
        ),
        ("certificate in PEM", r"\s*-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE", "-----BEGIN CERTIFICATE-----"),
        ("public key of SSH", r"ssh-(?:rsa|dss|ed25519) ", "ssh-rsa AAAA"),
        ("public elliptic key of SSH", r"ecdsa-sha2-", "ecdsa-sha2-nistp256 AAAA"),
        ("recipient of age", r"age1[0-9a-z]{50}", "age1{base36:58}"),
        ("public RSA key of 2,048 bits in DER", r"MIIBIjANBgkqh", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A{base64:60}"),
        ("public elliptic key in DER", r"MFkwEwYHKoZI", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{base64:60}"),
        ("public RSA key of 1,024 bits in DER", r"MIGfMA0GCSqG", "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB{base64:60}"),
    )
)


def is_reference(text: str) -> bool:
    """Return whether a value points to a secret, or is ciphertext or public."""
    template = text.find("{{")
    if template >= 0 and text.find("}}", template + 2) >= 0:
        return True
    return VARIABLES.fullmatch(text) is not None or CIPHERTEXTS.match(text) is not None
