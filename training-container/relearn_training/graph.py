"""Builds an ONNX graph node by node; a node that is there already is not added again."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from onnx import AttributeProto, ModelProto, TensorProto, checker, helper, numpy_helper

from relearn_training.model_schema import TableColumns
from relearn_training.problem import Problem

OPSET: Final = 18
ML_OPSET: Final = 3
IR_VERSION: Final = 8
ML: Final = "ai.onnx.ml"
CONTRIBUTED: Final = "com.microsoft"
"""Operators of onnxruntime itself, in each of its packages: the only one used is Tokenizer."""
DOUBLE, FLOAT, INTEGER = TensorProto.DOUBLE, TensorProto.FLOAT, TensorProto.INT64

Attribute = int | float | str | Sequence[int] | Sequence[float] | Sequence[str] | npt.NDArray[np.generic]


class Graph:
    """A graph under construction, with the inputs `numeric` float32 [N, k] and `categorical` string [N, m].

    Names of tensors stand for them; `add` gives the name of a node's output. Two nodes with the same operator, inputs
    and attributes are one node, and equal constants are one constant: models that prepare their inputs alike share it.

    Args:
        columns: of the inputs; an input without a column is absent.
    """

    def __init__(self, columns: TableColumns) -> None:
        self.columns = columns
        self._nodes: list[object] = []
        self._constants: list[TensorProto] = []
        self._known: dict[object, str] = {}
        self._domains: set[str] = {"", ML}

    @property
    def numeric(self) -> str:
        """The input of numbers."""
        return "numeric"

    @property
    def categorical(self) -> str:
        """The input of strings."""
        return "categorical"

    def constant(self, values: npt.ArrayLike, dtype: npt.DTypeLike = None) -> str:
        """A constant tensor."""
        array = np.ascontiguousarray(np.asarray(values, dtype=dtype)).reshape(np.shape(values))
        key = ("constant", array.dtype.str, array.shape, array.tobytes())
        if key not in self._known:
            name = f"constant_{len(self._constants)}"
            self._constants.append(numpy_helper.from_array(array, name))
            self._known[key] = name
        return self._known[key]

    def add(self, operator: str, *inputs: str, domain: str = "", **attributes: Attribute) -> str:
        """Adds a node with one output.

        Args:
            operator: its type, such as `MatMul`.
            inputs: names of tensors.
            domain: of the operator; empty for ONNX's own.
            attributes: of the operator; those that hold a number for each node of a tree may be arrays.
        """
        key = (operator, domain, inputs, tuple((name, _frozen(value)) for name, value in sorted(attributes.items())))
        if key not in self._known:
            name = f"{operator}_{len(self._nodes)}"
            plain = {attribute: _plain(value) for attribute, value in attributes.items()}
            node = helper.make_node(operator, list(inputs), [name], name=name, domain=domain)
            node.attribute.extend(_attribute(attribute, value) for attribute, value in plain.items())
            self._nodes.append(node)
            self._domains.add(domain)
            self._known[key] = name
        return self._known[key]

    def cast(self, tensor: str, kind: int) -> str:
        """A tensor as numbers of another kind: DOUBLE, FLOAT or INTEGER."""
        return self.add("Cast", tensor, to=kind)

    def concat(self, tensors: Sequence[str]) -> str:
        """Tensors of N rows side by side."""
        return tensors[0] if len(tensors) == 1 else self.add("Concat", *tensors, axis=1)

    def columns_of(self, tensor: str, places: Sequence[int] | npt.NDArray[np.integer]) -> str:
        """Some columns of a tensor of N rows."""
        return self.add("Gather", tensor, self.constant(places, np.int64), axis=1)

    def finish(self, output: str, problem: Problem) -> ModelProto:
        """The checked model, whose output is `probabilities` float32 [N, C], or `values` float32 [N, 1].

        Args:
            output: the tensor to give out, float32.
            problem: what it answers.
        """
        name = "values" if problem.is_regression else "probabilities"
        last = helper.make_node("Identity", [output], [name], name=name)
        model = helper.make_model(
            helper.make_graph(
                [*self._nodes, last],
                "relearn",
                self._inputs(),
                [helper.make_tensor_value_info(name, FLOAT, [None, problem.outputs])],
                self._constants,
            ),
            producer_name="relearn",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid(domain, VERSIONS[domain]) for domain in sorted(self._domains)],
        )
        checker.check_model(model, full_check=True)
        return model

    def _inputs(self) -> list[object]:
        inputs = [
            ("numeric", FLOAT, len(self.columns.numeric)),
            ("categorical", TensorProto.STRING, len(self.columns.categorical)),
        ]
        return [helper.make_tensor_value_info(name, kind, [None, width]) for name, kind, width in inputs if width]


VERSIONS: Final = {"": OPSET, ML: ML_OPSET, CONTRIBUTED: 1}


def _frozen(value: Attribute) -> object:
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.tobytes())
    return value if isinstance(value, (int, float, str)) else tuple(value)


def _plain(value: Attribute) -> int | float | str | list:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value if isinstance(value, (int, float, str)) else list(value)


def _attribute(name: str, value: int | float | str | list) -> AttributeProto:
    """Like `helper.make_attribute`, which looks at each element of a list several times: trees have millions."""
    if isinstance(value, list) and value:
        kinds = {int: ("ints", AttributeProto.INTS), float: ("floats", AttributeProto.FLOATS)}
        if type(value[0]) in kinds:
            field, kind = kinds[type(value[0])]
            attribute = AttributeProto(name=name, type=kind)
            getattr(attribute, field).extend(value)
            return attribute
        attribute = AttributeProto(name=name, type=AttributeProto.STRINGS)
        attribute.strings.extend(text.encode() for text in value)
        return attribute
    return helper.make_attribute(name, value)
