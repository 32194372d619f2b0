"""A rule is silenced for one message, with a reason, and only where it finds something."""

from __future__ import annotations

from polybook.check import check_entry
from polybook.po import Entry


def _rules(text: str, *comments: str) -> list[tuple[str, str]]:
    entry = Entry("There are 16 cores.", text, comments=comments)
    return [(problem.rule, problem.message) for problem in check_entry(entry, "ko", None)]


def test_a_comment_with_a_reason_silences_its_rule_and_no_other() -> None:
    text = "코어가 있습니다 ."
    allow = "polybook: allow number: the next sentence has it"
    assert [rule for rule, _ in _rules(text)] == ["space", "number"]
    assert [rule for rule, _ in _rules(text, "a remark", allow)] == ["space"]


def test_a_comment_without_a_reason_silences_nothing() -> None:
    for comment in (
        "polybook: allow number",
        "polybook: allow number:",
        "polybook: allow number: ",
    ):
        found = _rules("코어가 있습니다.", comment)
        assert [rule for rule, _ in found] == ["allow", "number"]
        assert found[0][1] == "the silenced rule number has no reason"


def test_a_rule_that_does_not_exist_cannot_be_silenced() -> None:
    found = _rules("코어가 16개 있습니다.", "polybook: allow numbers: no reason")
    assert found == [("allow", "there is no rule numbers to silence")]


def test_a_comment_that_silences_nothing_is_reported() -> None:
    found = _rules("코어가 16개 있습니다.", "polybook: allow number: it was missing")
    assert found == [("allow", "the rule number finds nothing here")]


def test_a_security_rule_cannot_be_silenced() -> None:
    found = _rules("<b>16</b>개.", "polybook: allow unsafe-html: I want it bold")
    assert ("allow", "the rule unsafe-html cannot be silenced") in found
    assert "unsafe-html" in {rule for rule, _ in found}
