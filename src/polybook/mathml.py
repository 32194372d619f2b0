"""Formulas as MathML, written when the book is built: no script, no font and no request elsewhere.

`html_math_renderer: mathml` chooses it. Browsers draw MathML Core themselves; the font
`static/fonts/polybook-math.woff2` gives every system the same shapes.
"""

from __future__ import annotations

import html
import re
from typing import Final

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from polybook.texts import _

_LOGGER = logging.getLogger(__name__)
_CONVERTER: Final = LatexToMathML(fancy_error=False)

# Sphinx numbers equations; an environment that numbers its own lines would number them twice,
# and one that fills the line would push the number away. Each has a counterpart that does neither.
_INNER_ENVIRONMENT: Final = {"align": "aligned", "gather": "gathered", "equation": "gathered"}
_OUTER_ENVIRONMENT: Final = re.compile(r"\\(begin|end)\{(align|gather|equation)\*?\}")

# math-core marks which of two styles of script capitals is meant; no font in use knows the mark,
# and some browsers show it as a box.
_VARIATION_SELECTORS: Final = re.compile("[\ufe00\ufe01]")

# A prime is raised by its glyph already; as a superscript it would be raised twice.
_TOKEN: Final = r"<m[ino]\b[^>]*>[^<]*</m[ino]>"
_PRIME: Final = r"<mo>([\u2032-\u2034])</mo>"
_PRIMES: Final = (
    (
        re.compile(rf"<msup>({_TOKEN}){_PRIME}</msup>"),
        r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>',
    ),
    (
        re.compile(rf"<msup>({_TOKEN})<mrow>{_PRIME}({_TOKEN})</mrow></msup>"),
        r'<msup><mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>\3</msup>',
    ),
)


class FormulaError(ValueError):
    """A formula that is no LaTeX known here; the message tells the character where it fails."""


def to_mathml(latex: str, *, display: bool = False) -> str:
    """Write a formula as a `<math>` element.

    `display` asks for the style of a formula on a line of its own; a blank line or `\\\\` outside
    any environment then starts a new line. Raises `FormulaError`.
    """
    source = _arranged(latex) if display else latex
    try:
        mathml = _CONVERTER.convert_with_local_state(source, displaystyle=display)
    except LatexError as error:
        raise FormulaError(str(error)) from None
    # This entity is known to HTML only; XML formats such as EPUB would stop at it.
    mathml = mathml.replace("&ApplyFunction;", "\u2061")
    for pattern, replacement in _PRIMES:
        mathml = pattern.sub(replacement, mathml)
    return _VARIATION_SELECTORS.sub("", mathml)


def _arranged(latex: str) -> str:
    inner = _OUTER_ENVIRONMENT.sub(
        lambda match: rf"\{match[1]}{{{_INNER_ENVIRONMENT[match[2]]}}}", latex
    )
    lines = [line.strip() for line in re.split(r"\n\s*\n", inner) if line.strip()]
    joined = r" \\ ".join(lines)
    if len(lines) > 1 or (r"\\" in joined and r"\begin" not in joined):
        return rf"\begin{{aligned}} {joined} \end{{aligned}}"
    return joined


def _mathml_or_source(node: nodes.Element, *, display: bool) -> str:
    latex = node.astext()
    try:
        return to_mathml(latex, display=display)
    except FormulaError as error:
        _LOGGER.warning(
            "this formula cannot be read (character %s): %s",
            error,
            latex,
            location=node,
            type="polybook",
            subtype="math",
        )
        return f'<code class="math-error">{html.escape(latex)}</code>'


def visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    translator.body.append(
        translator.starttag(node, "span", "", CLASS="math notranslate nohighlight")
    )
    translator.body.append(_mathml_or_source(node, display=False) + "</span>")
    raise nodes.SkipNode


def visit_math_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number and a link to itself."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, _("Link to this equation"))
        translator.body.append("</span>")
    translator.body.append(_mathml_or_source(node, display=True) + "</div>\n")
    raise nodes.SkipNode


def setup_mathml(app: Sphinx) -> None:
    """Register the renderer under the name `mathml`."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
