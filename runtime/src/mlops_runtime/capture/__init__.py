"""Captured requests and answers of the three clouds, read into one shape."""

from .folder import read_folder
from .record import Captured, Event, Record, Skipped

__all__ = ["Captured", "Event", "Record", "Skipped", "read_folder"]
