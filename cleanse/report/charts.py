"""Small charts as SVG text: no script, no network, colours from the page's own palette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from markupsafe import Markup, escape

_WIDTH = 1000
_GAP = 1.5


def bar(share: float, colour: str = "accent") -> Markup:
    """Draw one bar on a track.

    Args:
        share: 0 to 1; what lies outside is cut off.
        colour: Name of a colour of the page.
    """
    width = 100 * min(max(share, 0.0), 1.0)
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8" class="track"/>'
        '<rect width="{}" height="8" class="{}"/></svg>'
    ).format(f"{width:.2f}", colour)


def stacked(parts: Sequence[tuple[str, float]], whole: float) -> Markup:
    """Draw parts of a whole beside each other.

    Args:
        parts: Colour and size of each, in order.
        whole: What the full width stands for.
    """
    scale = 100 / whole if whole else 0
    ends = accumulate(size * scale for _, size in parts)
    rects = [
        Markup('<rect x="{}" width="{}" height="8" class="{}"/>').format(
            f"{end - size * scale:.2f}", f"{size * scale:.2f}", colour
        )
        for (colour, size), end in zip(parts, ends, strict=True)
        if size
    ]
    return Markup(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="100" height="8" class="track"/>{}</svg>'
    ).format(Markup("").join(rects))


def trend(
    part: float | None, whole: float, part_before: float | None, before: float | None
) -> Markup:
    """Show how a share moved since the run before, in points; nothing below a tenth.

    >>> trend(90, 100, 80, 100)
    Markup('<span class="up">▲ 10.0</span>')
    >>> trend(90, 100, None, None)
    Markup('')
    """
    if part is None or part_before is None or not whole or not before:
        return Markup("")
    moved = 100 * (part / whole - part_before / before)
    if abs(moved) < 0.05:  # noqa: PLR2004 - below what one decimal shows
        return Markup("")
    colour, sign = ("up", "▲") if moved > 0 else ("down", "▼")
    return Markup('<span class="{}">{} {}</span>').format(
        colour, sign, f"{abs(moved):.1f}"
    )


def histogram(
    bins: Sequence[tuple[float, Mapping[str, int]]], step: float, title: str
) -> Markup:
    """Draw stacked columns over a number line; heights grow with the square root.

    The root keeps a bin of ten visible beside one of a hundred thousand.

    Args:
        bins: Lower end of each bin, and how many by colour; ascending.
        step: Width of a bin.
        title: What a reader who cannot see the chart is told.
    """
    if not bins:
        return Markup("")
    height, foot = 180.0, 26
    first, last = bins[0][0], bins[-1][0] + step
    unit = _WIDTH / (last - first)
    tallest = max(sum(parts.values()) for _, parts in bins) ** 0.5 or 1
    drawn = []
    for low, parts in bins:
        total = sum(parts.values())
        full = height * total**0.5 / tallest
        x, y = (low - first) * unit, height
        for colour, count in parts.items():
            part = full * count / total if total else 0
            y -= part
            told = f"{low:g} … {low + step:g}: {count:,} {colour}"
            drawn.append(
                Markup(
                    '<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="{}"><title>{}</title></rect>'
                ).format(
                    f"{x + _GAP:.1f}",
                    f"{y:.1f}",
                    f"{step * unit - 2 * _GAP:.1f}",
                    f"{part:.1f}",
                    colour,
                    told,
                )
            )
    return Markup(
        '<svg class="histogram" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>'
    ).format(
        _WIDTH,
        int(height) + foot,
        escape(title),
        Markup("").join(drawn),
        _axis(first, last, unit, height),
    )


def _axis(first: float, last: float, unit: float, height: float) -> Markup:
    """Draw the number line below a histogram, at about eight round numbers."""
    span = last - first
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 1000) if span / size <= 10)  # noqa: PLR2004
    ticks = []
    at = -(-first // step) * step
    while at <= last:
        x = min(max((at - first) * unit, 8), _WIDTH - 12)
        ticks.append(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(
                f"{x:.0f}", f"{height + 20:.0f}", f"{at:g}"
            )
        )
        at += step
    line = Markup('<line x1="0" x2="{}" y1="{}" y2="{}" class="axis"/>').format(
        _WIDTH, f"{height + 0.5:g}", f"{height + 0.5:g}"
    )
    return line + Markup("").join(ticks)
