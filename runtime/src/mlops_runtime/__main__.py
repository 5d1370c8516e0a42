"""`python -m mlops_runtime monitor`: the monitor verb needs none of the user's code."""

from .workload import Workload


def main() -> None:
    Workload().main()


if __name__ == "__main__":
    main()
