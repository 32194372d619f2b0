"""Runs inside a chapter's kernel, after its last cell: what did this run depend on and measure?

Standard library only: the kernel need not have polybook.
"""


def probe(namespace, source, values, data):
    """Return, as JSON text, what the run imported, the values it left and how it was made.

    `source`: folder of the book's modules; `values`: name of a dict in `namespace`, or None;
    `data`: dotted name of the function that tells the data sets at hand, or None.
    """
    import json
    import os
    import platform
    import resource
    import sys

    def files():
        found = []
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and file.startswith(source + os.sep):
                found.append(os.path.relpath(file, source).replace(os.sep, "/"))
        return sorted(set(found))

    def owners():
        from importlib import metadata

        known = metadata.packages_distributions()
        names = {name.partition(".")[0] for name in list(sys.modules)}
        return {name: known[name] for name in sorted(names) if name in known}

    def distributions(owners):
        from importlib import metadata

        owned = {owner for several in owners.values() for owner in several}
        return {owner: metadata.version(owner) for owner in sorted(owned)}

    def plain(value, name):
        if isinstance(value, dict):
            return {str(key): plain(item, f"{name}.{key}") for key, item in value.items()}
        if isinstance(value, (bool, int, str)):
            return value
        try:
            return float(value)
        except (TypeError, ValueError):
            raise TypeError(f"{name} is neither a number nor a text: {value!r}") from None

    def measured():
        if values is None:
            return {}
        if not isinstance(namespace.get(values), dict):
            raise TypeError(f"the chapter promises a dict {values!r}, but its cells leave none")
        return plain(namespace[values], values)

    def data_sets():
        module, _, function = (data or "").rpartition(".")
        return getattr(sys.modules[module], function)() if module in sys.modules else {}

    def processor():
        try:
            with open("/proc/cpuinfo", encoding="utf-8") as lines:
                for line in lines:
                    if line.startswith("model name"):
                        return line.partition(":")[2].strip()
        except OSError:
            pass
        return platform.processor() or platform.machine()

    modules = owners()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return json.dumps({
        "files": files(),
        "modules": modules,
        "distributions": distributions(modules),
        "data": data_sets(),
        "values": measured(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "processor": processor(),
        "memory": peak * (1 if sys.platform == "darwin" else 1024),
    })
