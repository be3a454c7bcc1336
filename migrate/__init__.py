"""Moves plaintext secrets of Serverless Framework manifests to AWS Parameter Store."""

__version__ = "0.1.0"
