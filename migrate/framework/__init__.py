"""Determine what deploys a manifest, and how references are written for it.

What sets releases apart is a row of `releases`; a manifest as the framework resolves it is a view of `resolve`.

Others use: `deployment`, `detection`, `evaluation`, `existing_references`, `jsyaml`, `mentions`, `positions`,
`reference`, `reference_meaning`, `releases`, `resolve`, `syntax_checks`, `tree`, `whole_reads`.
"""
