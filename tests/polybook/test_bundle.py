"""One style sheet and one script replace the local files of a page's head; nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from polybook.bundle import Bundler

FILES = {
    "one.css": '@charset "utf-8";@import "base.css"; a { color: red }',
    "base.css": "b { margin: 0 }",
    "deep/two.css": 'i { src: url("../fonts/x.woff2") url(data:font/woff2;base64,AA) url(#id) }',
    "one.js": "var one = 1",
    "two.js": "var two = 2;",
    "fontawesome.js": "icons()",
}


@pytest.fixture
def bundler(tmp_path: Path) -> Bundler:
    for name, text in FILES.items():
        path = tmp_path / "_static" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Bundler(tmp_path, lambda path: f"../{path}")


def _link(name: str) -> str:
    return f'<link rel="stylesheet" type="text/css" href="../_static/{name}?v=1" />\n'


def _bundle(bundler: Bundler, suffix: str) -> str:
    [path] = (bundler.output / "_static").glob(f"bundle-*{suffix}")
    return path.read_text(encoding="utf-8")


def test_style_sheets_are_joined_in_order_with_their_imports(bundler: Bundler) -> None:
    head = bundler.styles("<title>x</title>\n" + _link("one.css") + _link("deep/two.css"))
    assert head.count("<link") == 1
    assert head.startswith('<title>x</title>\n<link rel="stylesheet" href="../_static/bundle-')
    text = _bundle(bundler, ".css")
    assert "@" not in text
    assert text.index("b {") < text.index("a {") < text.index("i {")


def test_addresses_in_style_sheets_still_lead_to_their_files(bundler: Bundler) -> None:
    bundler.styles(_link("deep/two.css"))
    text = _bundle(bundler, ".css")
    assert 'url("fonts/x.woff2")' in text
    assert "url(data:font/woff2;base64,AA) url(#id)" in text


def test_scripts_are_joined_after_the_settings_between_them(bundler: Bundler) -> None:
    head = bundler.scripts(
        '<script src="_static/one.js"></script><script>let setting = 1;</script>'
        '<script data-key="x" src="_static/two.js?v=2"></script><p>'
    )
    assert head.startswith('<script>let setting = 1;</script><script data-key="x" src="../_static/')
    assert head.endswith("</script>\n<p>")
    assert _bundle(bundler, ".js") == "var one = 1\n;\nvar two = 2;\n;\n"


@pytest.mark.parametrize(
    "element",
    [
        '<script async src="_static/one.js"></script>',
        '<script src="_static/one.js" defer="defer"></script>',
        '<script src="https://example.org/_static/one.js"></script>',
        '<script src="_static/missing.js"></script>',
        "<script>inline()</script>",
    ],
)
def test_what_is_loaded_later_or_from_elsewhere_stays(bundler: Bundler, element: str) -> None:
    assert bundler.scripts(element) == element


def test_scripts_without_a_function_are_left_out(bundler: Bundler) -> None:
    assert bundler.scripts('<p><script defer src="_static/fontawesome.js"></script>') == "<p>"


def test_the_same_files_make_the_same_bundle(bundler: Bundler) -> None:
    assert bundler.styles(_link("one.css")) == bundler.styles(_link("one.css"))
    assert bundler.styles(_link("one.css")) != bundler.styles(_link("base.css"))


def test_rules_of_icons_that_no_page_shows_are_left_out(tmp_path: Path) -> None:
    shown = r'.fa-bars:before,.fa-navicon:before{content:"\f0c9"}'
    other = r'.fa-cat:before{content:"\f6be"}'
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/icons.css").write_text(shown + other, encoding="utf-8")
    for all_icons in (False, True):
        bundler = Bundler(tmp_path, str, all_icons)
        name = bundler.styles(_link("icons.css")).split('"')[3]
        assert (tmp_path / name).read_text(encoding="utf-8").strip() == (
            shown + other if all_icons else shown
        )
