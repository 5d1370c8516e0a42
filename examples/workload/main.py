"""Breast cancer, benign or malignant: a real model behind the workload contract, for every cloud.

Reads data files with a header: one column a feature, and `diagnosis`, 1 for malignant.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from mlops_runtime import BadRequest, Evaluation, Feature, Job, Reference, Schema, Workload, log_metrics
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

TARGET = "diagnosis"
MODEL = "model.joblib"
LARGEST = 1e6
"""So many standard deviations away is no measurement."""


def read(files: list[Path]) -> pd.DataFrame:
    return pd.concat([pd.read_csv(file) for file in files], ignore_index=True)


def prepare(job: Job) -> None:
    """Raw files into 60 % train, 20 % validation, 20 % test: the same rows in the same place at every run."""
    seed = int(job.hyperparameters.get("seed", 7))
    data = read(job.files()).drop_duplicates().dropna()
    train, rest = train_test_split(data, test_size=0.4, random_state=seed, stratify=data[TARGET])
    validation, test = train_test_split(rest, test_size=0.5, random_state=seed, stratify=rest[TARGET])
    for name, part in {"train": train, "validation": validation, "test": test}.items():
        (job.output_dir / name).mkdir(exist_ok=True)
        part.to_csv(job.output_dir / name / "data.csv", index=False)


def train(job: Job) -> None:
    data = read(job.files("train"))
    features, target = data.drop(columns=TARGET), data[TARGET]
    model = make_pipeline(
        StandardScaler(),
        LogisticRegression(
            C=float(job.hyperparameters.get("c", 1.0)),
            max_iter=int(job.hyperparameters.get("max_iter", 1000)),
        ),
    )
    model.fit(features.to_numpy(), target)
    log_metrics({"train_accuracy": float(model.score(features.to_numpy(), target))})
    joblib.dump(model, job.model_dir / MODEL)
    Schema(
        features=[Feature(name) for name in features.columns],
        target=TARGET,
        outputs=("prediction", "score"),
    ).save(job.model_dir)


def load(model_dir: Path) -> Pipeline:
    return joblib.load(model_dir / MODEL)


def predict(model: Pipeline, rows: list[list[Any]]) -> list[dict[str, Any]]:
    """The diagnosis, and the probability that it is malignant. A biopsy of which a value is missing gets none."""
    incomplete = [number for number, row in enumerate(rows) if any(value != value for value in row)]
    if incomplete:
        raise BadRequest(f"row {incomplete[0]}: a value is missing")
    with np.errstate(over="ignore"):
        scaled = model[:-1].transform(rows)
    # The sum of what is too large to add up is no number: such a biopsy is the caller's fault, not the model's.
    absurd = np.flatnonzero(~(np.abs(scaled).max(axis=1) < LARGEST))
    if absurd.size:
        raise BadRequest(f"row {absurd[0]}: a value is too large")
    scores = model[-1].predict_proba(scaled)[:, 1]
    return [{"prediction": int(score >= 0.5), "score": float(score)} for score in scores]


def evaluate(job: Job, model: Pipeline) -> Evaluation:
    schema = Schema.load(job.model_dir)
    data = read(job.files())
    rows, target = data[schema.names].to_numpy().tolist(), data[TARGET].tolist()
    answers = predict(model, rows)
    return Evaluation(
        metrics={
            "auc": roc_auc_score(target, [answer["score"] for answer in answers]),
            "accuracy": accuracy_score(target, [answer["prediction"] for answer in answers]),
        },
        reference=Reference(schema, rows, predictions=answers, targets=target),
    )


if __name__ == "__main__":
    Workload(prepare=prepare, train=train, load=load, evaluate=evaluate, predict=predict).main()
