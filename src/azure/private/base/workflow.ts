import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ArmResource, armResource } from './arm';
import { follow, settled } from './grants';
import { azureName } from './names';
import { after } from './ordering';
import { actAsThemselves } from './own-identity';
import { resourceGroupOf } from './resource-group-of';
import { Actions } from './workflow-actions';
import { requireDefinition } from './workflow-checks';
import {
  after as runAfter,
  ENDED,
  FAILED,
  initialized,
  inSequence,
  OUTCOME,
  REASON,
  reasonFor,
  reasonOf,
  scope as group,
  terminate,
  Variables,
  when,
} from './workflow-control';
import { ex, rendered, text, variable } from './workflow-expressions';
import { registerWorkflow } from './workflow-register';
import { renderedTrigger, WorkflowTrigger } from './workflow-triggers';
import { requireMatch, speakerFor } from '../../../core/private/validation';
import { shortened } from '../../../terraform/text';
import { Grant } from '../../grant';
import { IManagedIdentity } from '../../managed-identity-props';

/** What a workflow is made of. */
export interface WorkflowSettings {
  /** What it does, in a sentence. */
  readonly description: string;
  readonly trigger: WorkflowTrigger;
  /** Variables with their first values, which decide their types. */
  readonly variables?: Variables;
  /** The work. It may `fail` with a reason and `leave` with an outcome. */
  readonly actions: Actions;
  /** What is done where the work failed, before the run ends as failed; why is `reasonOf(WORK)`. */
  readonly onFailure?: Actions;
  /** Names the kind of failure, for alerts: `TrainingFailed`. */
  readonly errorCode: string;
  /**
   * Who it runs as. Where the app has storage behind a firewall it runs as itself, with the permissions of this
   * identity.
   */
  readonly runsAs: IManagedIdentity;
  /** What must be there before a run may start: the permissions of its identity. */
  readonly needs?: readonly (ITerraformDependable | Grant | undefined)[];
}

/** A workflow that is made. */
export interface Workflow extends ArmResource {
  /** ARM id: what diagnostics, alerts and locks are put on. */
  readonly id: string;
  readonly name: string;
}

/** The scope of the work: `reasonOf(WORK)` in `onFailure`. */
export const WORK = 'Run';

/** What `newWorkflow` calls a workflow, for one that must know another's name before that is made. */
export function workflowName(scope: Construct, id: string): string {
  return azureName(scope, 'logicApp', id);
}

/**
 * A workflow of Logic Apps (Consumption). Costs nothing but its runs and the looks of its trigger.
 *
 * A run that fails ends with `errorCode` and its reason, which the workflow's diagnostics carry. It does so after
 * `onFailure` and after its message is deleted, whether these succeed or not.
 *
 * Its permissions are there first, and have had two minutes to arrive. They may take longer: `insist` bears that in the
 * first call of a kind, and triggers look again.
 */
export function newWorkflow(scope: Construct, id: string, settings: WorkflowSettings): Workflow {
  const who = speakerFor('workflow', scope, id);
  const { resourceGroupId, location } = resourceGroupOf(scope);
  requireMatch(
    who,
    'errorCode',
    settings.errorCode,
    /^[A-Z][A-Za-z]+$/,
    'letters that start with a capital one, like TrainingFailed',
  );
  const trigger = {
    ...(renderedTrigger(settings.trigger) as object),
    description: shortened(settings.description, 256),
  };
  const isItself = actAsThemselves(scope);
  const identity = isItself ? undefined : settings.runsAs;
  const triggers = { [settings.trigger.name]: withIdentity(trigger, identity) };
  const actions = withIdentity(rendered(wholeOf(settings)), identity) as Actions;
  requireDefinition(who, triggers, actions);

  const grants = (settings.needs ?? []).filter(
    (need): need is Grant => need instanceof Grant && need.addresses.length > 0,
  );
  const others = (settings.needs ?? []).filter((need) => !(need instanceof Grant));
  const made = armResource(scope, id, {
    type: 'Microsoft.Logic/workflows',
    name: workflowName(scope, id),
    parentId: resourceGroupId,
    location,
    // One kind or the other: Logic Apps (Consumption) takes no two identities.
    identity: isItself ? { isSystemAssigned: true } : { userAssigned: [settings.runsAs.identityId] },
    body: {
      properties: {
        state: 'Enabled',
        definition: {
          $schema:
            'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#',
          contentVersion: '1.0.0.0',
          parameters: {},
          triggers,
          actions,
          outputs: {},
        },
        parameters: {},
      },
    },
    dependsOn: after(...others, grants.length === 0 ? undefined : settled(scope, `${id}Ready`, grants)),
  });
  if (isItself) {
    follow(settings.runsAs, {
      objectId: made.exported('identity.principalId'),
      principalId: `workflow:${made.name}`,
      principalType: 'ServicePrincipal',
    });
  }
  registerWorkflow(scope, id, made);
  return made;
}

function wholeOf({ trigger, variables, actions, onFailure = {}, errorCode }: WorkflowSettings): Actions {
  const left = ex`not(empty(${variable(OUTCOME)}))`;
  const [firstOfEnd] = Object.keys(trigger.end);
  return inSequence({
    ...initialized({ [REASON]: '', [OUTCOME]: '', ...trigger.variables, ...variables }),
    ...trigger.begin,
    [WORK]: group(actions),
    Not_well: runAfter({ [WORK]: FAILED }, when(left, {}, { ...reasonFor(WORK), ...onFailure })),
    ...(firstOfEnd === undefined
      ? {}
      : { End: runAfter({ [WORK]: ENDED, Not_well: [...ENDED, 'Skipped'] }, group(trigger.end)) }),
    Over: runAfter(
      { [WORK]: FAILED, [firstOfEnd === undefined ? 'Not_well' : 'End']: [...ENDED, 'Skipped'] },
      when(
        left,
        { Left: terminate('Succeeded') },
        {
          Failed: terminate('Failed', {
            code: errorCode,
            message: text`${ex`coalesce(${reasonOf(WORK)}, 'no reason is known')`}`,
          }),
        },
      ),
    ),
  });
}

/** Every call says as whom: an identity of the user's is not taken by itself, one of the workflow's own is. */
function withIdentity(value: unknown, identity: IManagedIdentity | undefined): unknown {
  if (identity === undefined) return value;
  if (Array.isArray(value)) return value.map((each) => withIdentity(each, identity));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, key === 'authentication' && isManaged(each)
    ? { ...each, identity: identity.identityId } : withIdentity(each, identity)]));
}

function isManaged(value: unknown): value is { readonly type: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { readonly type?: unknown }).type === 'ManagedServiceIdentity'
  );
}
