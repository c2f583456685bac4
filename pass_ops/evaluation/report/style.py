"""The style sheet of all pages: no text below 12 pixels, nor with less contrast than 4.5 to 1."""

STYLE = """
:root { --paper: #ffffff; --card: #f6f8fa; --ink: #1f2328; --soft: #59636e; --line: #d8dee4;
  --mark: #0072b2; --second: #b34a00; --third: #00734f }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161b22; --card: #1f262e; --ink: #e6edf3; --soft: #9aa4af; --line: #3d444d;
    --mark: #56b4e9; --second: #e69f00; --third: #2fc79a }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }
main { max-width: 960px; margin: 0 auto; padding: 24px 16px 64px }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 16px; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin: 40px 0 8px }
h3 { font-size: 1rem; margin: 24px 0 8px; overflow-wrap: anywhere }
.note { color: var(--soft); font-size: 0.875rem; margin: 0 0 8px }
.tiles { display: flex; flex-wrap: wrap; gap: 12px }
.tile { flex: 1 1 140px; background: var(--card); border-radius: 8px; padding: 12px 16px }
.tile b { display: block; font-size: 2.2rem; line-height: 1.2; color: var(--mark);
  font-variant-numeric: tabular-nums }
.tile span, dt, figcaption { color: var(--soft); font-size: 0.875rem }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px;
  margin: 16px 0 0 }
dd { margin: 0; overflow-wrap: anywhere }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; max-width: 600px; font-size: 0.95rem }
td { font-variant-numeric: tabular-nums }
th, td { padding: 6px 0 6px 12px; border-bottom: 1px solid var(--line); text-align: right;
  font-weight: 400 }
th:first-child { text-align: left; padding-left: 0 }
thead th { color: var(--soft); font-size: 0.875rem; vertical-align: bottom }
.bars { display: grid; grid-template-columns: minmax(72px, max-content) 1fr max-content;
  gap: 3px 10px; max-width: 640px;
  align-items: center; font-size: 0.875rem; line-height: 1.3 }
.bars span { overflow-wrap: anywhere; max-width: 34vw }
.bars i { display: block; height: 14px; background: var(--card); border-radius: 3px;
  overflow: hidden }
.bars i::before { content: ""; display: block; height: 100%; width: var(--share);
  background: var(--colour, var(--mark)) }
.bars b { font-weight: 400; font-variant-numeric: tabular-nums }
svg { display: block; height: auto }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif }
svg .axis { stroke: var(--line) }
.key { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 0.875rem; margin: 0 0 8px;
  padding: 0; list-style: none }
.key li::before { content: ""; display: inline-block; width: 18px; height: 3px; margin-right: 6px;
  vertical-align: middle;
  background: var(--colour) }
figure { margin: 0 }
figure img { width: 100%; height: auto; display: block; border-radius: 4px }
figcaption { margin-top: 4px; overflow-wrap: anywhere }
.examples { display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 16px }
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr));
  gap: 16px }
.gallery h3 { margin: 0 0 4px; font-size: 0.875rem; font-weight: 400; color: var(--soft) }
.gallery div { display: flex; gap: 3px }
.gallery img { flex: 0 1 96px; min-width: 0; height: auto; aspect-ratio: 1; border-radius: 3px }
details { margin: 24px 0 0 }
summary { cursor: pointer; color: var(--mark) }
"""
