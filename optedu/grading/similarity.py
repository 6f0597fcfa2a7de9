"""Which answers are nearly the same, token by token: a hint, never a verdict.

Answers are compared question by question. The names that a student chose, the texts, the comments
and the layout do not count, nor do lines that came with the assignment: an answer with other names
is the same answer. Two kinds of likeness say nothing and are left out: short answers, which
coincide by themselves, and answers that many of the class gave.
"""

import builtins
import io
import keyword
import re
import tokenize
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import product

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

# Of two answers of 60 tokens that are nearly the same, 6 were added, taken away or changed in one.
NEAR = 0.9
# The shortest right answers of the course have 8 to 35 tokens of their own.
ENOUGH = 40
LONGEST = 20_000  # characters of an answer that are read; people write a tenth of it
BLOCK = 256  # rows at a time, so that memory grows with the class and not with its square


@dataclass
class Pair:
    """Two students with nearly the same answers, few others having them.

    Parameters
    ----------
    students : tuple of str
        The two, in alphabetical order.
    alike : dict of str to float
        By answer cell, the share of the tokens that both have, from `NEAR` to 1.
    tokens : int
        How many tokens the shared answers of the first have together.
    """

    students: tuple
    alike: dict
    tokens: int


def compare(answers, starters):
    """Find the pairs of students with nearly the same answers.

    Two answers are nearly the same if at least nine tokens in ten, taken together, belong to a
    longest common subsequence. One that is nearly the same as those of more than a tenth of the
    class (at least 2, at most 10 others) is common, and pairs nobody.

    Parameters
    ----------
    answers : dict of str to dict of str to str
        By student and answer cell, the source.
    starters : dict of str to str
        By answer cell, the source as released.

    Returns
    -------
    pairs : list of Pair
        The longest likeness first.
    common : dict of str to list of str
        By answer cell, the students whose answer is long enough and common.

    References
    ----------
    .. [SWA03] S. Schleimer, D. S. Wilkerson, A. Aiken. Winnowing: local algorithms for document
       fingerprinting. SIGMOD 2003. What came with the assignment, and what many share, is left
       out there too.

    Examples
    --------
    >>> starters = {"sum": "def total(xs):\\n    pass"}
    >>> one = "def total(xs):\\n    s = 0\\n    for x in xs:\\n        s = s + x * 1.0\\n"
    >>> answers = {"ada": {"sum": one * 3}, "bob": {"sum": one.replace("s =", "acc =") * 3}}
    >>> [pair.students for pair in compare(answers, starters)[0]]
    [('ada', 'bob')]
    """
    few = max(2, min(10, len(answers) // 10))
    alike, tokens, common = defaultdict(dict), defaultdict(int), {}
    for cell, starter in starters.items():
        given = {who: sources[cell] for who, sources in answers.items() if cell in sources}
        coded = _coded(given, starter)
        near, common[cell] = _near(coded, few)
        for both, share in near.items():
            alike[both][cell] = share
            tokens[both] += len(coded[both[0]])
    pairs = [Pair(both, alike[both], tokens[both]) for both in alike]
    pairs.sort(key=lambda pair: (-pair.tokens, pair.students))
    return pairs, {cell: students for cell, students in common.items() if students}


def own_tokens(source, starter):
    """Return the tokens of an answer, without what came with the assignment.

    Parameters
    ----------
    source, starter : str
        The answer, and the cell as released.

    Returns
    -------
    list of str
        Keywords, operators, numbers, attributes, Python's own names and the assignment's; ``name``
        for other names and ``text`` for texts.

    Examples
    --------
    >>> own_tokens("def f(x):\\n    y = np.exp(x)  # !\\n    return y", "def f(x):\\n    pass")
    ['name', '=', 'name', '.', 'exp', '(', 'x', ')', 'return', 'name']
    """
    given = set(re.findall(r"\w+", starter))
    released = set(_lines(starter, given))
    return [token for line in _lines(source, given) if line not in released for token in line]


def _lines(source, given):
    """Return the logical lines of a source, each a tuple of tokens, as far as it can be read."""
    lines, line = [], []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source[:LONGEST]).readline):
            word = token.string
            if token.type == tokenize.NEWLINE:
                lines.append(tuple(line))
                line = []
            elif token.type == tokenize.NAME:
                attribute = line[-1:] == ["."]
                known = keyword.iskeyword(word) or hasattr(builtins, word) or word in given
                line.append(word if known or attribute else "name")
            elif token.type == tokenize.STRING:
                line.append("text")
            elif token.type in (tokenize.NUMBER, tokenize.OP):
                line.append(word)
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # a cell that Python cannot read is compared up to there
    # A text alone is a docstring.
    return [line for line in [*lines, tuple(line)] if line and line != ("text",)]


def _coded(sources, starter):
    """Return each answer as a text with a character for each token; those long enough only."""
    letters, coded, seen = {}, {}, {}
    for who, source in sources.items():
        if source not in seen:
            seen[source] = "".join(
                letters.setdefault(token, chr(len(letters)))
                for token in own_tokens(source, starter)
            )
        if len(seen[source]) >= ENOUGH:
            coded[who] = seen[source]
    return coded


def _near(coded, few):
    """Return the share of each pair that is nearly the same, and the students with common answers.

    Texts are sorted by length, so that each is compared with those only that can be near it.
    """
    holders = defaultdict(list)
    for who, text in coded.items():
        holders[text].append(who)
    texts = sorted(holders, key=len)
    lengths, sizes = [len(text) for text in texts], np.array([len(holders[t]) for t in texts])
    found = [np.empty((3, 0))]
    for start in range(0, len(texts), BLOCK):
        rows = texts[start : start + BLOCK]
        # Near is 2 common >= NEAR (length + length), and what is common is no longer than either.
        end = bisect_right(lengths, len(rows[-1]) * (2 / NEAR - 1))
        shares = process.cdist(
            rows,
            texts[start:end],
            scorer=Indel.normalized_similarity,
            score_cutoff=NEAR,
            dtype=np.float32,
            workers=-1,
        )
        row, column = np.nonzero(np.triu(shares))
        found.append([row + start, column + start, shares[row, column]])
    one, other, share = np.concatenate(found, axis=1)
    one, other = one.astype(int), other.astype(int)
    reach = np.bincount(one, sizes[other], len(texts)) + np.bincount(other, sizes[one], len(texts))
    many = reach - sizes - 1 > few  # each has met itself twice
    common = sorted(who for text, is_common in zip(texts, many, strict=True) if is_common
                    for who in holders[text])  # fmt: skip
    rare = ~(many[one] | many[other])
    near = {}
    for i, j, value in zip(one[rare], other[rare], share[rare], strict=True):
        for a, b in product(holders[texts[i]], holders[texts[j]]):
            if a != b:
                near[min(a, b), max(a, b)] = float(value)
    return near, common
