"""What of public support an enterprise had best take together."""
