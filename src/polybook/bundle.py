"""Light pages: one style sheet and one script instead of two dozen, and none that does nothing.

Jupyter Book puts the files of all its extensions on every page. The template `layout.html` of this
package passes what the theme writes into the head through `Bundler`, which joins the local files
and leaves out those of functions that the pages do not have.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, Final

from docutils import nodes
from sphinx.application import Sphinx

# Icons as scripts, beside the same icons as a font; and the index of a search that is only asked
# for as one types, which the search page loads for itself.
UNUSED: Final = frozenset(
    {
        "fontawesome.js",
        "language_data.js",
        "searchindex.js",
        "searchtools.js",
        "sphinx-thebe.css",
    }
)

# Extensions that Jupyter Book loads without being asked: live code, from another host, and
# comments, from another host.
SILENT_EXTENSIONS: Final = frozenset({"sphinx_thebe", "sphinx_comments"})

# The theme's style sheet names nearly two thousand icons; a page shows a dozen. These stay: those
# of fonts/polybook-icons.woff2, and the marks of code hosts in the theme's own font.
ICONS: Final = frozenset(
    {
        0xF002,
        0xF00D,
        0xF010,
        0xF015,
        0xF019,
        0xF02D,
        0xF03A,
        0xF03B,
        0xF042,
        0xF04B,
        0xF04C,
        0xF054,
        0xF057,
        0xF058,
        0xF059,
        0xF05A,
        0xF060,
        0xF061,
        0xF062,
        0xF064,
        0xF065,
        0xF066,
        0xF06A,
        0xF071,
        0xF078,
        0xF08E,
        0xF0C1,
        0xF0C9,
        0xF0EB,
        0xF0F3,
        0xF104,
        0xF105,
        0xF107,
        0xF121,
        0xF126,
        0xF135,
        0xF15B,
        0xF15C,
        0xF185,
        0xF186,
        0xF188,
        0xF1C1,
        0xF1C9,
        0xF296,
        0xF303,
        0xF35D,
        0xF09B,
        0xF092,
        0xF171,
        0xE5AE,
    }
)
_ICON_RULE: Final = re.compile(r'(?:\.fa-[\w-]+:before,?)+\{content:"(?:\\(?=\w))?([^"\\]+)"\}')

_STYLE: Final = re.compile(r'[ \t]*<link\b(?=[^>]*rel="stylesheet")[^>]*href="([^"]+)"[^>]*>\n?')
_SCRIPT: Final = re.compile(r'[ \t]*<script\b([^>]*?)\ssrc="([^"]+)"([^>]*)></script>\n?')
_URL: Final = re.compile(r"""url\((["']?)(?![a-z]+:|[/#])([^)"']+)\1\)""")
_IMPORT: Final = re.compile(r"""@import\s+(?:url\()?["']([^"']+)["']\)?;""")
_CHARSET: Final = re.compile(r'@charset "[^"]*";')


@dataclass(frozen=True)
class Bundler:
    """Joins the files of `output/_static` that a page's head names.

    `address` gives the address of such a path as seen from the page. Bundles are named by their
    contents, so pages from earlier builds keep theirs. `all_icons` keeps icons that the theme
    itself does not show.
    """

    output: Path
    address: Callable[[str], str]
    all_icons: bool = False

    def styles(self, head: str) -> str:
        """The head with one style sheet for all local ones, in their order."""
        link = '<link rel="stylesheet" href="{}" />\n'
        return self._joined(head, _STYLE, self._style, link, ".css")

    def scripts(self, head: str) -> str:
        """The head with one script for all local ones; the data of their elements stays on it.

        Scripts that ask to be loaded later (`async`, `defer`) stay where they are.
        """
        data = dict.fromkeys(
            attribute
            for match in _SCRIPT.finditer(head)
            if self._script(match)
            for attribute in re.findall(r'\sdata-[\w-]+="[^"]*"', f"{match[1]} {match[3]}")
        )
        element = f'<script{"".join(data)} src="{{}}"></script>\n'
        return self._joined(head, _SCRIPT, self._script, element, ".js")

    def _joined(
        self,
        head: str,
        pattern: re.Pattern[str],
        read: Callable[[re.Match[str]], str | None],
        element: str,
        suffix: str,
    ) -> str:
        texts = {match.start(): read(match) for match in pattern.finditer(head)}
        bundled = [start for start, text in texts.items() if text]
        if not bundled:
            return pattern.sub(lambda match: match[0] if texts[match.start()] is None else "", head)
        name = self._write("".join(texts[start] or "" for start in bundled), suffix)
        # At the place of the last: the settings that come before the files stay before them.
        tags = {**dict.fromkeys(bundled, ""), bundled[-1]: element.format(self.address(name))}
        return pattern.sub(
            lambda match: match[0] if texts[match.start()] is None else tags.get(match.start(), ""),
            head,
        )

    def _style(self, match: re.Match[str]) -> str | None:
        if _name(match[1]) in UNUSED:
            return ""
        path = self._path(match[1])
        return None if path is None else self._style_text(path)

    def _style_text(self, path: str) -> str:
        folder = dirname(path)
        text = _CHARSET.sub("", (self.output / path).read_text(encoding="utf-8"))
        text = _URL.sub(lambda match: f'url("{_from_static(folder, match[2])}")', text)
        imported = _IMPORT.sub(
            lambda match: self._style_text(normpath(join(folder, match[1]))), text
        )
        return (imported if self.all_icons else _ICON_RULE.sub(_known_icon, imported)) + "\n"

    def _script(self, match: re.Match[str]) -> str | None:
        path = self._path(match[2])
        if _name(match[2]) in UNUSED:
            return ""
        if path is None or _later(match):
            return None
        return (self.output / path).read_text(encoding="utf-8") + "\n;\n"

    def _path(self, address: str) -> str | None:
        """The path below the output folder of an address in `_static`, if there is such a file."""
        _, found, path = address.split("?")[0].partition("_static/")
        path = f"_static/{path}"
        return path if found and "://" not in address and (self.output / path).is_file() else None

    def _write(self, text: str, suffix: str) -> str:
        name = f"_static/bundle-{sha256(text.encode()).hexdigest()[:12]}{suffix}"
        if not (self.output / name).exists():
            # Aside first: another process may be writing the same bundle.
            aside = self.output / f"{name}.{os.getpid()}"
            aside.write_text(text, encoding="utf-8")
            aside.replace(self.output / name)
        return name


def _known_icon(rule: re.Match[str]) -> str:
    code = int(rule[1], 16) if len(rule[1]) > 1 else ord(rule[1])
    return rule[0] if code in ICONS else ""


def _name(address: str) -> str:
    return address.split("?")[0].rpartition("/")[2]


def _from_static(folder: str, address: str) -> str:
    return normpath(join(folder, address)).removeprefix("_static/")


def _later(match: re.Match[str]) -> bool:
    return bool(re.search(r"\b(async|defer|module)\b", match[1] + match[3]))


def _offer_bundler(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    pathto = context["pathto"]
    all_icons = "fa-" in context.get("body", "") or bool(context.get("theme_icon_links"))
    context["bundler"] = Bundler(Path(app.outdir), lambda path: str(pathto(path, 1)), all_icons)


def _silence(app: Sphinx) -> None:
    for listeners in list(app.events.listeners.values()):
        for listener in list(listeners):
            if listener.handler.__module__.partition(".")[0] in SILENT_EXTENSIONS:
                app.disconnect(listener.id)


def setup_bundle(app: Sphinx) -> None:
    """Let the pages' template use the bundler, and stop extensions that nobody asked for."""
    app.connect("config-inited", lambda app, config: _silence(app), priority=1)
    app.connect("html-page-context", _offer_bundler)
