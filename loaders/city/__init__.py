"""A seeded generator of a plausible fictional city, as a bundle in the templates' columns."""

from loaders.city.generator import CityBundle, generate_city

__all__ = ["CityBundle", "generate_city"]
