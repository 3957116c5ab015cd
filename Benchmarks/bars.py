"""A bar chart as SVG, written by hand: one panel for each group of bars, the longest bar of a panel as wide as the others'."""

from __future__ import annotations

import html
import pathlib

WIDTH, LABELS, BARS = 900, 240, 440
ROW, BAR, MARGIN, HEADING = 26, 16, 20, 34
OURS, OTHERS, FLOOR, INK, PAPER = "#0072b2", "#b8b8b8", "#d55e00", "#282828", "#ffffff"


def write(path: str, title: str, panels: list[tuple[str, list[tuple[str, float, str]]]], floor: str) -> None:
    """`panels`: heading, and bars (name, seconds, what is written behind the bar). `floor` is the bar that others are
    measured against: a line goes through its end."""
    height = MARGIN * 2 + HEADING + sum(HEADING + ROW * len(bars) for _, bars in panels)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="14">',
             f"<title>{html.escape(title)}</title>", f'<rect width="100%" height="100%" fill="{PAPER}"/>',
             f'<text x="{MARGIN}" y="{MARGIN + 14}" fill="{INK}" font-size="16">{html.escape(title)}</text>']
    y = MARGIN + HEADING
    for heading, bars in panels:
        longest = max(seconds for _, seconds, _ in bars)
        lines.append(f'<text x="{MARGIN}" y="{y + 14}" fill="{INK}" font-weight="bold">{html.escape(heading)}</text>')
        y += HEADING - 6
        for name, seconds, _ in bars:
            if name == floor:
                x = LABELS + BARS * seconds / longest
                lines.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 4}" y2="{y + ROW * len(bars) - 4}" '
                             f'stroke="{FLOOR}" stroke-dasharray="4 4"/>')
        for name, seconds, text in bars:
            colour = OURS if name.startswith("fastpix") else FLOOR if name == floor else OTHERS
            width = max(1, BARS * seconds / longest)
            lines += [f'<text x="{LABELS - 10}" y="{y + 13}" fill="{INK}" text-anchor="end">{html.escape(name)}</text>',
                      f'<rect x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>',
                      f'<text x="{LABELS + width + 8:.1f}" y="{y + 13}" fill="{INK}">{html.escape(text)}</text>']
            y += ROW
        y += 6
    lines.append("</svg>")
    pathlib.Path(path).write_text("\n".join(lines) + "\n")
