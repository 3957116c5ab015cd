"""`python -m fastpix`: the program, with its arguments."""

import sys

from ._program import main

if __name__ == "__main__":
    sys.exit(main())
