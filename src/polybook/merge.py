"""Bring a catalog up to date with its page: a pure function of the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from polybook.po import Catalog, Entry

SIMILAR = 0.6


def merge(
    catalog: Catalog, template: Sequence[Entry], elsewhere: Mapping[str, str] | None = None
) -> Catalog:
    """The catalog with the messages of `template`, in its order.

    A message that was there keeps its entry to the letter. A new one takes the text that the same
    source has on another page (`elsewhere`: source to text), else, as fuzzy, the text of the most
    similar message that is gone, with that one's source as the previous one. Texts that nothing
    took become obsolete.
    """
    wanted = {entry.source for entry in template}
    kept = {entry.source: entry for entry in reversed(catalog.entries) if entry.source in wanted}
    kept |= {entry.source: entry for entry in catalog.active if entry.source in wanted}
    spare = [entry for entry in catalog.entries if entry.source not in wanted and entry.text]
    entries = []
    for new in template:
        entry = kept.get(new.source)
        if entry is None:
            entry = _taken(new, elsewhere or {}, spare)
        entries.append(entry.change(obsolete=False, notes=new.notes))
    obsolete = [entry.change(obsolete=True, notes=()) for entry in spare]
    return replace(catalog, entries=(*entries, *obsolete))


def _taken(new: Entry, elsewhere: Mapping[str, str], spare: list[Entry]) -> Entry:
    """An entry for a new message, with the text of another one where one fits."""
    if new.source in elsewhere:
        return new.change(text=elsewhere[new.source])
    old = _most_similar(new.source, spare)
    if old is None:
        return new.change(text="")
    spare.remove(old)
    previous = old.previous if old.fuzzy and old.previous else old.source
    return new.change(
        text=old.text, comments=old.comments, flags=old.flags | {"fuzzy"}, previous=previous
    )


def _most_similar(source: str, spare: Sequence[Entry]) -> Entry | None:
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(source)
    best, found = SIMILAR, None
    for entry in spare:
        matcher.set_seq1(entry.source)
        if matcher.real_quick_ratio() > best and matcher.quick_ratio() > best:
            ratio = matcher.ratio()
            if ratio > best:
                best, found = ratio, entry
    return found
