"""A small book with two frameworks that need nothing but Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from polybook.config import Book, load_book

CONFIG = """\
title: A small book
only_build_toc_files: true
sphinx:
  extra_extensions: [polybook]
  config:
    nitpicky: true
    polybook:
      timeout: 60
      frameworks:
        alpha: {label: Alpha}
        beta: {label: Beta}
      languages:
        en: {label: English}
        ko: {label: 한국어}
"""

TOC = """\
format: jb-book
root: book/index
options: {numbered: true}
chapters:
- file: book/one
"""

FRONT = """\
---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
polybook: {values: results}
---
"""

ONE = (
    FRONT
    + """\
(sec-one)=
# One

See {numref}`fig-one`: {measured}`alpha:run.loss` and {measured}`run.loss`.

```{code-cell} python
:tags: [alpha]
from package.alpha import name
```

```{code-cell} python
:tags: [beta]
from package.beta import name
```

```{code-cell} python
:source: package.shared.twice
```

```{code-cell} python
print(twice(name))
results = {"run": {"loss": 0.25 * len(name), "seconds": 1e-05}}
```

```{cell-figure}
:name: fig-one
:alt: The doubled name.
What the cell prints.
```

```{measured-table} Loss and time
:name: tab-one
:header: Experiment
:columns: loss = Loss; seconds = Seconds
run: The only run
```
"""
)

MODULES = {
    "__init__.py": "",
    "alpha.py": 'name = "alpha"\n',
    "beta.py": 'name = "beta"\n',
    "shared.py": "def twice(text):\n    return text + text\n",
}


@pytest.fixture
def make_book(tmp_path: Path) -> Callable[..., Book]:
    """Write a small book, with files of one's own put over it, and load it."""

    def make(**files: str) -> Book:
        content = {
            "_config.yml": CONFIG,
            "_toc.yml": TOC,
            "book/index.md": "# Front\n",
            "book/one.md": ONE,
            **{f"src/package/{name}": text for name, text in MODULES.items()},
            **files,
        }
        for name, text in content.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_book(tmp_path)

    return make


@pytest.fixture
def book(make_book: Callable[..., Book]) -> Book:
    return make_book()
