"""The book's settings: `sphinx.config.polybook` of `_config.yml`, validated.

No Sphinx is imported here: deciding that nothing changed has to be quick.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from polybook.errors import PolybookError

CONFIG_FILE = "_config.yml"
TOC_FILE = "_toc.yml"
SECTION = ("sphinx", "config", "polybook")


@dataclass(frozen=True)
class Framework:
    """One framework: its cell tag (`name`), tab label, Jupyter kernel and kernel settings."""

    name: str
    label: str
    kernel: str = "python3"
    threads: int = 1
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Language:
    """One edition: gettext `code`, `label` in its own language, folder of the site (`url`).

    `derived_from` names the language whose catalogs this one's are converted from.
    """

    code: str
    label: str
    url: str
    derived_from: str | None = None

    @property
    def tag(self) -> str:
        """The BCP 47 tag, for `lang` and `hreflang`."""
        return self.code.replace("_", "-")


@dataclass(frozen=True)
class Book:
    """Everything polybook knows of a book before reading its chapters.

    `languages` starts with the source language. `data` is the dotted name of a function without
    arguments that maps each data set to the checksum at hand, or to None where data are generated.
    """

    root: Path
    title: str
    frameworks: tuple[Framework, ...]
    languages: tuple[Language, ...]
    source: Path
    data: str | None = None
    repository: str | None = None
    timeout: int = 300

    @property
    def build(self) -> Path:
        """The folder of everything made: store, working files of the editions, site."""
        return self.root / "_build"

    @property
    def store(self) -> Path:
        """The folder of stored runs."""
        return self.build / "store"

    @property
    def locales(self) -> Path:
        """The folder of the translations."""
        return self.root / "locales"

    @property
    def source_language(self) -> Language:
        """The language in which the chapters are written."""
        return self.languages[0]

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """The pages of `_toc.yml` in reading order, without suffix, such as `book/preface`."""
        from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

        try:
            site_map = parse_toc_yaml(self.root / TOC_FILE)
        except FileNotFoundError:
            raise PolybookError("there is no table of contents here", TOC_FILE) from None
        except MalformedError as error:
            raise PolybookError(str(error), TOC_FILE) from None
        return tuple(str(Path(name).with_suffix("")) for name in _walk(site_map, site_map.root))

    def framework(self, name: str) -> Framework:
        """The framework of that name; raises `PolybookError` with the names there are."""
        return _named(self.frameworks, "name", name, "framework")

    def language(self, code: str) -> Language:
        """The language of that code (or URL part); raises `PolybookError` with the codes."""
        for language in self.languages:
            if code in (language.code, language.url):
                return language
        return _named(self.languages, "code", code, "language")

    def page_path(self, page: str) -> Path:
        """The Markdown file of a page."""
        return self.root / f"{page}.md"


def _walk(site_map: Any, document: Any) -> Iterator[str]:
    yield document.docname
    for subtree in document.subtrees:
        for item in subtree.items:
            if item in site_map:
                yield from _walk(site_map, site_map[item])


def _named(items: tuple[Any, ...], attribute: str, name: str, kind: str) -> Any:
    for item in items:
        if getattr(item, attribute) == name:
            return item
    known = ", ".join(getattr(item, attribute) for item in items)
    raise PolybookError(f"there is no {kind} {name!r} in {CONFIG_FILE}; it has: {known}")


class _Settings:
    """A mapping of `_config.yml` whose errors name the file, the line and the key."""

    def __init__(self, node: yaml.Node | None, key: tuple[str, ...], values: Any) -> None:
        self.node, self.key, self.values = node, key, values
        if not isinstance(values, dict):
            raise self.error(f"expected a mapping, found {values!r}")

    def error(self, message: str, name: str | None = None) -> PolybookError:
        key = (*self.key, name) if name else self.key
        line = _line(self.node, name)
        return PolybookError(f"{'.'.join(map(str, key))}: {message}", CONFIG_FILE, line)

    def allow(self, *names: str) -> None:
        for name in self.values:
            if name not in names:
                raise self.error(f"unknown key; it takes: {', '.join(names)}", name)

    def get(self, name: str, kind: type, default: Any = None, required: bool = False) -> Any:
        value = self.values.get(name, default)
        if value is None and required:
            raise self.error("is missing", name)
        if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            raise self.error(f"expected {_KINDS[kind]}, found {value!r}", name)
        return value

    def mapping(self, name: str, required: bool = False) -> _Settings:
        values = self.values.get(name, None if required else {})
        if values is None:
            raise self.error("is missing or empty", name)
        return _Settings(_child(self.node, name), (*self.key, name), values)

    def items(self) -> Iterator[tuple[str, _Settings]]:
        for name in self.values:
            if not isinstance(name, str):
                raise self.error(f"the key {name!r} must be a text: put it in quotes", name)
            yield name, self.mapping(name, required=True)


_KINDS = {str: "a text", int: "a whole number", dict: "a mapping"}


def _child(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def _line(node: yaml.Node | None, name: str | None) -> int | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    mark = next((key.start_mark for key, _ in pairs if key.value == name), None)
    mark = mark or (node.start_mark if node else None)
    return mark.line + 1 if mark else None


def load_book(root: Path | str = ".") -> Book:
    """Read and validate the settings of the book in the folder `root`.

    Raises `PolybookError` with file, line and key for whatever is missing or wrong.
    """
    root = Path(root).resolve()
    try:
        text = (root / CONFIG_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        message = "there is no such file here; run polybook in the book's folder"
        raise PolybookError(message, CONFIG_FILE) from None
    toc = root / TOC_FILE
    return _load_book(root, text, toc.read_bytes() if toc.is_file() else b"")


@lru_cache(maxsize=8)
def _load_book(root: Path, text: str, toc: bytes) -> Book:
    """The book of these settings; `toc` tells books apart whose list of pages has changed."""
    try:
        node, values = yaml.compose(text), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise PolybookError(error.problem or "this is not YAML", CONFIG_FILE, line) from None
    top = _Settings(node, (), values or {})
    section = top
    for name in SECTION:
        section = section.mapping(name, required=True)
    section.allow("source", "data", "repository", "timeout", "threads", "frameworks", "languages")
    source = root / section.get("source", str, "src")
    if not source.is_dir():
        raise section.error(f"there is no folder {source.name!r}", "source")
    return Book(
        root=root,
        title=top.get("title", str, "Book"),
        frameworks=_frameworks(section),
        languages=_languages(section),
        source=source,
        data=section.get("data", str),
        repository=section.get("repository", str),
        timeout=_positive(section, "timeout", 300),
    )


def _positive(settings: _Settings, name: str, default: int) -> int:
    value: int = settings.get(name, int, default)
    if value < 1:
        raise settings.error(f"expected a number above zero, found {value}", name)
    return value


def _frameworks(section: _Settings) -> tuple[Framework, ...]:
    threads = _positive(section, "threads", 1)
    frameworks = []
    for name, settings in section.mapping("frameworks", required=True).items():
        settings.allow("label", "kernel", "threads", "environment")
        if not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise settings.error("a framework's name is a cell tag: lower-case letters and digits")
        environment = settings.mapping("environment")
        frameworks.append(
            Framework(
                name=name,
                label=settings.get("label", str, required=True),
                kernel=settings.get("kernel", str, "python3"),
                threads=_positive(settings, "threads", threads),
                environment={key: environment.get(key, str) for key in environment.values},
            )
        )
    if not frameworks:
        raise section.error("names no framework", "frameworks")
    return tuple(frameworks)


def _languages(section: _Settings) -> tuple[Language, ...]:
    languages: list[Language] = []
    for code, settings in section.mapping("languages", required=True).items():
        settings.allow("label", "url", "derived_from")
        if not re.fullmatch(r"[a-z]{2,3}(_[A-Z][A-Za-z]+)?", code):
            raise settings.error("expected a language code such as ko or zh_TW")
        url = settings.get("url", str, code.lower().replace("_", "-"))
        if not re.fullmatch(r"[a-z0-9-]+", url) or url in {known.url for known in languages}:
            raise settings.error(f"{url!r} is not a folder name of its own", "url")
        derived_from = settings.get("derived_from", str)
        if derived_from and derived_from not in {known.code for known in languages}:
            raise settings.error(f"{derived_from!r} is no language named above", "derived_from")
        label = settings.get("label", str, required=True)
        languages.append(Language(code, label, url, derived_from))
    if not languages:
        raise section.error("names no language", "languages")
    return tuple(languages)


def cores() -> tuple[int, ...]:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))
