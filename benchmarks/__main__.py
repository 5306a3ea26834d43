"""``python -m benchmarks``: run every ``bench_*.py`` and renew the tables of README.md.

The exit status is 1 where a bar was missed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    """Run the benchmarks one after another, each in a process of its own."""
    scripts = sorted(FOLDER.glob("bench_*.py"))
    missed = [
        script.name
        for script in scripts
        if subprocess.run([sys.executable, str(script)], check=False).returncode
    ]
    for name in missed:
        print(f"{name}: a bar was missed, see {FOLDER.name}/README.md", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
