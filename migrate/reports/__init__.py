"""Results as files and for machines: JSON, SARIF and HTML, and several batches merged.

Others use `report` alone: its table names the renderer of each ending.
"""
