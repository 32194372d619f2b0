"""`polybook translate check`: findings as `FILE:LINE: [rule] message`, in two languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from polybook.check.catalog import check_catalogs, shown_path
from polybook.check.problem import Finding
from polybook.config import Book, Language


def check(book: Book, languages: Sequence[Language], say: Callable[[str], object] = print) -> int:
    """Print the findings in some languages (all translations if none is named).

    Returns the exit status: 0 when nothing is wrong, else 1.
    """
    codes = [language.code for language in languages or book.languages[1:]]
    findings = {code: check_catalogs(book, [code]) for code in codes}
    for code, found in findings.items():
        for finding in found:
            say(report(book, code, finding))
    for code, found in findings.items():
        say(f"{code}: {len(found)} problems" if len(found) != 1 else f"{code}: 1 problem")
    return 1 if any(findings.values()) else 0


def report(book: Book, code: str, finding: Finding) -> str:
    """A finding as text: place and message, what to do, and both in the catalog's language."""
    problem = finding.problem
    lines = [f"{shown_path(book, finding.path)}:{problem.line}: [{problem.rule}] {problem.message}"]
    lines.append(f"    {problem.hint}")
    local = problem.render(book, code)
    if local != f"{problem.message} {problem.hint}":
        lines.append(f"    {local}")
    return "\n".join(lines)
