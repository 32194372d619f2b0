"""The site's own words. Their translations are `locales/<language>/LC_MESSAGES/polybook.po`."""

from __future__ import annotations

from sphinx.locale import get_translation

CATALOG = "polybook"

_ = get_translation(CATALOG)
