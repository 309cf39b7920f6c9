"""What `model.json` says of a model: where it comes from, how it is fed, and how good it is."""

import math
from collections.abc import Mapping, Sequence

from relearn_training.background import describe_background
from relearn_training.cases import Split
from relearn_training.cross_validation import CrossValidation
from relearn_training.hyperparameters import Hyperparameters
from relearn_training.importance import FieldImportance
from relearn_training.manifest import Manifest
from relearn_training.metrics import evaluate
from relearn_training.models import Predictions
from relearn_training.recipe import Candidate, Trained
from relearn_training.slices import SliceValues, evaluate_slices

FORMAT_VERSION = 1
SIDES = ("training", "holdout", "gold")


def describe(
    hyperparameters: Hyperparameters,
    manifest: Manifest,
    split: Split,
    trained: Trained,
    predictions: Mapping[str, Predictions],
    slices: SliceValues,
    importance: Sequence[FieldImportance],
) -> dict[str, object]:
    """Everything of `model.json` that does not depend on the bytes of the graph.

    Args:
        hyperparameters: of the job.
        manifest: of the dataset.
        split: the dataset's cases.
        trained: what the recipe made.
        predictions: as they will be served, for `training`, `holdout` and `gold`.
        slices: of the holdout's cases.
        importance: of the fields, on the holdout.
    """
    schema, problem, weights = manifest.schema, trained.model.problem, trained.decision_weights
    sides = dict(zip(SIDES, (split.train, split.holdout, split.gold), strict=True))
    of_slices, left_out = evaluate_slices(
        slices, problem, split.holdout.labels, predictions["holdout"], weights, schema.tolerance
    )
    description = {
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
        "classes": list(problem.classes),
        "decisionWeights": None if weights is None else list(weights),
        "background": describe_background(split.train),
        "metric": hyperparameters.metric,
        "metrics": {
            **{
                side: evaluate(problem, cases.labels, predictions[side], weights, schema.tolerance)
                if len(cases)
                else None
                for side, cases in sides.items()
            },
            "slices": of_slices,
            "importance": [_importance(entry) for entry in importance],
            "crossValidation": _validation(trained.cross_validation),
        },
        "slicesLeftOut": left_out,
        "leaderboard": [_entry(candidate) for candidate in trained.leaderboard],
        "trainedCases": len(split.train),
        "holdoutCases": len(split.holdout),
        "goldCases": len(split.gold),
    }
    return without_nan(description)


def metric_values(sidecar: Mapping[str, object]) -> dict[str, float]:
    """The single numbers among a sidecar's metrics, by names such as `holdout:accuracy`."""
    metrics = sidecar["metrics"]
    values = {
        f"{side}:{name}": value
        for side in SIDES
        for name, value in (metrics[side] or {}).items()
        if isinstance(value, float)
    }
    validation = metrics["crossValidation"]
    if validation:
        values[f"crossValidation:{validation['metric']}"] = validation["mean"]
    return values


def without_nan(value: object) -> object:
    """The same, with None for every number that is not finite: JSON has no other word for it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: without_nan(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(member) for member in value]
    return value


def _validation(validation: CrossValidation | None) -> dict[str, object] | None:
    """None also where the metric was undefined in the folds."""
    if validation is None or not math.isfinite(validation.mean):
        return None
    return {
        "metric": validation.metric,
        "mean": validation.mean,
        "standardError": validation.standard_error,
        "folds": validation.folds,
    }


def _importance(entry: FieldImportance) -> dict[str, object]:
    shap = {} if entry.shap is None else {"shap": entry.shap}
    return {"field": entry.field, "mean": entry.mean, "standardError": entry.standard_error, **shap}


def _entry(candidate: Candidate) -> dict[str, object]:
    validation = candidate.cross_validation
    reason = {} if candidate.reason is None else {"reason": candidate.reason}
    optimistic = {"optimistic": True} if candidate.optimistic else {}
    return {
        "algorithm": candidate.algorithm,
        "parameters": dict(candidate.parameters),
        "status": candidate.status,
        **reason,
        "mean": validation and validation.mean,
        "standardError": validation and validation.standard_error,
        "folds": validation.folds if validation else 0,
        "fitSeconds": validation and round(validation.fit_seconds, 3),
        "predictMilliseconds": candidate.predict_milliseconds,
        "bytes": candidate.graph_bytes,
        **optimistic,
    }
