"""Moves plaintext secrets of Serverless Framework manifests to AWS Parameter Store."""
