"""The limits: bounds of a path's capacity, a file for each party that sets them; the table says which function computes each."""
