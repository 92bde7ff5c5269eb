"""The technique table, as data: a file for each family of techniques, a row for each technique."""
