"""The text of a small book with two frameworks that need nothing but Python."""

from __future__ import annotations

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
