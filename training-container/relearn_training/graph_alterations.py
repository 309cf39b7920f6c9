"""Changes to a finished graph."""

import numpy as np
from onnx import ModelProto, helper, numpy_helper


def append_node(graph: ModelProto, operator: str, name: str, constant: np.ndarray, **attributes: int) -> ModelProto:
    """A copy of a graph, whose output goes through one more node.

    Args:
        graph: with one output.
        operator: of the node; its inputs are what the output was, and the constant.
        name: of the constant.
        constant: its values.
        attributes: of the node.
    """
    altered = ModelProto()
    altered.CopyFrom(graph)
    (output,) = [each.name for each in altered.graph.output]
    inner = f"{output}_before_{name}"
    for node in altered.graph.node:
        for place, read in enumerate(node.input):
            node.input[place] = inner if read == output else read
        for place, made in enumerate(node.output):
            node.output[place] = inner if made == output else made
    altered.graph.initializer.append(numpy_helper.from_array(constant, name))
    altered.graph.node.append(helper.make_node(operator, [inner, name], [output], name=name, **attributes))
    return altered
