"""The servers that the bench compares with: FastAPI and onnxruntime, without and with pandas.

MODEL=trees.onnx uvicorn scoring_server:plain      a row as a JSON object, into one array
MODEL=trees.onnx uvicorn scoring_server:pandas     rows as a split data frame, with the types of a schema enforced
"""

import json
import os

import numpy as np
import pandas as pd
from fastapi import FastAPI, Request, Response
from onnxruntime import InferenceSession, SessionOptions

COLUMNS = [f"feature_{number}" for number in range(30)]
CLASSES = ["no", "yes"]

options = SessionOptions()
options.intra_op_num_threads = 1
session = InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])

plain = FastAPI()
pandas = FastAPI()


def answer(content: object) -> Response:
    """A JSON response, past the framework's own conversion, which would cost it more."""
    return Response(json.dumps(content), media_type="application/json")


@plain.post("/")
async def predict_row(request: Request) -> Response:
    """One row: `{"input": {feature: number}}`."""
    given = (await request.json())["input"]
    row = np.array([[given[name] for name in COLUMNS]], dtype=np.float32)
    (probabilities,) = session.run(["probabilities"], {"numeric": row})
    likeliest = int(probabilities[0].argmax())
    return answer(
        {"label": CLASSES[likeliest], "probabilities": dict(zip(CLASSES, probabilities[0].tolist(), strict=True))}
    )


@pandas.post("/")
async def predict_frame(request: Request) -> Response:
    """Rows as a data frame, each column brought to its type, as scoring servers for any model do it."""
    given = (await request.json())["dataframe_split"]
    frame = pd.DataFrame(given["data"], columns=given["columns"])
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        return Response(status_code=400)
    typed = pd.DataFrame({name: frame[name].astype("float64") for name in COLUMNS})
    (probabilities,) = session.run(["probabilities"], {"numeric": typed.to_numpy(dtype=np.float32)})
    result = pd.DataFrame(probabilities, columns=CLASSES)
    result["label"] = [CLASSES[index] for index in probabilities.argmax(axis=1)]
    return answer({"predictions": result.to_dict(orient="records")})
