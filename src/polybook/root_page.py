"""The page at the root of the site, which leads each reader to the edition in their language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from string import Template

from polybook.language_menu import Edition

# Which edition is wanted: the one chosen before, else the first of the browser's languages that
# there is, else the first. Chinese is chosen by script, and its places stand for a script.
_SCRIPT = """
(function (editions, start) {
  "use strict";
  var traditional = /^zh(?!.*-hans).*-(hant|tw|hk|mo)(-|$$)/;
  function kind(tag) {
    tag = tag.toLowerCase();
    return /^zh(-|$$)/.test(tag) ? (traditional.test(tag) ? "zh-hant" : "zh-hans")
                                : tag.split("-")[0];
  }
  function find(test) {
    for (var i = 0; i < editions.length; i += 1) if (test(editions[i])) return editions[i];
  }
  function chosen() {
    try {
      var saved = localStorage.getItem("polybook.edition");
      return find(function (edition) { return edition.url === saved; });
    } catch (error) {
      return undefined;
    }
  }
  function preferred() {
    var wanted = navigator.languages || [navigator.language || ""];
    for (var i = 0; i < wanted.length; i += 1) {
      var match = find(function (edition) { return kind(edition.tag) === kind(wanted[i]); });
      if (match) return match;
    }
  }
  var edition = chosen() || preferred() || editions[0];
  location.replace(edition.url + "/" + start + location.search + location.hash);
})($editions, $start);
"""

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
$alternates
<script>$script</script>
<style>
:root { color-scheme: light dark; }
body { font: 1.125rem/1.6 system-ui, sans-serif; }
main { max-width: 36rem; margin: 15vh auto; padding: 0 1rem; }
ul { list-style: none; padding: 0; }
li a { display: inline-block; padding: .4rem 0; }
</style>
</head>
<body>
<main>
<h1>$title</h1>
<ul>
$links
</ul>
</main>
</body>
</html>
""")


def root_page(title: str, editions: Sequence[Edition], start: str = "index.html") -> str:
    """The site's `index.html`: a redirect, and plain links for whoever runs no script.

    `editions` are folders beside the page, the default first; `start` is the page of an edition to
    open, such as `index.html`. A query (`?framework=…`) and a fragment are kept.
    """
    choices = [{"tag": edition.tag, "url": edition.url} for edition in editions]
    script = Template(_SCRIPT).substitute(editions=_literal(choices), start=_literal(start))
    page = {edition.url: escape(f"{edition.url}/{start}") for edition in editions}
    alternates = [(edition.tag, page[edition.url]) for edition in editions]
    return _PAGE.substitute(
        language=escape(editions[0].tag),
        title=escape(title),
        script=script,
        alternates="\n".join(
            f'<link rel="alternate" hreflang="{escape(tag)}" href="{address}">'
            for tag, address in [*alternates, ("x-default", "./")]
        ),
        links="\n".join(
            f'<li><a href="{page[edition.url]}" lang="{escape(edition.tag)}" '
            f'hreflang="{escape(edition.tag)}">{escape(edition.label)}</a></li>'
            for edition in editions
        ),
    )


def _literal(value: object) -> str:
    """A value as it may stand in a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
