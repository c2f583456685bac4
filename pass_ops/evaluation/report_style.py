"""The style sheet of the report."""

STYLE = """
:root { --paper: #ffffff; --card: #f6f8fa; --ink: #1f2328; --soft: #59636e; --line: #d8dee4; --mark: #0072b2 }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161b22; --card: #1f262e; --ink: #e6edf3; --soft: #9aa4af; --line: #3d444d; --mark: #56b4e9 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 960px; margin: 0 auto; padding: 24px 16px 64px }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 16px; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin: 40px 0 8px }
.tiles { display: flex; flex-wrap: wrap; gap: 12px }
.tile { flex: 1 1 140px; background: var(--card); border-radius: 8px; padding: 12px 16px }
.tile b { display: block; font-size: 2.2rem; line-height: 1.2; color: var(--mark); font-variant-numeric: tabular-nums }
.tile span, dt, figcaption { color: var(--soft); font-size: 0.875rem }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px; margin: 16px 0 0 }
dd { margin: 0; overflow-wrap: anywhere }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; max-width: 600px; font-size: 0.95rem }
td { font-variant-numeric: tabular-nums }
th, td { padding: 6px 0 6px 12px; border-bottom: 1px solid var(--line); text-align: right; font-weight: 400 }
th:first-child { text-align: left; padding-left: 0 }
thead th { color: var(--soft); font-size: 0.875rem; vertical-align: bottom }
figure { margin: 40px 0 0 }
figure img { width: 100%; max-width: 640px; height: auto; display: block; border-radius: 4px }
figcaption { margin-top: 4px }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr)); gap: 16px }
.examples figure { margin: 0 }
"""
