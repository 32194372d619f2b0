"""Checks of translations: nothing harmful, nothing lost, and the language's own typography."""

from __future__ import annotations

from polybook.check.catalog import check_catalogs
from polybook.check.entry import check_entry
from polybook.check.problem import Finding, Problem
from polybook.check.security import entry_refusals, refusals

__all__ = [
    "Finding",
    "Problem",
    "check_catalogs",
    "check_entry",
    "entry_refusals",
    "refusals",
]
