import { Construct } from 'constructs';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantObjects, ObjectAccess } from '../data/bucket-access';

/** What the jobs touch in the lake, and what the workflow reads of it. */
export interface TrainingPlaces {
  readonly rawBucket: string;
  readonly datasetPrefix: string;
  readonly artifactBucket: string;
}

/** The folders of the artifact bucket that jobs write. */
const WRITTEN = ['training/', 'checkpoints/'];

/** Jobs read the data set and write runs and checkpoints, and nothing else. */
export function grantJobs(scope: Construct, jobs: IPrincipal, places: TrainingPlaces): Grant {
  return Grant.all([
    member(scope, 'JobsRead', jobs, places.rawBucket, places.datasetPrefix, 'objectViewer'),
    ...WRITTEN.map((prefix) =>
      member(scope, `JobsWrite-${prefix.replace('/', '')}`, jobs, places.artifactBucket, prefix, 'objectUser'),
    ),
  ]);
}

/** The workflow reads evaluations. */
export function grantEvaluations(scope: Construct, workflow: IPrincipal, places: TrainingPlaces): Grant {
  return member(scope, 'WorkflowReads', workflow, places.artifactBucket, 'training/', 'objectViewer');
}

function member(
  scope: Construct,
  id: string,
  { member: who }: IPrincipal,
  bucket: string,
  prefix: string,
  role: ObjectAccess['role'],
): Grant {
  return new Grant([grantObjects(scope, id, { bucket, prefix, role, member: who }).fqn]);
}
