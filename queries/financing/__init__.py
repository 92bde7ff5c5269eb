"""Financing paths: the technique table, the search that runs it, and the gates and limits of what it finds."""
