"""Turns a fitted classifier into one ONNX graph that holds its preprocessing too."""

from collections.abc import Sequence

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
from skl2onnx import convert_sklearn, update_registered_converter
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes
from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
from xgboost import XGBClassifier

from relearn_training.cases import Table
from relearn_training.classifiers import FittedClassifier

OPSET = 18
ML_OPSET = 3
OUTPUT = "probabilities"

update_registered_converter(
    XGBClassifier,
    "XGBoostXGBClassifier",
    calculate_linear_classifier_output_shapes,
    convert_xgboost,
    options={"nocl": [True, False], "zipmap": [True, False, "columns"]},
)


def export_graph(classifier: FittedClassifier, table: Table) -> ModelProto:
    """Converts a classifier to ONNX.

    Args:
        classifier: to convert.
        table: any table of the same columns; only their number is used.

    Returns:
        A checked model. Inputs, each absent where it would have no column: `numeric` float32 [N, k], NaN where missing;
        `categorical` string [N, m], empty where missing. Output: `probabilities` float32 [N, C], in the schema's order.
    """
    numeric, categorical = table.numeric.shape[1], table.categorical.shape[1]
    inputs = [
        ("numeric", FloatTensorType([None, numeric]), numeric),
        ("categorical", StringTensorType([None, categorical]), categorical),
    ]
    converted = convert_sklearn(
        classifier.pipeline,
        name="relearn",
        initial_types=[(name, kind) for name, kind, columns in inputs if columns],
        target_opset={"": OPSET, "ai.onnx.ml": ML_OPSET},
        options={"zipmap": False},
    )
    model = select_model_inputs_outputs(converted, outputs=[OUTPUT])
    model.producer_name = "relearn"
    _drop_unread_constants(model)
    # Logistic regression computes in 64 bits.
    append_nodes(model, [helper.make_node("Cast", [OUTPUT], ["cast"], to=TensorProto.FLOAT)])
    if len(classifier.seen) < classifier.class_count:
        _place_seen_classes(model, classifier)
    declared = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, classifier.class_count])
    model.graph.output[0].CopyFrom(declared)
    checker.check_model(model, full_check=True)
    return model


def append_nodes(
    model: ModelProto, nodes: Sequence[NodeProto], constants: Sequence[tuple[str, np.ndarray]] = ()
) -> None:
    """Puts a chain of nodes between the graph and its output, in place.

    Args:
        model: whose only output is `probabilities`.
        nodes: the first reads `probabilities`; the last one's output becomes `probabilities`.
        constants: initializers that the nodes read, by name.
    """
    step = len(model.graph.node)
    inner = f"{OUTPUT}_{step}"
    for node in model.graph.node:
        _rename(node.input, OUTPUT, inner)
        _rename(node.output, OUTPUT, inner)
    _rename(nodes[0].input, OUTPUT, inner)
    nodes[-1].output[0] = OUTPUT
    for offset, node in enumerate(nodes):
        node.name = f"{node.op_type}_{step + offset}"
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(numpy_helper.from_array(values, name) for name, values in constants)


def _place_seen_classes(model: ModelProto, classifier: FittedClassifier) -> None:
    """Multiplies by a 0/1 matrix [classes seen, C], so that a class that was not seen has probability 0."""
    places = np.zeros((len(classifier.seen), classifier.class_count), dtype=np.float32)
    places[np.arange(len(classifier.seen)), list(classifier.seen)] = 1
    append_nodes(model, [helper.make_node("MatMul", [OUTPUT, "class_places"], ["placed"])], [("class_places", places)])


def _drop_unread_constants(model: ModelProto) -> None:
    """Removes what only the label output read; onnxruntime warns of it at each load."""
    read = {name for node in model.graph.node for name in node.input}
    kept = [constant for constant in model.graph.initializer if constant.name in read]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)


def _rename(names: Sequence[str], old: str, new: str) -> None:
    for index, name in enumerate(names):
        if name == old:
            names[index] = new
