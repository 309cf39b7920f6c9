"""What `model.json` says of a model: where it comes from, how it is fed, and how good it is."""

from collections.abc import Mapping

from relearn_training.cases import Split
from relearn_training.classification import Probabilities, evaluate
from relearn_training.hyperparameters import Hyperparameters
from relearn_training.manifest import Manifest
from relearn_training.onnx_export import ML_OPSET, OPSET
from relearn_training.recipe import Candidate, Trained

FORMAT_VERSION = 1


def describe(
    hyperparameters: Hyperparameters,
    manifest: Manifest,
    split: Split,
    trained: Trained,
    predictions: Mapping[str, Probabilities],
) -> dict[str, object]:
    """Everything of `model.json` that does not depend on the bytes of the graph.

    Args:
        hyperparameters: of the job.
        manifest: of the dataset.
        split: the dataset's cases.
        trained: what the recipe made.
        predictions: of the fitted classifier, for `training` and for `holdout`.
    """
    schema, validation = manifest.schema, trained.cross_validation
    sides = {"training": split.train, "holdout": split.holdout}
    return {
        "formatVersion": FORMAT_VERSION,
        "task": hyperparameters.task,
        "recipe": hyperparameters.recipe,
        **trained.details,
        "algorithm": trained.algorithm,
        "parameters": dict(hyperparameters.parameters),
        "codeVersion": hyperparameters.code_version,
        "seed": hyperparameters.seed,
        "datasetId": manifest.dataset_id,
        "inputs": {
            "numeric": [column.name for column in schema.numeric],
            "categorical": [column.name for column in schema.categorical],
        },
        "classes": list(schema.classes),
        "metric": hyperparameters.metric,
        "opset": {"ai.onnx": OPSET, "ai.onnx.ml": ML_OPSET},
        "metrics": {
            **{
                side: evaluate(cases.labels, predictions[side], schema.classes) if len(cases) else None
                for side, cases in sides.items()
            },
            "crossValidation": validation
            and {
                "metric": validation.metric,
                "mean": validation.mean,
                "standardError": validation.standard_error,
                "folds": validation.folds,
            },
        },
        "leaderboard": [_entry(candidate) for candidate in trained.leaderboard],
        "trainedCases": len(split.train),
        "holdoutCases": len(split.holdout),
    }


def metric_values(sidecar: Mapping[str, object]) -> dict[str, float]:
    """The single numbers among a sidecar's metrics, by names such as `holdout:accuracy`."""
    metrics = dict(sidecar["metrics"])
    validation = metrics.pop("crossValidation")
    values = {
        f"{side}:{name}": value
        for side, of_side in metrics.items()
        for name, value in (of_side or {}).items()
        if isinstance(value, float)
    }
    if validation:
        values[f"crossValidation:{validation['metric']}"] = validation["mean"]
    return values


def _entry(candidate: Candidate) -> dict[str, object]:
    return {
        "algorithm": candidate.algorithm,
        "parameters": dict(candidate.parameters),
        "mean": candidate.cross_validation.mean,
        "standardError": candidate.cross_validation.standard_error,
        "fitSeconds": round(candidate.cross_validation.fit_seconds, 3),
    }
