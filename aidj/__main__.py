"""`python -m aidj` is the same as `aidj`."""

import sys

from aidj.cli import main

if __name__ == "__main__":
    sys.exit(main())
