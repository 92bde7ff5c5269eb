"""The plan loader: the text of a municipal plan becomes policy, measures, targets, rules, funds, pools, units."""

from loaders.plan.read import read_plan
from loaders.plan.reading import PlanReading
from loaders.plan.text import Span

__all__ = ["PlanReading", "Span", "read_plan"]
