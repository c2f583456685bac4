"""Pages as a browser would read them."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """Checks that every tag is closed in order, and collects texts and addresses.

    Args:
        html: a page, or a part of one.

    Attributes:
        open: tags that were not closed.
        text: every text that is not blank.
        links: every address.
    """

    VOID = ("meta", "img", "link")

    def __init__(self, html):
        super().__init__()
        self.open, self.text, self.links = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name in ("src", "srcset", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """An SVG element that closes itself."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip():
            self.text.append(data)
