"""Acting on whoever reads the page: scripts, images from afar, terminal escapes, floods."""

from tests.attacks.attack import Attack, own_cell

SCRIPT = "<script>fetch('https://example.org')</script><img src=x onerror=alert(1)>"
TEXT = f"""\
{SCRIPT}
<iframe src="https://example.org"></iframe> <svg onload=alert(1)> <b onclick="alert(1)">bold</b>
![picture](https://example.org/x.png) [link](javascript:alert(1)) <style>* {{display: none}}</style>
<meta http-equiv="refresh" content="0; url=https://example.org"> <form action="https://example.org">
"""


def shown(output):
    """Return a wrong answer that shows something rich."""
    return f"square = lambda x: 0\n{output}"


ATTACKS = [
    Attack(
        "script-printed",
        "prints a script",
        f'print("""{SCRIPT}""")\nsquare = lambda x: 0',
        plain=True,
    ),
    Attack(
        "script-raised",
        "raises a script as a message",
        f'def square(x):\n    raise ValueError("""{SCRIPT}""")',
        must="ValueError",
        plain=True,
    ),
    Attack(
        "script-named",
        "names an error like a script",
        f'def square(x):\n    raise type("""{SCRIPT}""", (Exception,), {{}})("x")',
        must="StudentError",
        plain=True,
    ),
    Attack(
        "script-in-source",
        "writes a script into its answer",
        f'square = """</pre>{SCRIPT}"""',
        must="TypeError",
        plain=True,
    ),
    Attack(
        "script-in-call",
        "prints a script when a test calls it",
        f'def square(x):\n    print("""{SCRIPT}""")\n    return 0',
        plain=True,
    ),
    Attack(
        "html",
        "shows HTML",
        shown(f'from IPython.display import HTML\ndisplay(HTML("""{SCRIPT}"""))'),
        plain=True,
    ),
    Attack(
        "javascript",
        "shows JavaScript",
        shown("from IPython.display import Javascript\ndisplay(Javascript('alert(1)'))"),
        plain=True,
    ),
    Attack(
        "svg",
        "shows a picture that holds a script",
        shown(
            "from IPython.display import SVG\n"
            'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>\'))'
        ),
        plain=True,
    ),
    Attack(
        "forged-picture",
        "ends a picture's address early, to go on in HTML",
        shown(f"display({{'image/png': '''\">{SCRIPT}'''}}, raw=True)"),
        plain=True,
    ),
    Attack(
        "markdown-output",
        "shows text with a picture from afar",
        shown(
            "from IPython.display import Markdown\n"
            "display(Markdown('![x](https://example.org/x.png)'))"
        ),
        plain=True,
    ),
    Attack(
        "markdown-cell",
        "writes active text around its answer",
        "square = lambda x: 0",
        change=lambda nb: nb["cells"].append(own_cell(TEXT, "markdown")),
        plain=True,
    ),
    Attack(
        "attachment",
        "attaches a page to its text",
        "square = lambda x: 0",
        change=lambda nb: nb["cells"].append(
            {
                **own_cell("![x](attachment:x.svg)", "markdown"),
                "attachments": {"x.svg": {"image/svg+xml": "PHN2Zy8+"}},
            }
        ),
    ),
    Attack(
        "raw-cell",
        "writes HTML that is to be taken over as it is",
        "square = lambda x: 0",
        change=lambda nb: nb["cells"].append(own_cell(SCRIPT, "raw", raw_mimetype="text/html")),
    ),
    Attack(
        "terminal",
        "prints what moves a terminal's cursor and renames its window",
        "print('\\x1b[2J\\x1b[1;1H\\x1b]0;owned\\x07\\x1b]8;;https://example.org\\x07x')\n"
        "square = lambda x: 0",
        plain=True,
    ),
    Attack(
        "terminal-raised",
        "raises what moves a terminal's cursor",
        "def square(x):\n    raise ValueError('\\x1b[2J\\x1b]0;owned\\x07')",
        must="ValueError",
    ),
    Attack(
        "giant-output", "prints a hundred megabytes", "print('x' * 10**8)\nsquare = lambda x: 0"
    ),
    Attack("many-lines", "prints a million lines", "print('x\\n' * 10**6)\nsquare = lambda x: 0"),
    Attack(
        "giant-picture",
        "shows a picture of thirty megabytes",
        shown("display({'image/png': 'A' * (30 << 20)}, raw=True)"),
        must="AssertionError",
    ),
    Attack(
        "slow-code",
        "writes white space on which what colors code takes minutes",
        "square = lambda x: 0" + "\n " * 24_000,
        change=lambda nb: nb["cells"].extend(own_cell(f"{n}" + "\n " * 24_000) for n in range(20)),
    ),
    Attack(
        "backwards",
        "prints and raises what turns the direction of writing around and hides letters",
        "def square(x):\n    raise ValueError('\\u202e0.5 fo 0.5\\u2066\\u200b\\ufeff\\u2028')",
        must="ValueError",
    ),
]
