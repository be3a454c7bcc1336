"""Results as files and for machines, and several batches merged.

A form of report is a row of `forms.FORMS`.

Others use: `forms`, `report`.
"""
