"""The framework that deploys a manifest: which release it is, what it reads, and how a reference is written for it."""
