import { AlertSpec } from './alert-policy';
import { machineryOf } from './machinery';
import { failedRuns } from './run-alarms';
import { IModelRegistry } from '../../model-registry-props';

/** Promotions to the registry of a stage. */
export interface WatchedPromotion {
  readonly stage: string;
  readonly workflowName: string;
  readonly topicId: string;
}

/** The promotions to a registry; undefined where it trains itself, or is made in another app. */
export function promotionOf(registry: IModelRegistry | undefined): WatchedPromotion | undefined {
  const { Promotion: workflowName } = machineryOf(registry).workflows;
  const { promotionStage: stage, promotionTopicId: topicId } = registry ?? {};
  if (workflowName === undefined || stage === undefined || topicId === undefined) return undefined;
  return { stage, topicId, workflowName };
}

/** What is told of promotions to a stage. */
export function promotionAlerts({ stage, topicId, workflowName }: WatchedPromotion, region: string): AlertSpec[] {
  return [
    failedRuns({
      id: 'Promotion',
      title: `A version was not promoted to ${stage}`,
      workflowName,
      region,
      runbook: [
        'The version of the training project is not approved here, and the live version still serves. The line `promotion failed` ' +
          'says in `version` whether it was registered all the same.',
        'Usual reasons: the training project does not name this stage in its `promotion` (or was not applied since), the version ' +
          'was rejected there, its files are gone, or its image cannot be pulled from here.',
        'Then promote it again, which copies and registers nothing twice: ' +
          `\`gcloud pubsub topics publish ${topicId} --message '{"version": "<version>"}'\`.`,
      ],
    }),
  ];
}
