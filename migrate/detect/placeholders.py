"""Placeholders for a value that is still to come, in many languages: `YOUR_API_KEY`, `<your-key>`, `changeme`."""

from __future__ import annotations

import re
from itertools import pairwise

from migrate.detect.alternatives import Alternatives
from migrate.detect.name_words import vocabulary
from migrate.model.lazy_pattern import LazyPattern

# Matched against the whole value.
BRACKETED = Alternatives(
    (
        ("angle brackets", r"<[^<>\n]{1,80}>", "<your-key>"),
        ("square brackets", r"\[(?=[^\]]*[^\W\d_]{2})[^\[\]\n]{2,120}\]", "[Your Twilio Token]"),
        ("braces", r"\{(?=[^}]*[^\W\d_]{2})[^{}\n:\"]{2,80}\}", "{YOUR_TOKEN}"),
        ("double underscores", r"__[A-Za-z][A-Za-z_]*__", "__TOKEN__"),
    )
)
# Searched for.
RUNS = Alternatives(
    (
        ("four x", r"[xX]{4,}", "AIzaXXXX"),
        ("three x, y or z beside no letter", r"(?<![A-Za-z])(?:[xX]{3,}|([yYzZ])\1{2,})(?![A-Za-z])", "key-zzz"),
        ("stars, dots or blocks", r"[*•●█]{3,}", "sk-•••"),
        ("full stops at the end", r"\.{3,}$", "key..."),
        ("ellipsis", r"…", "key… of the API"),
        ("number signs", r"#{3,}", "####"),
        ("question marks", r"\?{3,}", "what???"),
        ("underscores", r"_{4,}", "____ key"),
    )
)
SHOUTED = Alternatives(
    (
        ("example", r"EXAMPLE", "KEYEXAMPLE1234"),
        ("placeholder", r"PLACEHOLDER", "TOKENPLACEHOLDER"),
        ("replace", r"REPLACE", "REPLACE-WITH-KEY"),
        ("change me", r"CHANGE_?ME", "CHANGE_ME1"),
        ("your", r"(?<![A-Za-z])YOUR[_-]", "sk_YOUR_KEY"),
        ("redacted", r"REDACTED", "REDACTED7"),
        ("insert", r"INSERT_", "INSERT_KEY"),
        ("dummy", r"DUMMY", "DUMMYKEY"),
    )
)
_WRITTEN = LazyPattern(r"[^\W\d_]+")
_HUMPS = LazyPattern(r"(?<=[a-z])(?=[A-Z])")
_SCRIPTS = LazyPattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|(?i:ваш|вставьте|замените|пароль|ключ|токен|секрет)")

# One of these alone makes a placeholder.
_ALONE = vocabulary(
    "your yours youre yourkey yoursecret yourtoken yourpassword yourapikey yoursecretkey replace replaceme "
    "replacethis changeme changethis chageme changemeplease placeholder todo fixme tbd tba redacted hidden masked "
    "removed censored sanitized omitted stripped example examplekey exampletoken examplepassword sample dummy "
    "dummykey dummytoken fake fakekey faketoken fakesecret fakepassword notreal insert fill paste goes setme "
    "fillme updateme editme addme provide unset undefined somekey somesecret sometoken blah foobar lorem ipsum "
    "thiswillbereplaced tobereplaced overrideme notset noneyet ersetzen ersetze ersetzmich aendern ändern ändere "
    "aendere geheim_hier deine dein ihren remplacer remplacez votre vos changez cambiar cambia cambiame cámbiame "
    "reemplazar reemplaza reemplace poner coloca coloque troque trocar substituir substitua mude insira inserir "
    "vervang jouw wijzig twoj twój twoje zmien zmień wpisz sostituisci sostituire inserisci tuo tua"
)
# These only in company: of a word for a secret, or of each other.
_TOGETHER = vocabulary(
    "here some my the put enter add set specify define override need needs needed must use real actual valid "
    "change this that it me in before production prod deploy deployment hier ici aqui aquí su sus tu tus ton ta "
    "seu sua suas qui la el le de del mit durch por par please later own goes value secret key token password "
    "pass api clave contraseña contrasena senha chave passwort schlüssel schluessel cle clé motdepasse"
)
_CUES = vocabulary(
    "here some put enter add specify define override change hier ici aqui aquí qui su tu ton seu sua later please"
)
_CHANGES = vocabulary("me this it that in before for on to after later please production prod immediately the")


def is_placeholder(text: str, *, random: bool = False) -> bool:
    """Return whether a value is plainly a placeholder for one that is to be filled in.

    `random`: the value looks random, so that only long words count: short ones come about by chance.
    """
    if BRACKETED.fullmatch(text) or RUNS.search(text) or SHOUTED.search(text) or _is_foreign(text):
        return True
    if len(set(text.strip("-_"))) < 2:
        return not text.isdigit()
    words = [word.lower() for word in _WRITTEN.findall(_HUMPS.sub(" ", text)) if len(word) > 5 or not random]
    return _asks_for_another(words)


def _is_foreign(text: str) -> bool:
    return not text.isascii() and _SCRIPTS.search(text) is not None


def _asks_for_another(words: list[str]) -> bool:
    """Return whether lower-case words ask for a value to be put in their place."""
    if any(word in _ALONE for word in words):
        return True
    for word, following in pairwise(words):
        if word in ("change", "changed") and following in _CHANGES:
            return True
    return len(words) > 1 and any(word in _CUES for word in words) and all(word in _TOGETHER for word in words)


# Words of a comment next to a value that is to be replaced.
ANNOUNCED = LazyPattern(
    r"\b(?:change|replace|your|todo|dummy|fake|example|placeholder|fill|put|insert|sample)\b", re.IGNORECASE
)
