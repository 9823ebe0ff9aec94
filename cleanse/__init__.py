"""Turn messy customer lists into one golden customer table whose numbers last."""

__version__ = "0.1.0"
