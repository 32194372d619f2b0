"""The site's own words. Their translations are `locales/<language>/LC_MESSAGES/polybook.po`."""

from __future__ import annotations

from sphinx.locale import get_translation

CATALOG = "polybook"

_ = get_translation(CATALOG)

# Words of Sphinx and of the theme that their own catalogs lack in some languages. The compiled
# catalog stands before theirs.
THEME_WORDS = (
    _("Back to top"),
    _("Color mode"),
    _("Dark"),
    _("Light"),
    _("Link to this heading"),
    _("Link to this image"),
    _("Link to this table"),
    _("next page"),
    _("Please activate JavaScript to enable the search functionality."),
    _("previous page"),
    _("Skip to main content"),
    _("System Settings"),
    _("Version warning"),
)

# Words that the theme's templates and scripts write as they are; polybook.js replaces them.
FIXED_WORDS = {
    "Main": _("Main"),
    "Page": _("Page"),
    "Toggle primary sidebar": _("Toggle primary sidebar"),
    "Toggle secondary sidebar": _("Toggle secondary sidebar"),
    "Copy": _("Copy"),
    "Copied!": _("Copied!"),
    "Copy to clipboard": _("Copy to clipboard"),
    "Failed to copy": _("Failed to copy"),
}
