import * as path from 'node:path';
import {
  ContainerImage,
  FeatureType,
  MlopsIntent,
  QualityGate,
  RiskRating,
  ScalingTarget,
  Schedule,
  Serving,
  Trigger,
} from 'mlops-constructs/core';

/** The product that the examples build: the same words for every cloud and every level. */
export function breastCancer(image: ContainerImage = workload()): MlopsIntent {
  return {
    modelName: 'breast-cancer',
    image,
    alertEmails: ['ml-team@example.com'],
    features: {
      featureGroups: [
        {
          name: 'biopsies',
          entityKey: 'biopsy_id',
          eventTime: 'measured_at',
          features: [
            { name: 'biopsy_id', valueType: FeatureType.STRING },
            { name: 'measured_at', valueType: FeatureType.STRING },
            { name: 'mean_radius', valueType: FeatureType.FLOAT },
            { name: 'mean_texture', valueType: FeatureType.FLOAT },
          ],
          onlineTtlDays: 90,
        },
      ],
    },
    training: {
      prepare: true,
      datasetPrefix: 'incoming/',
      // A logistic regression: machines without a GPU, on demand, are what a new account has quotas for.
      compute: { vcpus: 2, memoryGiB: 8 },
      maxRuntimeHours: 2,
      hyperparameters: { max_iter: '200' },
      qualityGates: [QualityGate.atLeast('auc', 0.95)],
      triggers: [Trigger.schedule(Schedule.weekly({ hour: 3 })), Trigger.newData('incoming/_SUCCESS')],
    },
    serving: {
      serving: Serving.realTime({
        scaling: { minReplicas: 2, maxReplicas: 6, target: ScalingTarget.requestsPerMinute(1200) },
      }),
    },
    monitoring: {
      drift: { schedule: Schedule.daily({ hour: 2 }), maxDriftShare: 0.3 },
      modelQuality: { labelsPrefix: 'labels/', gates: [QualityGate.atLeast('accuracy', 0.9)] },
    },
    governance: {
      budget: { monthlyUsd: 500, alertEmails: ['ml-team@example.com'] },
      tags: { product: 'breast-cancer', team: 'ml' },
      modelCard: {
        intendedUse: 'Second opinion on fine-needle biopsies; never the only one.',
        owner: 'ML team',
        riskRating: RiskRating.HIGH,
        limitations: 'Trained on 569 biopsies of one hospital.',
      },
    },
    delivery: {
      repository: 'example/breast-cancer',
      stages: [{ name: 'dev' }, { name: 'staging' }, { name: 'prod', approval: true }],
    },
  };
}

function workload(): ContainerImage {
  return ContainerImage.fromDirectory(path.resolve(__dirname, '..'), { dockerfile: 'examples/workload/Dockerfile' });
}
