# SPDX-License-Identifier: MIT
"""An SVG picture for light and dark pages, as scripts/pictures and scripts/bench draw them."""

from xml.sax.saxutils import escape

WIDTH = 860

STYLE = """
  text { font: 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #1f2328 }
  .mono { font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; font-size: 13px }
  .title { font-size: 17px; font-weight: 600 }
  .small { font-size: 12px }
  .card { fill: #ffffff; stroke: #d1d9e0 }
  .muted { fill: #59636e }
  .line { stroke: #afb8c1; fill: none }
  .band { fill: #ffebe9 }
  .bar { fill: #afb8c1 }
  .way { stroke: #0969da; stroke-width: 1.6; fill: none }
  .dot { fill: #0969da }
  .bad { stroke: #cf222e; stroke-width: 2; fill: none }
  .bad-dot, .bad-text { fill: #cf222e }
  .bad-text { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .card { fill: #0d1117; stroke: #30363d }
    .muted { fill: #9198a1 }
    .line { stroke: #57606a }
    .band { fill: #3c1618 }
    .bar { fill: #57606a }
    .way { stroke: #58a6ff }
    .dot { fill: #58a6ff }
    .bad { stroke: #ff7b72 }
    .bad-dot, .bad-text { fill: #ff7b72 }
  }"""

FRAME = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" \
height="{height}" role="img" aria-labelledby="t d">
<!-- SPDX-License-Identifier: MIT; drawn by {drawn_by} -->
<title id="t">{title}</title>
<desc id="d">{description}</desc>
<style>{style}
</style>
<defs>{arrows}</defs>
<rect class="card" x="0.5" y="0.5" width="{inner_width}" height="{inner_height}" rx="8"/>
{lines}
</svg>
"""

ARROW = """<marker id="{0}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
markerUnits="userSpaceOnUse" orient="auto"><path class="{1}" d="M0 0 8 4 0 8z"/></marker>"""


class Picture:
    """Lines of SVG below a title, and the frame around them."""

    def __init__(self, title, description, drawn_by):
        self.lines = []
        self.facts = {"title": title, "description": description, "drawn_by": drawn_by}
        self.text(24, 34, title, "title")

    def text(self, x, y, words, kind="", anchor="start"):
        words = escape(str(words))
        self.lines.append(
            f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{words}</text>'
        )

    def path(self, kind, data, end=""):
        marker = f' marker-end="url(#{end})"' if end else ""
        self.lines.append(f'<path class="{kind}" d="{data}"{marker}/>')

    def dot(self, x, y, kind="dot", radius=5.0):
        self.lines.append(f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="{radius:g}"/>')

    def box(self, x, y, width, height, kind):
        self.lines.append(
            f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"'
            ' rx="4"/>'
        )

    def write(self, file, height):
        arrows = ARROW.format("arrow", "dot") + ARROW.format("bad-arrow", "bad-dot")
        svg = FRAME.format(
            width=WIDTH,
            height=height,
            inner_width=WIDTH - 1,
            inner_height=height - 1,
            style=STYLE,
            arrows=arrows if any("marker-end" in line for line in self.lines) else "",
            lines="\n".join(self.lines),
            **self.facts,
        )
        file.write_text(svg, encoding="utf-8")
