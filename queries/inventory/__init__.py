"""The parts of inventories: pools, subsidies, lists, what firms disclose."""
