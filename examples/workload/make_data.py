"""Write the raw data file for the lake: `python make_data.py raw`, then copy the folder to the lake's raw prefix."""

from __future__ import annotations

import sys
from pathlib import Path

from sklearn.datasets import load_breast_cancer


def main(folder: Path) -> None:
    data = load_breast_cancer(as_frame=True)
    frame = data.data.rename(columns=lambda name: name.replace(" ", "_"))
    frame["diagnosis"] = 1 - data.target  # scikit-learn counts benign as 1
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / "breast-cancer.csv", index=False)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python make_data.py <folder>")
    main(Path(sys.argv[1]))
