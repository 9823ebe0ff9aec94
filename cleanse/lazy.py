"""Names of a package that are imported when they are first asked for.

`cleanse find` must not wait for what only a run needs, and Python runs a package's
``__init__`` whole before any of its modules.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Make the ``__getattr__`` of a package (PEP 562).

    No name may be that of a module of the package: importing the module would take its place.

    Args:
        package: Its ``__name__``.
        homes: By module of the package, the names it holds, with spaces between.

    >>> lazily("cleanse", {"errors": "InputError"})("InputError")
    <class 'cleanse.errors.InputError'>
    """
    home = {name: module for module, names in homes.items() for name in names.split()}

    def find(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{home[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    return find
