"""The product of graph and technique automaton, walked back from the beneficiary on columns, best paths first."""
