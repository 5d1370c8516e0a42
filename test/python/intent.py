"""The intent of `examples/intent.ts` in Python: sections are `dict`s, which fit the structs of either cloud; what is in them is structs."""

from mlops_constructs import (
    BudgetSpec,
    ComputeSpec,
    ContainerImage,
    DeliveryStageSpec,
    FeatureGroupSpec,
    FeatureSpec,
    FeatureType,
    ModelCardSpec,
    ModelQualitySpec,
    QualityGate,
    RiskRating,
    ScalingSpec,
    ScalingTarget,
    Schedule,
    Serving,
    Trigger,
)


def breast_cancer(image: ContainerImage) -> dict:
    return {
        "model_name": "breast-cancer",
        "image": image,
        "alert_emails": ["ml-team@example.com"],
        "features": dict(feature_groups=[FeatureGroupSpec(
            name="biopsies",
            entity_key="biopsy_id",
            event_time="measured_at",
            features=[
                FeatureSpec(name="biopsy_id", value_type=FeatureType.STRING),
                FeatureSpec(name="measured_at", value_type=FeatureType.STRING),
                FeatureSpec(name="mean_radius", value_type=FeatureType.FLOAT),
                FeatureSpec(name="mean_texture", value_type=FeatureType.FLOAT),
            ],
            online_ttl_days=90,
        )]),
        "training": dict(
            prepare=True,
            dataset_prefix="incoming/",
            compute=ComputeSpec(vcpus=2, memory_gib=8),
            max_runtime_hours=2,
            hyperparameters={"max_iter": "200"},
            quality_gates=[QualityGate.at_least("auc", 0.95)],
            triggers=[Trigger.schedule(Schedule.weekly(hour=3)), Trigger.new_data("incoming/_SUCCESS")],
        ),
        "serving": {"serving": Serving.real_time(
            scaling=ScalingSpec(min_replicas=2, max_replicas=6, target=ScalingTarget.requests_per_minute(1200)),
        )},
        "monitoring": {
            "drift": {"schedule": Schedule.daily(hour=2), "max_drift_share": 0.3},
            "model_quality": ModelQualitySpec(labels_prefix="labels/", gates=[QualityGate.at_least("accuracy", 0.9)]),
        },
        "governance": dict(
            budget=BudgetSpec(monthly_usd=500, alert_emails=["ml-team@example.com"]),
            tags={"product": "breast-cancer", "team": "ml"},
            model_card=ModelCardSpec(
                intended_use="Second opinion on fine-needle biopsies; never the only one.",
                owner="ML team",
                risk_rating=RiskRating.HIGH,
                limitations="Trained on 569 biopsies of one hospital.",
            ),
        ),
        "delivery": dict(
            repository="example/breast-cancer",
            stages=[DeliveryStageSpec(name="dev"), DeliveryStageSpec(name="staging"), DeliveryStageSpec(name="prod", approval=True)],
        ),
    }
