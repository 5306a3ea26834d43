"""How a report looks, and how its tables are sorted: one style sheet, one script."""

from __future__ import annotations

import base64
import hashlib

__all__ = ["SCRIPT", "STYLE", "script_hash"]

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --soft: #f4f7f9; --line: #d5dde4;
  --ink: #1c2733; --quiet: #4d5b68; --accent: #0b5a8f;
  --problem: #8a1c0b; --problem-paper: #fdebe7;
  --warning: #6b4a00; --warning-paper: #fff3d9;
  --note: #0b4a75; --note-paper: #e7f1f8;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14191f; --soft: #1c232b; --line: #3a4651;
    --ink: #e6ebf0; --quiet: #aab5c0; --accent: #86c4f2;
    --problem: #ffb4a6; --problem-paper: #43190f;
    --warning: #ffd98a; --warning-paper: #3d2c05;
    --note: #a8d4f5; --note-paper: #12324a;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font-size: 100%; scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  border-top: .3rem solid var(--accent);
  font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue",
    "Noto Sans", "Liberation Sans", Arial, sans-serif;
}
.skip {
  position: absolute; left: -100vw; top: .5rem; padding: .6rem 1rem;
  background: var(--accent); color: var(--paper);
}
.skip:focus { left: .5rem; }
a { color: var(--accent); overflow-wrap: anywhere; }
:focus-visible { outline: .2rem solid var(--accent); outline-offset: .15rem; }
.page { max-width: 82rem; margin: 0 auto; padding: 0 1.5rem 4rem; }
.masthead { padding: 3rem 0 2rem; border-bottom: 1px solid var(--line); }
.kicker {
  margin: 0; color: var(--accent); font-size: .875rem; font-weight: 600;
  letter-spacing: .06em; text-transform: uppercase;
}
h1, h2, h3 { line-height: 1.25; font-weight: 650; overflow-wrap: anywhere; }
h1 { margin: .4rem 0 .6rem; font-size: 2.25rem; letter-spacing: -.01em; }
h2 { margin: 0 0 1.2rem; font-size: 1.5rem; }
h3 { margin: 2.4rem 0 .8rem; font-size: 1.125rem; }
.byline { margin: 0; color: var(--quiet); }
p, ul, ol { max-width: 46rem; }
dl { max-width: 52rem; }
p { margin: 0 0 1rem; }
p, li, dt, dd, blockquote, figcaption { overflow-wrap: anywhere; }
.note { color: var(--quiet); font-size: .875rem; }
.lead { font-size: 1.0625rem; }
main li { margin: .35rem 0; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre {
  margin: 0 0 1rem; padding: 1rem 1.2rem; overflow-x: auto; font-size: .875rem;
  line-height: 1.5; background: var(--soft); border: 1px solid var(--line);
  border-radius: .5rem;
}
.cards {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr));
  gap: .8rem; margin: 2rem 0 0; padding: 0; list-style: none; max-width: none;
}
.cards li {
  padding: .9rem 1.1rem; background: var(--soft); border: 1px solid var(--line);
  border-radius: .5rem;
}
.cards span { display: block; overflow-wrap: anywhere; }
.cards .name { color: var(--quiet); font-size: .875rem; }
.cards .value {
  font-size: 1.625rem; font-weight: 650; line-height: 1.3;
  font-variant-numeric: tabular-nums;
}
.cards .value.long { font-size: 1.125rem; line-height: 1.3; padding-top: .35rem; }
.cards .about { color: var(--quiet); font-size: .8125rem; line-height: 1.4; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); }
.contents { padding: 2rem 0 0; }
.contents h2 { margin: 0 0 .6rem; font-size: 1rem; }
.contents ol { margin: 0; padding: 0; list-style: none; counter-reset: part; }
.contents li { margin: .15rem 0; counter-increment: part; }
.contents li::before {
  content: counter(part) ". "; color: var(--quiet);
  font-variant-numeric: tabular-nums;
}
.contents a { text-decoration: none; }
.contents a:hover { text-decoration: underline; }
@media (min-width: 75rem) {
  .columns { grid-template-columns: 13rem minmax(0, 1fr); column-gap: 3.5rem; }
  .contents nav { position: sticky; top: 2rem; }
}
main section { padding: 2.5rem 0 1rem; }
main section + section { border-top: 1px solid var(--line); }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); }
.facts { gap: .4rem 1.5rem; margin: 0 0 1rem; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; }
/* Positioned, or words for the ear alone would widen the page. */
.scroll { position: relative; overflow-x: auto; margin: 0 0 .5rem; }
.scroll.table { width: fit-content; max-width: 100%; margin: 0 0 1.75rem; }
.scroll.table:has(+ .legend, + .note), .legend:has(+ .note) { margin-bottom: .4rem; }
table { border-collapse: collapse; font-size: .9375rem; line-height: 1.4; }
caption {
  padding: 0 0 .5rem; text-align: start; font-weight: 600; caption-side: top;
}
caption .how { color: var(--quiet); font-weight: 400; font-size: .8125rem; }
th, td {
  padding: .4rem .7rem; border-bottom: 1px solid var(--line); text-align: start;
  vertical-align: top; overflow-wrap: break-word;
}
thead th {
  border-bottom: 2px solid var(--quiet); vertical-align: bottom; font-weight: 600;
  color: var(--quiet); font-size: .8125rem;
}
tbody th { font-weight: 500; min-width: 6rem; max-width: 22rem; }
tbody td.words { max-width: 34rem; }
.number {
  text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap;
}
thead th.number { white-space: normal; }
tbody tr:hover { background: var(--soft); }
td strong { color: var(--accent); }
.detail { color: var(--quiet); font-size: .8125rem; }
.number .detail { display: block; }
th button {
  font: inherit; color: inherit; background: none; border: 0; padding: .2rem 0;
  text-align: inherit; cursor: pointer;
}
th button:hover { color: var(--accent); }
th button::after { content: "\\2195"; padding-left: .25em; opacity: .75; }
th[aria-sort="ascending"] button::after { content: "\\2191"; opacity: 1; }
th[aria-sort="descending"] button::after { content: "\\2193"; opacity: 1; }
.legend { margin: 0 0 1.5rem; color: var(--quiet); font-size: .8125rem; }
.legend div { display: inline; margin-right: .8em; }
.legend dt, .legend dd { display: inline; margin: 0; }
.legend dt { font-weight: 600; }
figure { margin: 0 0 1.5rem; }
figure svg, figure img { display: block; max-width: 100%; height: auto; }
figure .scroll { background: #ffffff; border-radius: .5rem; }
figure svg * { stroke-linejoin: round; stroke-linecap: butt; }
figure svg text { font-family: inherit; }
figcaption { color: var(--quiet); font-size: .875rem; max-width: 46rem; }
@media screen and (max-width: 40rem) {
  .page { padding: 0 1rem 3rem; }
  .masthead { padding: 1.5rem 0; }
  h1 { font-size: 1.75rem; }
  .cards { grid-template-columns: repeat(auto-fill, minmax(8rem, 1fr)); }
  .cards .value { font-size: 1.25rem; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .facts dd { margin: 0 0 .6rem; }
  tbody th { max-width: 9rem; overflow-wrap: anywhere; }
  /* Words in a picture shrink with it: rather scroll than guess. */
  figure svg.drawing, figure img.drawing { max-width: none; min-width: 34rem; }
}
.findings { list-style: none; padding: 0; max-width: 52rem; }
main .findings > li {
  margin: 0 0 1rem; padding: .9rem 1.2rem; border: 1px solid var(--line);
  border-radius: .5rem; break-inside: avoid;
}
.findings p { margin: .3rem 0 0; }
.badge {
  display: inline-block; padding: 0 .6em; margin-right: .5em; border-radius: 1em;
  font-size: .8125rem; font-weight: 600;
}
.badge.problem { color: var(--problem); background: var(--problem-paper); }
.badge.warning { color: var(--warning); background: var(--warning-paper); }
.badge.note { color: var(--note); background: var(--note-paper); }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr));
  gap: 1.5rem 2rem; margin: 0 0 1rem;
}
.tiles.narrow { grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); }
.case {
  margin: 0 0 1.2rem; padding: 1rem 1.2rem; border: 1px solid var(--line);
  border-radius: .5rem; break-inside: avoid; max-width: 52rem;
}
.case h3 { margin: 0 0 .6rem; }
.case .facts { margin: 0; }
.case .facts + .facts {
  margin-top: .8rem; padding-top: .8rem; border-top: 1px solid var(--line);
}
.case blockquote {
  margin: .8rem 0 0; padding-left: 1rem; border-left: .2rem solid var(--line);
}
.case figure { margin: .8rem 0 0; }
figure img.pixels { image-rendering: pixelated; width: 10rem; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap;
}
footer { border-top: 1px solid var(--line); padding: 1.5rem 0 0; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  :root { color-scheme: light; }
  @page { margin: 16mm 15mm; }
  html { font-size: 10pt; }
  body { border-top: 0; }
  .skip, caption .how { display: none; }
  .page { max-width: none; padding: 0 1px; }
  .masthead { padding-top: 0; }
  .columns { display: block; }
  .contents { break-after: avoid; padding-top: 1.5rem; }
  .contents ol { columns: 2; }
  main section { padding-top: 0; break-before: page; }
  main section:first-child, main section.continues {
    break-before: auto; padding-top: 1.5rem;
  }
  main section.continues { break-inside: avoid; }
  main section + section { border-top: 0; }
  h2, h3, caption { break-after: avoid; }
  .legend, .note, figcaption, .tiles { break-before: avoid; }
  .scroll, .scroll.table { overflow: visible; width: auto; }
  .scroll.short { break-inside: avoid; }
  table { font-size: 8pt; max-width: 100%; }
  th, td { padding: .25rem .4rem; }
  tbody th { min-width: 0; }
  tbody th, tbody td.words { overflow-wrap: anywhere; }
  thead { display: table-header-group; }
  p, li, tr, figure, pre, .tiles > * { break-inside: avoid; }
  th button::after { content: ""; padding: 0; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  figure svg, figure img { max-height: 200mm; }
  .badge { border: 1px solid currentColor; }
  .facts { gap: .15rem 1.2rem; }
  .tiles { grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 1rem; }
  a { color: inherit; }
}
"""
"""The style sheet: light and dark on screens, always light on paper."""

SCRIPT = """
"use strict";

// A number to sort by, or NaN: those without one stay at the end in both directions.
function numberOf(cell) {
  const given = cell.dataset.sort;
  return given === undefined || given === "" ? NaN : Number(given);
}

function compare(one, other, numeric) {
  if (!numeric) {
    return one.textContent.trim().localeCompare(other.textContent.trim());
  }
  return numberOf(one) - numberOf(other);
}

function sortTable(table, column, direction, numeric) {
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const isLast = (row) => numeric && Number.isNaN(numberOf(row.cells[column]));
  const lasts = rows.filter(isLast);
  const others = rows.filter((row) => !isLast(row));
  others.sort(
    (a, b) => direction * compare(a.cells[column], b.cells[column], numeric)
  );
  body.append(...others, ...lasts);
}

function sortBy(table, heading) {
  const numeric = heading.classList.contains("number");
  const now = heading.getAttribute("aria-sort");
  // Of numbers one looks for the greatest first, of names for the beginning.
  const first = numeric ? "descending" : "ascending";
  const second = numeric ? "ascending" : "descending";
  const next = now === first ? second : first;
  for (const other of table.tHead.rows[0].cells) {
    other.removeAttribute("aria-sort");
  }
  heading.setAttribute("aria-sort", next);
  const direction = next === "ascending" ? 1 : -1;
  sortTable(table, heading.cellIndex, direction, numeric);
}

// Without this script the headings are plain words, and all of the report is there.
for (const table of document.querySelectorAll("table.sortable")) {
  const how = document.createElement("span");
  how.className = "how";
  how.textContent = " (headings sort the table)";
  table.caption.append(how);
  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, heading));
    heading.append(button);
  }
}
"""
"""The script: it puts buttons into the headings of tables that can be sorted."""


def script_hash() -> str:
    """Return what a content security policy names the script by.

    Returns
    -------
    str
        ``sha256-`` and the hash in base 64: no other script of the page is run.

    Examples
    --------
    >>> script_hash()[:7]
    'sha256-'
    """
    digest = hashlib.sha256(SCRIPT.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
