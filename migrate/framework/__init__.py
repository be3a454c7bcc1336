"""The framework that deploys a manifest: which release it is, what it reads, and how references are written for it.

What sets releases apart is a row of `releases`; a manifest as the framework resolves it is a view of `resolve`.

Others use: `deployment`, `detection`, `evaluation`, `existing_references`, `jsyaml`, `reference`, `releases`,
`resolve`, `tree`.
"""
