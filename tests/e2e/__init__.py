"""The same deployment before and after, proved with the real Serverless command lines.

    pytest -m e2e tests/e2e -n 2          every service under every framework
    pytest -m e2e_quick tests/e2e -n 2    a few of them

The frameworks are installed from npm, by their lockfiles in `frameworks/`, into `$SLSMIGRATE_E2E_CACHE`
(default `~/.cache/slsmigrate-e2e`) and kept there. Nothing but that installation leaves the machine.
"""
