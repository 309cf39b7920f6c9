"""Makes the models of the benches: `python make_models.py FOLDER`.

    trees.onnx     gradient-boosted trees, 300 of depth 6, by the training program's own export
    network.onnx   a network of 30, 128, 64 and 2 units
    large.onnx     the same with wide layers, 60 MB

Each takes `numeric` float32 [N, 30] and gives `probabilities` float32 [N, 2].
"""

import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "training-container"))

from relearn_training.cases import Cases, Table, TableColumns
from relearn_training.estimators import FAMILIES
from relearn_training.estimators.family import FitContext
from relearn_training.model_schema import Column
from relearn_training.problem import Problem

FEATURES, CASES, SEED = 30, 4_000, 7


def trees() -> ModelProto:
    """300 trees that are full: enough noisy cases that every one grows to depth 6."""
    rng = np.random.default_rng(SEED)
    values = rng.normal(size=(CASES, FEATURES)).astype(np.float32).astype(np.float64)
    score = values[:, :8].sum(axis=1) + values[:, 8] * values[:, 9] + rng.normal(scale=4, size=CASES)
    ids = tuple(str(number) for number in range(CASES))
    columns = TableColumns(tuple(Column(f"n{index}", "number") for index in range(FEATURES)), ())
    table = Table(values, np.empty((CASES, 0), dtype=object), columns)
    cases = Cases(ids, ids, (score > 0).astype(np.intp), table)
    parameters = {
        "rounds": 300,
        "max_depth": 6,
        "learning_rate": 0.05,
        "min_child_weight": 0.0,
        "subsample": 1.0,
        "colsample_bytree": 1.0,
    }
    context = FitContext(Problem("binary", ("a", "b")), SEED, 1, time.monotonic)
    return FAMILIES["xgboost"].fit(parameters, cases, context).to_onnx(columns)


def network(widths: list[int]) -> ModelProto:
    """Fully connected layers with ReLU between them and softmax at the end; the weights are drawn."""
    rng = np.random.default_rng(SEED)
    nodes, constants, name = [], [], "numeric"
    sizes = [FEATURES, *widths, 2]
    for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
        weights = rng.normal(scale=inputs**-0.5, size=(inputs, outputs)).astype(np.float32)
        constants.append(numpy_helper.from_array(weights, f"weights_{layer}"))
        constants.append(numpy_helper.from_array(np.zeros(outputs, dtype=np.float32), f"bias_{layer}"))
        nodes.append(helper.make_node("Gemm", [name, f"weights_{layer}", f"bias_{layer}"], [f"sum_{layer}"]))
        last = layer == len(sizes) - 2
        name = "probabilities" if last else f"layer_{layer}"
        nodes.append(helper.make_node("Softmax" if last else "Relu", [f"sum_{layer}"], [name]))
    numeric = helper.make_tensor_value_info("numeric", TensorProto.FLOAT, [None, FEATURES])
    output = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2])
    graph = helper.make_graph(nodes, "network", [numeric], [output], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    checker.check_model(model, full_check=True)
    return model


def main() -> None:
    """Makes what is not there yet."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    makers = {
        "trees": trees,
        "network": lambda: network([128, 64]),
        "large": lambda: network([3000, 3000, 1900]),
    }
    for name, make in makers.items():
        path = folder / f"{name}.onnx"
        if not path.exists():
            path.write_bytes(make().SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
