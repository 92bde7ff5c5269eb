"""Readers that turn sources into batches of records, one module a source."""
