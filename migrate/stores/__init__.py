"""Where secrets are kept: the stores, their limits, errors and rates, and an embedded one to try.

Others use `protocol` (what a store is), `store_pool` (the stores of a run), `registry` (which stores there are),
`errors`, `limits`, `rate_limit`, and `sandbox` with `sandbox_copy`.
"""
