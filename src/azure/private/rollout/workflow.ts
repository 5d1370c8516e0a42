import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ROLLOUT_VARIABLES, rolloutActions } from './definition';
import { RolloutSettings } from './settings';
import { Speaker } from '../../../core/private/validation';
import { Grant } from '../../grant';
import { ManagedIdentity } from '../../managed-identity';
import { IManagedIdentity } from '../../managed-identity-props';
import { customRole, grantRole } from '../base/grants';
import { grantSend, grantHold, Queue } from '../base/queue';
import { newWorkflow, Workflow } from '../base/workflow';
import { insist } from '../base/workflow-control';
import { declared } from '../base/workflow-recurrence';
import { store } from '../base/workflow-storage';
import { Delivery, inbox } from '../base/workflow-triggers';

/** What the workflows work with. */
export interface RolloutParts {
  readonly inbox: Queue;
  /** The identity of the containers, which the endpoint is written with. */
  readonly runtime: IManagedIdentity;
  /** What must exist before a version is deployed. */
  readonly needs: readonly (ITerraformDependable | Grant | undefined)[];
  /** What makes the workflow start by itself when it changes. */
  readonly declares: { readonly [name: string]: unknown };
}

/**
 * The workflow that brings versions to an endpoint, and the one that starts it when the stack says something else, and
 * once a day.
 */
export function newRollout(scope: Construct, who: Speaker, settings: RolloutSettings, parts: RolloutParts): Workflow {
  const { place } = settings;
  const runsAs = new ManagedIdentity(scope, 'RolloutIdentity');
  const mayDeploy = Grant.all([
    ...place.access.map(({ id, purpose, title, scope: at, operations, description }) =>
      grantRole(scope, runsAs, purpose, {
        scope: at,
        role: customRole(scope, id, { title, actions: operations }, at),
        description,
      }),
    ),
    grantRole(scope, runsAs, 'act as', {
      scope: parts.runtime.identityId,
      role: 'managedIdentityOperator',
      description: 'Writes the endpoint with its identity',
    }),
    grantHold(scope, parts.inbox, runsAs),
    grantSend(scope, parts.inbox, runsAs),
  ]);
  const steps = Math.max(...[settings.steps, settings.challenger === undefined ? [] : [settings.challenger]]
    .map((each) => each.reduce((sum, { minutes }) => sum + minutes, 0)));
  const rollout = newWorkflow(scope, 'Rollout', {
    description: `Rolls approved versions out to ${scope.node.path}`,
    errorCode: 'RolloutFailed',
    runsAs,
    // A version is deployed within four hours, and steps may wait for the endpoint.
    trigger: inbox({
      queueUrl: parts.inbox.queueUrl,
      delivery: Delivery.UNTIL_DONE,
      maxHours: Math.min(168, Math.ceil(steps / 60) + 12),
    }),
    variables: ROLLOUT_VARIABLES,
    actions: rolloutActions(settings),
    needs: [mayDeploy, parts.inbox.ready, ...parts.needs],
  });
  newWorkflow(scope, 'Declared', {
    description: `Has ${scope.node.path} be as the stack says, and tidied up`,
    errorCode: 'RolloutNotStarted',
    runsAs,
    trigger: declared(who, parts.declares),
    actions: insist('Tell', store.putMessage({ queueUrl: parts.inbox.queueUrl, message: { renew: true } })),
    needs: [mayDeploy, rollout],
  });
  return rollout;
}
