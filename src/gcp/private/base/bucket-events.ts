import { DataGoogleStorageBucket } from '@cdktf/provider-google/lib/data-google-storage-bucket';
import { Fn, ITerraformDependable, Op, Tokenization } from 'cdktf';
import { Construct } from 'constructs';
import { after } from './ordering';
import { holdInProject } from './project-holders';
import { SERVICE_AGENTS } from './service-agents';
import { refuseBecause, Speaker } from '../../../core/private/validation';
import { onceInStack } from '../../../terraform/once';
import { literal } from '../../../terraform/text';
import { GoogleProject } from '../../google-project';

/** An identity that publishes, and what grants to it wait for. */
export interface Publisher {
  readonly member: string;
  readonly ready: ITerraformDependable[];
}

/**
 * Cloud Storage's agent that tells of a bucket's objects: that of the project which the bucket is in, not of the one
 * which listens. Of a bucket that the app does not make, only the cloud knows the project.
 *
 * @see https://cloud.google.com/storage/docs/reporting-changes
 */
export function publisherOf(scope: Construct, id: string, bucketName: string): Publisher {
  const project = GoogleProject.of(scope);
  if (isMadeInTheApp(bucketName)) {
    return { member: project._agent('storage'), ready: after(project._agentReady('storage')) };
  }
  const bucket = foreignBucket(scope, id, bucketName);
  const number = bucket.getStringAttribute('project_number');
  return { member: `serviceAccount:${SERVICE_AGENTS.storage.email.replace('#', number)}`, ready: [] };
}

/**
 * What a trigger of Eventarc on a bucket must meet, said at the plan where only the cloud knows it: the bucket is in
 * the project of the trigger. Undefined for one that the app makes, which is.
 *
 * @see https://cloud.google.com/eventarc/docs/run/create-trigger-storage-gcloud
 */
export function sameProject(scope: Construct, id: string, bucketName: string) {
  if (isMadeInTheApp(bucketName)) return undefined;
  const bucket = foreignBucket(scope, id, bucketName);
  const { projectNumber } = GoogleProject.of(scope);
  return {
    condition: Op.eq(Fn.tostring(bucket.getStringAttribute('project_number')), projectNumber),
    errorMessage: literal(
      `${scope.node.path} listens to a bucket of another project, which Eventarc cannot: let a schedule start it, or ` +
        'copy what is new to a bucket of this project',
    ),
  };
}

/**
 * Counts what listens to the new objects of a bucket, in every stack of the app; one more than Cloud Storage takes
 * would fail in the apply.
 *
 * @see https://cloud.google.com/storage/docs/pubsub-notifications
 */
export function listenToBucket(who: Speaker, listener: Construct, bucketName: string): void {
  const [reference] = referencesIn(bucketName);
  const before = holdInProject(listener, `listens to ${reference?.identifier ?? bucketName}`);
  if (before.length < MOST_LISTENERS) return;
  refuseBecause(
    who,
    `the bucket tells ${MOST_LISTENERS} listeners of new objects at most, and '${before[0].node.path}' and ${before.length - 1} others ` +
      'are: give every tenth product a DataLake of its own',
  );
}

function foreignBucket(scope: Construct, id: string, bucketName: string): DataGoogleStorageBucket {
  return onceInStack(
    scope,
    ['bucket of a project', bucketName],
    () => new DataGoogleStorageBucket(scope, `${id}Bucket`, { name: bucketName }),
  );
}

/** A name that is an attribute of a bucket among the resources of the app, whose constructs share a project. */
function isMadeInTheApp(bucketName: string): boolean {
  return referencesIn(bucketName).some(({ identifier }) => /^google_storage_bucket\./.test(identifier ?? ''));
}

function referencesIn(text: string): { readonly identifier?: string }[] {
  return Tokenization.reverse(text) as unknown as { readonly identifier?: string }[];
}

/** Notifications of a bucket for one kind of event. */
const MOST_LISTENERS = 10;
