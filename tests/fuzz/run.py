"""Coverage-guided fuzzing: `python -m tests.fuzz.run --seconds 60`, with atheris (the extra `fuzz`).

An input that breaks a property is written to the directory that `--found` names and ends the run with exit code
77; `python -m tests.fuzz.run FILE` runs it again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.fuzz import properties
from tests.fuzz.inputs import Chooser, include_text, manifest_bytes, settings_files, variable_syntax

# libFuzzer's own bounds: seconds for one input, bytes of one input, megabytes of memory.
_SECONDS_EACH, _LONGEST, _MEMORY = 20, 4096, 2048


def check(source: bytes) -> None:
    """One input: its first byte tells what it is."""
    choose = Chooser(source[1:])
    kind = source[0] % 8 if source else 0
    if kind < 4:
        properties.check_manifest(*manifest_bytes(choose))
    elif kind == 4:
        properties.check_manifest(("serverless.yml", "x.json")[choose.below(2)], source[2:])
    elif kind == 5:
        properties.check_syntax(variable_syntax(choose))
    elif kind == 6:
        properties.check_includes(include_text(choose))
    else:
        with tempfile.TemporaryDirectory() as directory:
            properties.check_settings(Path(directory), settings_files(choose))


def _instrumented() -> Callable[[bytes], None]:
    import atheris

    for name, module in list(sys.modules.items()):
        if name.startswith("migrate.") and not name.startswith("migrate.model"):
            for function in list(vars(module).values()):
                if callable(function) and getattr(function, "__module__", "") == name and hasattr(function, "__code__"):
                    atheris.instrument_func(function)
    return check


def main() -> None:
    """Fuzz for the time given, or run the inputs of files again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--found", type=Path, default=Path(tempfile.gettempdir()) / "slsmigrate-fuzz")
    parser.add_argument("again", nargs="*", type=Path)
    given = parser.parse_args()
    for file in given.again:
        check(file.read_bytes())
    if given.again:
        return
    import atheris

    given.found.mkdir(parents=True, exist_ok=True)
    corpus = given.found / "corpus"
    corpus.mkdir(exist_ok=True)
    for number in range(64):
        (corpus / f"seed-{number}").write_bytes(bytes((number * 37 + place * place * 11) % 256 for place in range(200)))
    bounds = {"max_total_time": given.seconds, "timeout": _SECONDS_EACH, "max_len": _LONGEST, "rss_limit_mb": _MEMORY}
    options = [f"-{name}={value}" for name, value in bounds.items()]
    arguments = [sys.argv[0], *options, f"-artifact_prefix={given.found}/", "-print_final_stats=1", str(corpus)]
    atheris.Setup(arguments, _instrumented())
    atheris.Fuzz()


if __name__ == "__main__":
    main()
