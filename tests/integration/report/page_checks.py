"""What to ask of a page in a browser, in JavaScript."""

from __future__ import annotations

# Every visible text: its size in pixels as drawn, and how far its colour is from the colour behind
# it (WCAG 2.2).
TEXTS = """(() => {
  const luminance = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let e = element; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(colour) && colour !== 'transparent') return colour;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const shown = parent.tagName !== 'title' && parent.getClientRects().length;
    if (!node.data.trim() || !shown) continue;
    const style = getComputedStyle(parent), drawn = parent instanceof SVGElement;
    const matrix = drawn ? parent.getScreenCTM() : {a: 1, b: 0};
    const colours = [drawn ? style.fill : style.color, behind(parent)];
    const pair = colours.map(luminance).sort((a, b) => b - a);
    found.push({text: node.data, size: parseFloat(style.fontSize) * Math.hypot(matrix.a, matrix.b),
      contrast: (pair[0] + 0.05) / (pair[1] + 0.05)});
  }
  return found;
})()"""
BROKEN_IMAGES = (
    "[...document.images].filter(i => i.getClientRects().length && !i.naturalWidth).length"
)
# Parts that stick out of the window, but for those that scroll by themselves.
OUTSIDE = """[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll')
  && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 80))"""
