import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { Construct } from 'constructs';
import { objectsBelow } from './objects';
import { onceInStack } from './once';
import { Grant } from '../grant';
import { IPrincipal } from '../principal';

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
    member(scope, 'JobsRead', jobs, places.rawBucket, places.datasetPrefix, 'roles/storage.objectViewer'),
    ...WRITTEN.map((prefix) => member(scope, `JobsWrite-${prefix.replace('/', '')}`, jobs, places.artifactBucket, prefix, 'roles/storage.objectUser')),
  ]);
}

/** The workflow reads evaluations. */
export function grantEvaluations(scope: Construct, workflow: IPrincipal, places: TrainingPlaces): Grant {
  return member(scope, 'WorkflowReads', workflow, places.artifactBucket, 'training/', 'roles/storage.objectViewer');
}

function member(scope: Construct, id: string, who: IPrincipal, bucket: string, prefix: string, role: string): Grant {
  return new Grant([onceInStack(scope, ['bucket', bucket, prefix, role, who.member], () => new StorageBucketIamMember(scope, id, {
    bucket, role, member: who.member, condition: objectsBelow(bucket, prefix),
  })).fqn]);
}
