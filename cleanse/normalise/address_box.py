"""Boxes of the post: PO Box, Postfach, BP, rural routes."""

from __future__ import annotations

import re

_NAMES = ("box", "bx", "post", "bag", "drawer", "bp", "cs ", "apartado", "cas", "caixa", "pl ", "skr", "pob")  # fmt: skip
_NUMBER = r"\s*(?:no\.?\s*)?#?\s*(?:no\.?\s*)?"
_ROUTE = re.compile(
    r"(?P<kind>\b(?:r\.?\s?r\.?|r\.?f\.?d\.?|rural\s+(?:route|delivery)|h\.?c\.?r?\.?(?:\s+(?:rte|route))?|star\s+(?:rte|route)|"
    r"(?:highway|hwy)\s+contract\s+(?:rte|route)|cmr|psc)|(?:^|,\s*)(?:rte?|route|rd)\b\.?)"
    r"\s*#?\s*(?P<route>\d+\w?\w?)?\s*,?\s*box" + _NUMBER + r"(?P<box>[\w-]*\d[\w-]*)",
    re.IGNORECASE,
)
_POST = re.compile(
    r"\b(?:p\.?\s*o\.?|post\s*office|post|gpo|locked|private|lock)\s*(?:bo?x|bag|drawer)"
    + _NUMBER
    + r"([a-z]?\d[\w-]*|[a-z]\b)|\bpob"
    + _NUMBER
    + r"(\d[\w-]*)|\bpost\s+office"
    + _NUMBER
    + r"(\d[\w-]*)",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(?:postfach\s*(\d{1,3}(?: \d{2}){1,2}(?!\d)|\d+)|bo[iî]te postale\s*(\d+)|b\.?p\.?\s*(\d+)|"
    r"cs\s(\d{5})(?!\d)|apartado(?: de correos| postal)?\s*(\d+)|casella postale\s*(\d+)|"
    r"caixa postal\s*(\d+)|post(?:bus|boks)\s*(\d+)|pl\s(\d+)(?=,)|skr\w*\.? poczt\w*\.?\s*(\d+))\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\b(?:box|bag|drawer)" + _NUMBER + r"((?:[a-z]{1,2}\s)?[a-z]?\d[\w-]*)\b",
    re.IGNORECASE,
)


def take_boxes(text: str) -> tuple[str, str | None]:
    """Take boxes out of a line.

    Returns:
        The line without them, a comma in their place, and their numbers; a rural
        route stays with its box.

    >>> take_boxes("541 E North St, P.O. Box 172, Chicago IL")
    ('541 E North St, Chicago IL', '172')
    >>> take_boxes("RT 1 BOX 81")
    ('', 'RR 1 Box 81')
    """
    lowered = text.lower()
    if not any(name in lowered for name in _NAMES):
        return text, None
    boxes = []
    for pattern in (_ROUTE, _POST, _FOREIGN, _BARE):
        while found := pattern.search(text):
            boxes.append(_number_of(found))
            before, behind = text[: found.start()], text[found.end() :]
            text = f"{before.rstrip(' ,(')}, {behind.lstrip(' ,.)')}".strip(" ,")
    return text, ", ".join(boxes) or None


def _number_of(found: re.Match[str]) -> str:
    named = found.groupdict()
    if named.get("box"):
        route = named.get("route")
        box = str(named["box"])
        return f"{_kind(named['kind'])} {route} Box {box}" if route else box
    return str(next(filter(None, found.groups()))).strip()


def _kind(typed: str) -> str:
    """Write a route one way: rural, by contract, or of the forces."""
    word = re.sub(r"[^a-z]", "", typed.lower())
    if word in {"cmr", "psc"}:
        return word.upper()
    return "HC" if word.startswith(("h", "star")) else "RR"
