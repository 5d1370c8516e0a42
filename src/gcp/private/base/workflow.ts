import { WorkflowsWorkflow } from '@cdktf/provider-google/lib/workflows-workflow';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { after } from './ordering';
import { grantInProject } from './project-roles';
import { MAY_SEND_AGAIN, MAY_SEND_AGAIN_NAME, MAY_TRY_AGAIN, MAY_TRY_AGAIN_NAME } from './workflow-retry';
import { refuseBecause, speakerFor } from '../../../core/private/validation';
import { stableName } from '../../../terraform/names';
import { jsonText } from '../../../terraform/text';
import { IEncryptionKey } from '../../encryption-key-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IServiceAccount } from '../../service-account-props';

/** One step: its name and what it does. @see https://cloud.google.com/workflows/docs/reference/syntax */
export interface Step {
  readonly [name: string]: { readonly [key: string]: unknown };
}

/** A workflow or sub-workflow. */
export interface Routine {
  readonly params?: readonly unknown[];
  readonly steps: readonly Step[];
}

/** `main` and the sub-workflows that it calls. */
export interface Definition {
  readonly main: Routine;
  readonly [subworkflow: string]: Routine;
}

/** What a workflow is made of. */
export interface WorkflowSettings {
  /** What it does, in a sentence. */
  readonly description: string;
  readonly definition: Definition;
  readonly runsAs: IServiceAccount;
  /** Encrypts the definition and what runs remember. */
  readonly encryptionKey: IEncryptionKey;
  /** What must be there before a run may start: the permissions of its identity. */
  readonly needs?: (ITerraformDependable | Grant | undefined)[];
}

/** What `newWorkflow` calls a workflow, for one that must know another's name before that is made. */
export function workflowName(scope: Construct, id: string): string {
  return stableName(scope, id, { maxLength: 63, separator: '-' });
}

/** @see https://cloud.google.com/workflows/quotas#resource_limit */
const MOST_BYTES = 131_072;

/** A workflow of Google Workflows; failures are logged, and runs keep their history. */
export function newWorkflow(scope: Construct, id: string, settings: WorkflowSettings): WorkflowsWorkflow {
  const project = GoogleProject.of(scope);
  const sourceContents = {
    ...settings.definition,
    [MAY_TRY_AGAIN_NAME]: MAY_TRY_AGAIN,
    [MAY_SEND_AGAIN_NAME]: MAY_SEND_AGAIN,
  };
  const bytes = Buffer.byteLength(JSON.stringify(sourceContents));
  if (bytes > MOST_BYTES) {
    refuseBecause(
      speakerFor('workflow', scope, id),
      `its definition has ${bytes} bytes, and Workflows takes ${MOST_BYTES}: hyperparameters, variables and arguments stand in it, so give fewer or ` +
        'shorter ones, or let the image read them from a file of the lake',
    );
  }
  const mayLog = grantInProject(scope, settings.runsAs, 'logging.logWriter');
  return new WorkflowsWorkflow(scope, id, {
    name: workflowName(scope, id),
    project: project.projectId,
    region: project.region,
    description: settings.description,
    serviceAccount: settings.runsAs.resourceName,
    cryptoKeyName: settings.encryptionKey.keyId,
    callLogLevel: 'LOG_ERRORS_ONLY',
    // It holds nothing that a new deployment does not bring back.
    deletionProtection: false,
    sourceContents: jsonText(sourceContents),
    dependsOn: after(
      project._api('workflows', 'workflowexecutions'),
      settings.encryptionKey.grantServiceAgent('workflows'),
      mayLog,
      ...(settings.needs ?? []),
    ),
  });
}
