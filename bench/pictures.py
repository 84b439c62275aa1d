"""Draws curves as SVG: a few lines of our own, since these are all the pictures there are."""

from collections.abc import Mapping, Sequence
from html import escape
from math import log10

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 44, 56
_COLOURS = ("#2563eb", "#ea580c", "#16a34a", "#9333ea")


def draw(
    title: str,
    across: str,
    up: str,
    curves: Mapping[str, Points],
    *,
    steps: Sequence[str] = (),
    logarithmic: bool = False,
) -> str:
    """Return a picture of the curves, each under its name; those in `steps` hold each value until the next one."""
    points = [point for curve in curves.values() for point in curve]
    scale = log10 if logarithmic else float
    low, high = min(scale(x) for x, _ in points), max(scale(x) for x, _ in points)
    highest = max(y for _, y in points) * 1.08 or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        share = (scale(x) - low) / ((high - low) or 1)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT), _HEIGHT - _BOTTOM - y / highest * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text(_LEFT, 20, title, size=15),
        _text(_WIDTH / 2, _HEIGHT - 8, across, anchor="middle"),
        _text(_LEFT, 38, up),
    ]
    for number in range(6):
        x, y = low + (high - low) * number / 5, highest * number / 5
        across_at = 10**x if logarithmic else x
        left, bottom = place(across_at, 0)
        parts.append(_text(left, bottom + 18, f"{across_at:.3g}" if across_at < 1e4 else f"{across_at:,.0f}", "middle"))
        _, height = place(points[0][0], y)
        parts.append(f'<path d="M{_LEFT} {height:.1f}H{_WIDTH - _RIGHT}" stroke="#e2e8f0"/>')
        parts.append(_text(_LEFT - 8, height + 4, f"{y:.3g}", "end"))
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        parts.append(_path([place(*point) for point in curve], colour, stepped=name in steps))
        parts.append(_text(_LEFT + 12 + 200 * number, _HEIGHT - 24, f"— {name}", colour=colour))
    return "\n".join([*parts, "</svg>", ""])


def _path(points: Points, colour: str, *, stepped: bool) -> str:
    (x, y), *rest = points
    path = f"M{x:.1f} {y:.1f}" + "".join(f"H{x:.1f}V{y:.1f}" if stepped else f"L{x:.1f} {y:.1f}" for x, y in rest)
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>'


def _text(x: float, y: float, text: str, anchor: str = "start", *, size: int = 12, colour: str = "#334155") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{escape(text)}</text>'
    )
