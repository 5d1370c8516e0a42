"""Errors with a meaning to whoever called the container."""


class ContractError(Exception):
    """The caller broke the workload contract: a verb, a variable or a folder is wrong. Exit code 2."""


class BadRequest(ValueError):
    """The client sent a request that the model cannot answer. HTTP status 400."""
