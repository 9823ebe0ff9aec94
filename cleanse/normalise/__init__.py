"""Normalise."""
