"""What the deployments tell at the end: the resource types that the simulator took without making anything."""

IGNORED_TYPES: dict[str, set[str]] = {}


def pytest_terminal_summary(terminalreporter):
    for example, types in IGNORED_TYPES.items():
        terminalreporter.write_line(f"{example}: moto has no model of {len(types)} types, deployed in name only: {', '.join(sorted(types))}")
