"""Joint capacity: what several paths bring together. Path capacities do not add, since paths share limits."""
