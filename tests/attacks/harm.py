"""What on a page could run, load or send something."""

import re
from html.parser import HTMLParser

ACTIVE = frozenset({"script", "iframe", "object", "embed", "form", "base", "svg", "link"})
ADDRESSES = frozenset({"src", "href", "action", "data", "srcset"})


def harms(page):
    """Return every tag of a page that could act, and every attribute that could.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    list of str
        Empty for a page that only shows.
    """
    reader = _Reader()
    reader.feed(page)
    return reader.found


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        refresh = tag == "meta" and dict(attrs).get("http-equiv") == "refresh"
        if tag in ACTIVE or refresh:
            self.found.append(f"{tag} {attrs}"[:200])
        for name, value in attrs:
            here = re.match(r"#|data:image/(png|jpeg);base64,", value or "")
            if name.startswith("on") or (name in ADDRESSES and not here):
                self.found.append(f"{tag} {name}={value}"[:200])
