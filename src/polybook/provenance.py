"""How the numbers on a page were made: a block at the end of every page that has runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from html import escape
from typing import Any

from babel.dates import format_date
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from polybook.numbers import measured_text
from polybook.pages import shown_runs
from polybook.store import Run
from polybook.texts import _


def setup_provenance(app: Sphinx) -> None:
    app.add_transform(AddProvenance)


class AddProvenance(SphinxTransform):
    """Append the block, after the translation: its words are the site's own."""

    default_priority = 32

    def apply(self, **kwargs: Any) -> None:
        if self.app.builder.name == "gettext" or "<translated>" in str(self.document["source"]):
            return
        shown = shown_runs(self.app, self.env.docname)
        runs = {name: run for name, run in shown.items() if run}
        if not runs:
            return
        labels = {
            name: settings["label"] for name, settings in self.config.polybook["frameworks"].items()
        }
        block = nodes.raw("", provenance_html(runs, labels, self.config.language), format="html")
        (next(iter(self.document.findall(nodes.section)), self.document)).append(block)


def provenance_html(runs: Mapping[str, Run], labels: Mapping[str, str], language: str) -> str:
    """The block as HTML: one column per framework, one row per fact."""
    head = "".join(f'<th scope="col">{escape(labels[name])}</th>' for name in runs)
    rows = "".join(
        f'<tr><th scope="row">{escape(title)}</th>'
        + "".join(f"<td>{fact(run)}</td>" for run in runs.values())
        + "</tr>"
        for title, fact in _facts(language)
    )
    title = escape(_("How these numbers were made"))
    table = f"<table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return (
        f'<details class="polybook-provenance"><summary>{title}</summary>'
        f'<div class="table-scroll">{table}</div></details>'
    )


def _facts(language: str) -> Iterator[tuple[str, Callable[[Run], str]]]:
    def seconds(run: Run) -> str:
        return escape(
            _("{seconds} s").format(seconds=measured_text(run.provenance.seconds, language))
        )

    def memory(run: Run) -> str:
        return measured_text(run.provenance.memory / 2**20, language) + " MiB"

    def date(run: Run) -> str:
        moment = datetime.fromisoformat(run.provenance.date)
        return (
            f'<time datetime="{escape(run.provenance.date)}">'
            + escape(f"{format_date(moment, 'medium', locale=language)} {moment:%H:%M}")
            + " UTC</time>"
        )

    yield _("Date"), date
    yield _("Versions"), _versions
    yield _("Processor"), lambda run: escape(run.provenance.processor)
    yield _("System"), lambda run: escape(run.provenance.system)
    yield _("Threads"), _threads
    yield _("Data"), _data
    yield _("Time of all cells"), seconds
    yield _("Peak memory"), memory
    yield _("Commit"), lambda run: escape(run.provenance.commit or "—")


def _versions(run: Run) -> str:
    packages = [f"Python {run.provenance.python}"]
    packages += [f"{name} {run.distributions[name]}" for name in run.provenance.packages]
    return "<br>".join(map(escape, packages))


def _threads(run: Run) -> str:
    others = (
        _("no other run beside it")
        if run.provenance.alone
        else _("other runs on other cores beside it")
    )
    return escape(_("{threads} ({others})").format(threads=run.provenance.threads, others=others))


def _data(run: Run) -> str:
    if not run.data:
        return "—"
    generated = escape(_("generated stand-in"))
    return "<br>".join(
        f"{escape(name)}<br><code>{escape(checksum)}</code>"
        if checksum
        else f"<strong>{escape(name)}: {generated}</strong>"
        for name, checksum in run.data.items()
    )
