"""A browser and a site of two editions, made of the package's own script, menu and root page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sphinx_design
from jinja2 import Environment, FileSystemLoader
from serving import serve

from polybook.assets import STATIC
from polybook.config import Language
from polybook.language_menu import TEMPLATES, menu_entries
from polybook.root_page import root_page

playwright = pytest.importorskip("playwright.sync_api")

EDITIONS = (
    Language("en", "English", "en"),
    Language("ko", "한국어", "ko"),
    Language("zh_CN", "简体中文", "zh-cn"),
    Language("zh_TW", "繁體中文", "zh-tw"),
    Language("tr", "Türkçe", "tr"),
)
FRAMEWORKS = ("pytorch", "tensorflow", "mxnet")
# No sandbox, as a container has none; and nothing that speaks to the network by itself.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def _tabs(number: int) -> str:
    return "".join(
        f'<input id="tab-{number}-{name}" name="set-{number}" type="radio"'
        f"{' checked' if name == FRAMEWORKS[0] else ''}>"
        f'<label class="sd-tab-label" data-sync-group="framework" data-sync-id="{name}" '
        f'for="tab-{number}-{name}">{name}</label><div class="sd-tab-content">{name}</div>'
        for name in FRAMEWORKS
    )


def _page(edition: Language, page: str) -> str:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    menu = environment.get_template("language-menu.html").render(
        polybook_languages=menu_entries(EDITIONS, edition.code, page),
        polybook_menu_title="Language",
    )
    sections = "".join(
        f'<section id="part-{n}"><h2>{n}</h2><div style="height: 120vh">{_tabs(n)}</div></section>'
        for n in range(3)
    )
    return (
        f'<!DOCTYPE html><html lang="{edition.tag}"><meta charset="utf-8"><title>{page}</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="../../polybook.css">'
        f'<script data-frameworks="{" ".join(FRAMEWORKS)}" src="../../polybook.js"></script>'
        '<script src="../../design-tabs.js"></script>'
        f'<div style="position: sticky; top: 0">{menu}</div>'
        f'<article><section id="title"><h1>{page}</h1>{sections}</section></article>'
    )


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site's root, with a slash at its end."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(STATIC, root, dirs_exist_ok=True)
    [tabs_script] = Path(sphinx_design.__file__).parent.rglob("*tabs.js")
    shutil.copy(tabs_script, root / "design-tabs.js")
    for edition in EDITIONS:
        for page in ("book/index", "book/chapter"):
            path = root / edition.url / f"{page}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_page(edition, page), encoding="utf-8")
    page = root_page("Book", EDITIONS, "book/index.html")
    (root / "index.html").write_text(page, encoding="utf-8")
    with serve(root) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """Chromium: `CHROMIUM`, or the system's; with `POLYBOOK_BROWSER=required` there must be one."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        if os.environ.get("POLYBOOK_BROWSER") == "required":
            pytest.fail("there is no chromium here; CHROMIUM may name one")
        pytest.skip("needs chromium")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=[*CHROMIUM_OPTIONS])
        yield opened
        opened.close()
