"""Determine what deploys a manifest, what that reads, and how it takes references.

Others use `releases.RELEASES`, `resolve.View`, `detection.detect_framework`, `deployment.deployment`,
`reference.reference`, `existing_references` and `jsyaml.resolve`.
"""
