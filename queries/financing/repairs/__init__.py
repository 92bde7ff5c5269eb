"""Blocked candidates, the catalogue of repairs, and the cheapest set of them with which all gates pass."""
