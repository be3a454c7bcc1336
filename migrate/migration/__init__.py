"""The one way of a repository: survey, resolve conflicts, execute; a batch goes it many times.

Others use `survey`, `deciders`, `conflicts`, `execute` and `results`; `batch` and `batch_execute` for many
repositories, `session` and `batch_session` for what a person is asked.
"""
