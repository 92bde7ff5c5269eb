"""Funds as vehicles: whose money they hold, what they hold in whom, and what their covenants measure."""
