"""The record: kinds, the log of statements, its snapshot and the views asked of it."""
