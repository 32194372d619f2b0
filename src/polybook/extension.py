"""The Jupyter Book extension: settings for the other extensions, and the parts wired together."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

from polybook import (
    agreement,
    assets,
    exercises,
    fallback,
    figures,
    formulas,
    glossary_page,
    kept_together,
    language_menu,
    mathml,
    measurements,
    numbering,
    pages,
    progress_page,
    provenance,
    tabs,
    translate_link,
)
from polybook.catalogs import compile_catalogs, compiled_folder
from polybook.citations import configure_citations
from polybook.config import load_book
from polybook.numbering import FORMATS
from polybook.texts import CATALOG, _

BEFORE_OTHERS = 1
AFTER_OTHERS = 900
COMPILED = "_build/locales"


def setup_extension(app: Sphinx) -> dict[str, Any]:
    """Register the configuration, the parts and the site's files."""
    book = load_book(app.srcdir)
    compile_catalogs(book, app.config.language)
    app.add_transform(TranslateCaptions)
    app.add_post_transform(KeepBackReferences)
    app.add_message_catalog(CATALOG, str(compiled_folder(book)))
    app.add_config_value("polybook", {}, "env", types=[dict])
    app.add_config_value("polybook_execute", True, "", types=[bool])
    app.add_config_value("polybook_strict", True, "", types=[bool])
    app.add_config_value("polybook_frameworks", [], "env", types=[list, tuple])
    app.add_config_value("polybook_editions", [], "html", types=[list, tuple])
    app.connect("config-inited", configure, priority=BEFORE_OTHERS)
    app.connect("env-get-updated", pages_with_other_navigation, priority=AFTER_OTHERS)
    pages.setup_pages(app)
    exercises.setup_exercises(app)
    tabs.setup_tabs(app)
    figures.setup_figures(app)
    formulas.setup_formulas(app)
    measurements.setup_measurements(app)
    provenance.setup_provenance(app)
    agreement.setup_agreement(app)
    kept_together.setup_kept_together(app)
    mathml.setup_mathml(app)
    language_menu.setup_language_menu(app)
    fallback.setup_fallback(app)
    numbering.setup_numbering(app)
    glossary_page.setup_glossary_page(app)
    progress_page.setup_progress_page(app)
    translate_link.setup_translate_link(app)
    assets.setup_assets(app)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": False,
        "parallel_write_safe": True,
    }


def configure(app: Sphinx, config: Config) -> None:
    """Set what the book's other extensions need, before they read their settings."""
    config.nb_custom_formats = {
        **config.nb_custom_formats,
        ".md": (
            "polybook.reader.read",
            {
                "root": str(app.srcdir),
                "frameworks": list(config.polybook_frameworks),
                "strict": config.polybook_strict,
            },
            False,
        ),
    }
    config.nb_execution_mode = "off"
    # else the gettext builder drops the figures before their texts are extracted
    config.nb_mime_priority_overrides = [
        *config.nb_mime_priority_overrides,
        ("gettext", "image/svg+xml", 1),
    ]
    config.locale_dirs = [COMPILED]
    config.gettext_compact = False
    config.gettext_location = False
    config.gettext_uuid = False
    config.html_title = str(_(load_book(app.srcdir).title))
    config.html_math_renderer = "mathml"
    config.html_theme_options = {
        "article_header_end": ["language-menu.html", "article-header-buttons.html"],
        **config.html_theme_options,
        "search_bar_text": str(_("Search this book...")),
        "toc_title": str(_("Contents")),
    }
    config.togglebutton_hint = str(_("Click to show"))
    config.togglebutton_hint_hide = str(_("Click to hide"))
    config.numfig = True
    config.numfig_format = {kind: str(_(text)) for kind, text in FORMATS.items()}
    config.math_eqref_format = str(_("({number})"))
    config.math_numfig = True
    configure_citations(config)


def pages_with_other_navigation(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages when a title or the order of the pages changed: each page lists them."""
    navigation = [
        sorted((page, title.astext()) for page, title in env.titles.items()),
        sorted((page, sorted(numbers.items())) for page, numbers in env.toc_secnumbers.items()),
    ]
    known = getattr(env, "polybook_navigation", navigation)
    env.polybook_navigation = navigation  # type: ignore[attr-defined]
    return [] if known == navigation else sorted(env.found_docs)


class TranslateCaptions(SphinxTransform):
    """Translate the part titles of `_toc.yml`, which join the front page after its translation."""

    default_priority = 101  # sphinx-external-toc inserts them at 100

    def apply(self, **kwargs: Any) -> None:
        texts = fallback.page_texts(self.app, self.env.docname)
        for toctree in self.document.findall(addnodes.toctree):
            if caption := toctree.get("caption"):
                toctree["caption"] = texts.get(caption) or caption
                fallback.note_caption(self.env, caption, shown=caption in texts)


class KeepBackReferences(SphinxPostTransform):
    """Link the references back to the citations that cite them.

    Every translated passage has been parsed apart, so that other citations have their old names.
    """

    default_priority = 900

    def run(self, **kwargs: Any) -> None:
        citing: dict[str, list[str]] = {}
        for reference in self.document.findall(nodes.reference):
            if reference.get("refid") and reference.parent["ids"]:
                citing.setdefault(reference["refid"], []).append(reference.parent["ids"][0])
        for citation in self.document.findall(nodes.citation):
            names = [name for own in citation["ids"] for name in citing.get(own, [])]
            citation["backrefs"] = list(dict.fromkeys(names))
