import { Construct } from 'constructs';
import { acknowledge } from '../../../terraform/acknowledge';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { customRole, grantRole } from '../base/grants';

/** What clients of MLflow talk to. */
export interface TrackedWorkspace {
  readonly workspaceId: string;
  /** It takes the files of runs; nothing has a key of it. */
  readonly storageAccountId: string;
  readonly registersModels: boolean;
}

/** Recording runs over the MLflow protocol and looking at them; registering models only where the tracker does. */
export function grantTracking(
  tracker: Construct, principal: IPrincipal, { workspaceId, storageAccountId, registersModels }: TrackedWorkspace,
): Grant {
  const role = customRole(tracker, 'Recorder', {
    title: 'Records runs of MLflow',
    actions: [...RECORDING, ...(registersModels ? REGISTERING : [])],
  }, workspaceId);
  acknowledge(
    tracker.node.findChild('Recorder'),
    'MLOPS-IAM-01',
    'models and their versions are read together; it holds in this workspace alone',
  );
  return Grant.all([
    grantRole(tracker, principal, 'track', { scope: workspaceId, role, description: 'Records runs over MLflow' }),
    grantRole(tracker, principal, 'files', {
      scope: storageAccountId,
      role: 'storageBlobDataContributor',
      description: 'Files of runs',
    }),
  ]);
}

const ofWorkspace = (...actions: string[]) =>
  actions.map((action) => `Microsoft.MachineLearningServices/workspaces/${action}`);

/** @see https://learn.microsoft.com/azure/machine-learning/how-to-assign-roles#mlflow-operations */
const RECORDING = ofWorkspace(
  'read',
  'datastores/read',
  'experiments/read',
  'experiments/write',
  'experiments/runs/read',
  'experiments/runs/write',
  'experiments/jobs/read',
  'experiments/jobs/write',
  'metadata/artifacts/read',
  'metadata/artifacts/write',
  'models/*/read',
);

const REGISTERING = ofWorkspace('models/*/write');
