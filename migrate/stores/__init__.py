"""Parameter stores: the Parameter Store of AWS, its limits, errors and rate, and an embedded one to try.

A store is three calls (`protocol`) and a row of `registry`; errors of AWS are translated here alone.

Others use: `errors`, `limits`, `protocol`, `rate_limit`, `sandbox`, `sandbox_copy`, `store_pool`.
"""
