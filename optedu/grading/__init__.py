"""From the solutions to the gradebook: release, intake, grading and feedback, around nbgrader.

nbgrader owns the formats, the gradebook, the formgrader and the export. The modules here are its
preprocessors, selected in `nbgrader_config.py`, and the commands of `python -m optedu`.
"""

import sys

# nbgrader reaches jsonschema, which compiles a grammar for two seconds to check web addresses
# unless an optional package is absent, and loads others for other addresses and for durations. No
# notebook holds a field that they would check.
for optional in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
    sys.modules.setdefault(optional, None)
