"""The style sheet, script and fonts of the pages."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from sphinx.application import Sphinx
from sphinx.config import Config

from polybook.bundle import setup_bundle
from polybook.texts import FIXED_WORDS

STATIC = Path(__file__).with_name("static")


def _add_static_folder(app: Sphinx, config: Config) -> None:
    config.html_static_path.append(str(STATIC))


def _add_script(app: Sphinx) -> None:
    frameworks = " ".join(app.config.polybook["frameworks"])
    words = {word: str(text) for word, text in FIXED_WORDS.items() if word != str(text)}
    data = {"data-frameworks": frameworks, "data-words": quote(json.dumps(words))}
    # Sooner than design-tabs.js (500), whose stored choice it checks.
    app.add_js_file("polybook.js", priority=400, **data)


def setup_assets(app: Sphinx) -> None:
    """Add the package's static folder, style sheet and script to every page, all in one file."""
    app.connect("config-inited", _add_static_folder)
    app.connect("builder-inited", _add_script)
    # Later than the style sheets of the theme and of the other extensions (500).
    app.add_css_file("polybook.css", priority=900)
    setup_bundle(app)
