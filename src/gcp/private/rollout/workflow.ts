import { VertexAiEndpoint } from '@cdktf/provider-google/lib/vertex-ai-endpoint';
import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { Construct } from 'constructs';
import { RolloutSettings, rolloutDefinition } from './definition';
import { startSweeps } from './sweep';
import { teardownDefinition, VertexPlace, vertexRoutines } from './vertex-endpoint';
import { IEncryptionKey } from '../../encryption-key-props';
import { Grant } from '../../grant';
import { ServiceAccount } from '../../service-account';
import { IServiceAccount } from '../../service-account-props';
import { grantInProject } from '../base/project-roles';
import { newWorkflow, workflowName } from '../base/workflow';

/** The workflow that brings versions to an endpoint, and the one that takes them all away. */
export interface RolloutWorkflows {
  readonly rollout: WorkflowsWorkflow;
  readonly teardown: WorkflowsWorkflow;
  readonly runsAs: IServiceAccount;
}

/** What the workflows work with. */
export interface RolloutParts {
  readonly endpoint: VertexAiEndpoint;
  /** The identity of the containers. */
  readonly runtime: IServiceAccount;
  readonly encryptionKey: IEncryptionKey;
}

/** Both workflows of an endpoint of Vertex AI, run by one identity. */
export function newRollout(
  scope: Construct,
  settings: Omit<RolloutSettings, 'routines' | 'host' | 'model' | 'settings' | 'teardownName'>,
  place: VertexPlace,
  parts: RolloutParts,
): RolloutWorkflows {
  const runsAs = new ServiceAccount(scope, 'RolloutAccount', { displayName: `Rolls models out to ${scope.node.path}` });
  const mayDeploy = Grant.all([
    grantInProject(scope, runsAs, 'aiplatform.user'),
    grantInProject(scope, runsAs, 'monitoring.viewer'),
    // Which runs of its own are going on.
    grantInProject(scope, runsAs, 'workflows.viewer'),
    parts.runtime.grantActAs(runsAs),
  ]);
  const shared = { runsAs, encryptionKey: parts.encryptionKey, needs: [mayDeploy, parts.endpoint] };
  const rollout = newWorkflow(scope, 'Rollout', {
    ...shared,
    description: `Rolls approved versions out to ${scope.node.path}`,
    definition: rolloutDefinition({
      ...settings,
      ...place,
      routines: vertexRoutines(place),
      teardownName: workflowName(scope, 'Teardown'),
    }),
  });
  const teardown = newWorkflow(scope, 'Teardown', {
    ...shared,
    description: `Takes all versions off ${scope.node.path}: run it before terraform destroy`,
    definition: teardownDefinition(place, workflowName(scope, 'Rollout')),
  });
  startSweeps(scope, rollout);
  return { rollout, teardown, runsAs };
}
