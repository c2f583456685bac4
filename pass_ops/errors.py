"""Errors that a user can act on.

Every message is one line: what is wrong, in which file, key or stage, and what to do about it. The
command line and the KFP components print it without a traceback and exit with status 1; any other
exception is a defect and keeps its traceback.
"""


class PassError(Exception):
    """Base of all errors that are the user's to fix."""


class ConfigError(PassError):
    """An unknown key, a value of the wrong type or out of range, an impossible combination."""


class DataError(PassError):
    """A data set, or a file of one, that cannot be used."""


class StorageError(PassError):
    """An object store or a disk that refuses, lacks or corrupts what was asked of it."""


class ArtifactError(PassError):
    """A stage's input that is of the wrong kind, incomplete, or from another label space."""


class TrainingError(PassError):
    """A training that cannot go on: collapse, non-finite loss, too few images."""
