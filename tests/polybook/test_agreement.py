"""Particles and suffixes after references agree with the number, and nothing else changes."""

from __future__ import annotations

import pytest
from docutils import nodes
from docutils.utils import new_document
from hypothesis import given
from hypothesis import strategies as st

from polybook import agreement
from polybook.agreement import AgreeWithReferences, agree

NUMBERS = range(201)
KOREAN = sorted(agreement._KOREAN_FORMS)
TURKISH = sorted(agreement._TURKISH_FORMS)

KOREAN_READINGS = {
    0: "영", 1: "일", 2: "이", 3: "삼", 4: "사", 5: "오", 6: "육", 7: "칠", 8: "팔", 9: "구",
    10: "십", 11: "일", 20: "십", 99: "구", 100: "백", 101: "일", 110: "십", 200: "백",
}  # fmt: skip


@pytest.mark.parametrize(
    ("spoken", "written", "right"),
    [
        ("그림 3.1", "는", "은"),
        ("그림 3.2", "은", "는"),
        ("표 3.3", "가 보인다", "이 보인다"),
        ("표 3.10", "를", "을"),
        ("3.2절", "는", "은"),
        ("3.2절", "으로", "로"),
        ("3장", "로", "으로"),
        ("(3.1)", "으로 바꾸면", "로 바꾸면"),
        ("(3.6)", "로부터", "으로부터"),
        ("(3.7)", "으로부터", "로부터"),
        ("(3.8)", "를", "을"),
        ("(3.8)", "와", "과"),
        ("(3.9)", "과의", "와의"),
        ("그림 3.4", "이나", "나"),
        ("그림 3.6", "라고", "이라고"),
        ("그림 3.5", "이었다.", "였다."),
        ("100", "는", "은"),
    ],
)
def test_korean_particles_follow_the_last_syllable(spoken: str, written: str, right: str) -> None:
    assert agree("ko", spoken, written) == right


@pytest.mark.parametrize(
    ("spoken", "written", "right"),
    [
        ("Şekil 3.1", "'te", "'de"),
        ("Şekil 3.3", "'de", "'te"),
        ("Şekil 3.4", "'den", "'ten"),
        ("Bölüm 3.6", "'de", "'da"),
        ("Bölüm 3.2", "'in", "'nin"),
        ("Bölüm 3.9", "'nin", "'un"),
        ("Bölüm 3.4", "'nin", "'ün"),
        ("(3.2)", "'e göre", "'ye göre"),
        ("(3.6)", "'ye", "'ya"),
        ("(3.10)", "'e", "'a"),
        ("(3.3)", "'i", "'ü"),
        ("(3.6)", "'i", "'yı"),
        ("(3.40)", "'teki", "'taki"),
        ("(3.30)", "'dir.", "'dur."),
        ("(3.100)", "'ı", "'ü"),
        ("Tablo 20", "'dakiler", "'dekiler"),
        ("2", "'üncü", "'nci"),
        ("3", "'nci", "'üncü"),
        ("0", "'de", "'da"),
        ("7", "‘de", "’de"),
    ],
)
def test_turkish_suffixes_follow_vowel_and_last_sound(
    spoken: str, written: str, right: str
) -> None:
    assert agree("tr", spoken, written) == right


def test_a_fraction_is_read_digit_by_digit_and_a_section_number_is_not() -> None:
    assert agree("ko", "0.50", "가", decimal=True) == "이"
    assert agree("ko", "0.25", "이", decimal=True) == "가"
    assert agree("ko", "1.15", "으로", decimal=True) == agree("ko", "5", "으로") == "로"
    assert agree("ko", "100", "로", decimal=True) == "으로"
    assert agree("tr", "0,40", "'ti", decimal=True) == "'tı"


@pytest.mark.parametrize(("number", "reading"), KOREAN_READINGS.items())
def test_korean_numbers_are_read_in_sino_korean(number: int, reading: str) -> None:
    assert agreement._last_syllable(str(number)) == reading


def test_turkish_numbers_end_in_the_word_that_is_said_last() -> None:
    said = {n: agreement._last_word(str(n)) for n in (0, 4, 10, 17, 40, 100, 130, 200, 1000, 1900)}
    assert list(said.values()) == [
        "sıfır", "dört", "on", "yedi", "kırk", "yüz", "otuz", "yüz", "bin", "yüz"
    ]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
def test_every_particle_is_settled_after_every_number(number: int) -> None:
    for language, forms, mark in (("ko", KOREAN, ""), ("tr", TURKISH, "'")):
        for form in forms:
            once = agree(language, f"({number})", mark + form)
            assert agree(language, f"({number})", once) == once


@pytest.mark.parametrize("number", NUMBERS)
def test_every_form_of_a_pair_gives_the_same_particle(number: int) -> None:
    for pair in agreement._KOREAN_FORMS.values():
        assert agree("ko", str(number), pair[0]) == agree("ko", str(number), pair[1])
    for forms in (("de", "da", "te", "ta"), ("e", "a", "ye", "ya"), ("nin", "in", "un", "nün")):
        assert len({agree("tr", str(number), "'" + form) for form in forms}) == 1


@given(
    st.sampled_from([("ko", ""), ("tr", "'"), ("tr", "’")]),
    st.integers(0, 200),
    st.sampled_from(KOREAN + TURKISH),
    st.text(st.characters(exclude_categories=["L", "M", "N", "Cs"], exclude_characters="_")),
    st.text(),
)
def test_only_the_particle_changes(
    language_and_mark: tuple[str, str], number: int, form: str, gap: str, rest: str
) -> None:
    language, mark = language_and_mark
    tail = gap + (" " + rest if gap else "")
    agreed = agree(language, f"그림 {number}", mark + form + tail)
    assert agreed.startswith(mark)
    assert agreed.endswith(tail)
    assert agree(language, f"그림 {number}", agreed) == agreed


@given(st.text(), st.text())
def test_other_languages_are_left_alone(spoken: str, following: str) -> None:
    for language in ("en", "zh_CN", "zh_TW", "de"):
        assert agree(language, spoken, following) == following


@pytest.mark.parametrize(
    ("language", "spoken", "following"),
    [
        ("ko", "그림 3.1", " 는"),  # not adjacent
        ("ko", "그림 3.1", "이상"),  # a word that only begins like a particle
        ("ko", "Adam", "는"),  # how a Latin word is read is not known
        ("tr", "Adam", "'de"),
        ("tr", "3.1", "de"),  # no apostrophe
        ("tr", "3.1", "'dek"),
        ("ko", "", "는"),
    ],
)
def test_what_is_no_known_particle_stays(language: str, spoken: str, following: str) -> None:
    assert agree(language, spoken, following) == following


class _Config:
    language = "ko"


def _paragraph(*children: nodes.Node) -> nodes.document:
    document = new_document("page")
    document += nodes.paragraph("", "", *children)
    return document


def _agreed(document: nodes.document, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(AgreeWithReferences, "config", _Config)
    AgreeWithReferences(document).run()
    return document.astext()


def test_the_text_after_a_reference_in_the_book_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = nodes.reference("", "", nodes.inline("", "그림 3.2"), internal=True)
    document = _paragraph(nodes.Text("앞의 "), reference, nodes.Text("은 손실이다."))
    assert _agreed(document, monkeypatch) == "앞의 그림 3.2는 손실이다."


def test_the_text_after_a_measured_value_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    value = nodes.inline("", "0.42", classes=["measured"])
    assert _agreed(_paragraph(value, nodes.Text("으로 준다.")), monkeypatch) == "0.42로 준다."


def test_the_text_after_a_link_elsewhere_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    link = nodes.reference("", "RFC 2", refuri="https://example.org")
    assert _agreed(_paragraph(link, nodes.Text("은")), monkeypatch) == "RFC 2은"
