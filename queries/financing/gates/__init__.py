"""The gates: questions of YES, NO or UNKNOWN that a path must pass; the table says which function asks each."""
