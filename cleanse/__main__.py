"""``cleanse`` and ``python -m cleanse`` are the command line.

Nothing is imported before main: Ctrl-C while the packages load is an interrupt like any other.
"""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from cleanse.cli import main as run  # noqa: PLC0415 - see above

        run()
    except KeyboardInterrupt:
        sys.stderr.write("cleanse: interrupted; nothing is half-written.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
