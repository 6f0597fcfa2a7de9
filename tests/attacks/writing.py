"""Writing where they must not: grades, the library, startup files, anywhere but their folder."""

from tests.attacks.attack import Attack

REFUSED = "FileNotFoundError|PermissionError|OSError"
MARK = "optedu-was-here"  # no file of this name may be anywhere afterwards

ATTACKS = [
    Attack(
        "gradebook-write",
        "gives itself all points in the gradebook",
        """\
import sqlite3
book = sqlite3.connect("COURSE/.grading/gradebook.db")
book.execute("update grade set manual_score = 5")
book.commit()""",
        must="OperationalError: unable to open",
    ),
    Attack(
        "gradebook-empty",
        "empties the gradebook without opening it",
        "import os\nos.truncate('COURSE/.grading/gradebook.db', 0)",
        must=REFUSED,
    ),
    Attack(
        "truncate-read-only",
        "empties a file of the system that it may read",
        """\
import numpy, os
os.open(numpy.__file__, os.O_RDONLY | os.O_TRUNC)""",
        must=REFUSED,
    ),
    Attack(
        "records",
        "writes a record that it has been graded",
        "open('COURSE/.grading/records/1-toy/optedu-was-here.json', 'w').write('{}')",
        must=REFUSED,
    ),
    Attack(
        "reference-write",
        "rewrites the library",
        "open('LIBRARY/__init__.py', 'a').write('\\n# optedu-was-here')",
        must=REFUSED,
    ),
    Attack(
        "site-packages",
        "leaves a file that every Python runs at its start",
        """\
import numpy, pathlib
folder = pathlib.Path(numpy.__file__).parents[1]
(folder / "optedu-was-here.pth").write_text("import os")""",
        must=REFUSED,
    ),
    Attack(
        "startup",
        "leaves a startup file for the instructor's next notebook",
        """\
import pathlib
folder = pathlib.Path("HOMEFOLDER/.ipython/profile_default/startup")
folder.mkdir(parents=True)
(folder / "optedu-was-here.py").write_text("print('hello')")""",
        must=REFUSED,
    ),
    Attack(
        "temporary",
        "leaves a file in /tmp",
        "open('/tmp/optedu-was-here', 'w').write('x')",
        must=REFUSED,
    ),
    Attack(
        "shared-memory",
        "leaves a file in shared memory",
        "open('/dev/shm/optedu-was-here', 'w').write('x')",
        must=REFUSED,
    ),
    Attack(
        "parent-folder",
        "writes beside its folder, where the next student's will be",
        "open('../optedu-was-here', 'w').write('x')",
        must=REFUSED,
    ),
    Attack(
        "symbolic-link",
        "links to the gradebook from its folder",
        "import os\nos.symlink('COURSE/.grading/gradebook.db', 'mine')\nopen('mine', 'w')",
        must=REFUSED,
    ),
    Attack(
        "hard-link",
        "makes a second name of the gradebook in its folder",
        "import os\nos.link('COURSE/.grading/gradebook.db', 'mine')\nopen('mine', 'w')",
        must=REFUSED,
    ),
    Attack(
        "rename",
        "moves a file out of its folder",
        "import os\nos.mkdir('x')\nos.rename('x', '/tmp/optedu-was-here')",
        must=REFUSED,
    ),
    Attack(
        "permissions",
        "changes who may read the course, and the dates of its files",
        """\
import os
for act in (lambda: os.utime("COURSE/secret.txt", (0, 0)), lambda: os.chmod("COURSE", 0o777)):
    try:
        act()
    except OSError as error:
        last = error
raise last""",
        must=REFUSED,
    ),
]
