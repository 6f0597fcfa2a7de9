"""From the solutions to the gradebook: release, intake, grading and feedback, around nbgrader.

nbgrader owns the formats, the gradebook, the formgrader and the export. The modules here are its
preprocessors, selected in `nbgrader_config.py`, and the commands of `python -m optedu`.
"""

import sys

# nbgrader reaches jsonschema, which compiles a grammar for two seconds to check web addresses
# unless this optional package is absent. No notebook holds a field that it would check.
sys.modules.setdefault("rfc3987_syntax", None)
