"""Results as files and for machines: JSON, SARIF, HTML, and several batches merged."""
