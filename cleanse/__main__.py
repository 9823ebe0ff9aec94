"""``python -m cleanse`` is the command line."""

from cleanse.cli import main

main()
