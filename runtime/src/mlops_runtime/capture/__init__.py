"""Captured requests and answers of the three clouds, read into one shape."""

from .folder import read_folder
from .record import Captured, Skipped

__all__ = ["Captured", "Skipped", "read_folder"]
