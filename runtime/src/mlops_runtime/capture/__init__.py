"""Captured requests and answers of the three clouds, read into one shape."""

from .azureml import is_answer
from .folder import read_folder
from .record import Captured, Event, Record, Skipped, answered_by

__all__ = ["Captured", "Event", "Record", "Skipped", "answered_by", "is_answer", "read_folder"]
