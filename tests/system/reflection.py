"""Prints what this process is, as JSON: `python -m tests.system.reflection [argument …]`."""

import json
import os
import sys
import threading
from pathlib import Path

found = {
    "arguments": sys.argv[1:],
    "environment": dict(os.environ),
    "folder": str(Path.cwd()),
    "input": sys.stdin.read(),
    "modules": list(sys.modules),
    "name": __name__,
    "threads": threading.active_count(),
}
sys.stdout.write(json.dumps(found))
