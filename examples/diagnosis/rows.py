"""Print the Wisconsin diagnostic breast cancer rows as scikit-learn ships them, one JSON object a line.

569 rows of 30 measurements of cell nuclei. Source: W. Wolberg, W. Street, O. Mangasarian, "Breast Cancer
Wisconsin (Diagnostic)", UCI Machine Learning Repository, CC BY 4.0; read by `sklearn.datasets.load_breast_cancer`.

Each line: ``{"features": {name: number, ...}, "label": "malignant" | "benign"}``; the spaces in names become ``_``.
"""

import json
import sys

from sklearn.datasets import load_breast_cancer


def main() -> None:
    """Write every row to standard output, in the order of the source."""
    table = load_breast_cancer()
    names = [str(name).replace(" ", "_") for name in table.feature_names]
    for values, label in zip(table.data, table.target, strict=True):
        features = dict(zip(names, map(float, values), strict=True))
        row = {"features": features, "label": str(table.target_names[label])}
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
