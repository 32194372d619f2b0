"""Runs inside a chapter's kernel, after its last cell: what did this run depend on and measure?

Standard library only: the kernel need not have polybook.
"""


def probe(
    namespace: dict[str, object], source: str, values: "str | None", data: "str | None"
) -> str:
    """Return, as JSON text, what the run imported, the values it left and how it was made.

    `source`: folder of the book's modules; `values`: name of a dict in `namespace`, or None;
    `data`: dotted name of the function that tells the data sets at hand, or None.
    """
    import json
    import os
    import platform
    import resource
    import sys

    def files() -> list[str]:
        found = []
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and file.startswith(source + os.sep):
                found.append(os.path.relpath(file, source).replace(os.sep, "/"))
        return sorted(set(found))

    def owners() -> dict[str, list[str]]:
        from importlib import metadata

        known = metadata.packages_distributions()
        files = {
            name: getattr(module, "__file__", None) or ""
            for name, module in list(sys.modules.items())
            if "." not in name
        }
        return {
            name: known[name]
            for name, file in sorted(files.items())
            if name in known and not file.startswith(source + os.sep)
        }

    def distributions(owners: dict[str, list[str]]) -> dict[str, str]:
        from importlib import metadata

        found = {
            owner: metadata.distribution(owner) for several in owners.values() for owner in several
        }
        # copies that another distribution carries along are part of that one's version
        return {
            owner: found[owner].version
            for owner in sorted(found)
            if "_vendor" not in str(found[owner].locate_file(""))
        }

    def plain(value: object, name: str) -> object:
        if isinstance(value, dict):
            return {str(key): plain(item, f"{name}.{key}") for key, item in value.items()}
        if isinstance(value, (bool, int, str)):
            return value
        try:
            return float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            raise TypeError(f"{name} is neither a number nor a text: {value!r}") from None

    def measured() -> object:
        if values is None:
            return {}
        if not isinstance(namespace.get(values), dict):
            raise TypeError(f"the chapter promises a dict {values!r}, but its cells leave none")
        return plain(namespace[values], values)

    def data_sets() -> object:
        module, _, function = (data or "").rpartition(".")
        return getattr(sys.modules[module], function)() if module in sys.modules else {}

    def processor() -> str:
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
    return json.dumps(
        {
            "files": files(),
            "modules": modules,
            "distributions": distributions(modules),
            "data": data_sets(),
            "values": measured(),
            "python": platform.python_version(),
            "system": platform.platform(),
            "processor": processor(),
            "memory": peak * (1 if sys.platform == "darwin" else 1024),
        }
    )
