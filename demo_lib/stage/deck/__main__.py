"""Build the slides: `python3 run.py slides`.

Fills slides/deck.md from what benchmarks and notebooks wrote, and writes slides/deck.html (with presenter view: press
p), deck.pdf, deck.pptx, handout.pdf and checklist.pdf. --check needs neither Node.js nor Chromium: are the committed
pages those of today?
"""

from __future__ import annotations

import argparse
import sys

from demo_lib.errors import DemoError
from demo_lib.settings import prepare_environment
from demo_lib.stage.deck import build


def main() -> int:
    """Build or check; returns the exit status."""
    parser = argparse.ArgumentParser(prog="run.py slides", description=__doc__)
    parser.add_argument("--check", action="store_true", help="build nothing; say what is stale")
    options = parser.parse_args()
    prepare_environment()
    try:
        if options.check:
            found = build.stale()
            print("\n".join([*found, "Run: python3 run.py slides"] if found else ["The slides are today's."]))
            return 1 if found else 0
        deck = build.build()
    except DemoError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    for missing in deck.left_off:
        print(f"Left off: {missing}")
    print("\nOpen:\n  " + "\n  ".join(f"slides/{name}" for name in build.BUILT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
