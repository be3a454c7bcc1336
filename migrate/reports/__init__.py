"""Results as files and for machines: JSON, SARIF, HTML, and several batches merged.

A form of report is a row of `forms.FORMS`.

Others use: `forms`, `report`.
"""
