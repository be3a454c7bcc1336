"""The framework that deploys a manifest: which release it is, what it reads, and how it reads a reference.

What sets releases apart is a row of `releases`; a manifest as the framework resolves it is a view of `resolve`.

Others use: `deployment`, `detection`, `evaluation`, `jsyaml`, `reference`, `releases`, `resolve`, `tree`, `usage`.
"""
