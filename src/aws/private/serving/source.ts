import { aws_s3 as s3, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { HostingPlan } from './plan';
import { ObjectAccess, PullAccess } from './role';
import { ContainerImage } from '../../../core/container-image';
import { requireObjectFolder, requireObjectKey } from '../../../core/private/object-keys';
import { refuse, refuseBecause, requireMatch, Speaker } from '../../../core/private/validation';
import { ServingEndpointProps } from '../../serving-endpoint-props';
import { resolveImage } from '../base/image';

/** A model, and what its containers need. */
export interface ModelContainer {
  readonly definition: sagemaker.CfnModel.ContainerDefinitionProperty;
  readonly reads: readonly ObjectAccess[];
  readonly pullsFrom?: PullAccess;
}

/** Where a model is and what may be read for it. */
export interface ModelPlace {
  readonly artifactBucket: s3.IBucket;
  /** The image of registered versions, where it is known. */
  readonly image?: ContainerImage;
  readonly isMultiModel: boolean;
}

const PACKAGE_ARN = /^(?<head>arn:[^:]+:sagemaker:[^:]+:[^:]+):model-package\/(?<name>[^/]+)\/\d+$/;

/** The container of a model; an image of its own is an asset under `id`. */
export function modelContainer(
  scope: Construct,
  id: string,
  { _artifact: options, _version: modelPackageArn }: ServingEndpointProps['model'],
  place: ModelPlace,
): ModelContainer {
  if (options === undefined) {
    return {
      definition: { modelPackageName: modelPackageArn },
      reads: [{ bucket: place.artifactBucket, pattern: 'training/*' }],
      pullsFrom: place.image && resolveImage(scope, id, place.image),
    };
  }
  const { image, key, bucket = place.artifactBucket } = options;
  const pullsFrom = resolveImage(scope, id, image);
  if (key === undefined) return { definition: { image: pullsFrom.imageUri }, reads: [], pullsFrom };
  if (isFolder(key) && !place.isMultiModel) {
    const s3DataSource = { s3DataType: 'S3Prefix', compressionType: 'None', s3Uri: bucket.s3UrlForObject(key) };
    return {
      definition: { image: pullsFrom.imageUri, modelDataSource: { s3DataSource } },
      reads: [{ bucket, pattern: `${key}*`, list: true }],
      pullsFrom,
    };
  }
  return {
    definition: { image: pullsFrom.imageUri, modelDataUrl: bucket.s3UrlForObject(key) },
    reads: [{ bucket, pattern: place.isMultiModel ? `${key}*` : key, list: place.isMultiModel }],
    pullsFrom,
  };
}

/** Refuses a source that says too little, too much, or not what the mode needs. */
export function checkSource(
  who: Speaker,
  prop: string,
  { _artifact: options, _version: modelPackageArn }: ServingEndpointProps['model'],
  plan: Partial<Pick<HostingPlan, 'multiModel' | 'cannot' | 'mode'>>,
): void {
  requireMatch(who, prop, modelPackageArn, PACKAGE_ARN, 'the ARN of a version of a model package group');
  if (options === undefined) return;
  if (options.key === undefined) {
    if (plan.multiModel !== undefined) {
      refuse(who, `${prop}.key`, undefined, 'the prefix of the archives in multi-model serving');
    }
    if (options.bucket !== undefined) refuseBecause(who, `${prop}.bucket has no key to look for: set key as well`);
  }
  if (plan.multiModel === undefined) {
    requireObjectKey(who, `${prop}.key`, options.key, "a key of the bucket like 'models/churn.tar.gz'");
    requireMatch(
      who,
      `${prop}.key`,
      options.key,
      /(\.tar\.gz|\/)$/,
      "the key of an archive that ends in .tar.gz, or of a folder of files that ends in '/'",
    );
    if (isFolder(options.key) && plan.cannot?.folder !== undefined) {
      refuseBecause(who, `${prop}.key ${options.key} is not possible with ${plan.mode} serving: ${plan.cannot.folder}`);
    }
    return;
  }
  requireObjectFolder(who, `${prop}.key`, options.key, 'models/');
}

/**
 * Files that SageMaker brings to the machine as they are.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/large-model-inference-uncompressed.html
 */
function isFolder(key: string | undefined): key is string {
  return key?.endsWith('/') ?? false;
}

/** Name of the group of a version; the ARN itself where only the deployment knows it. */
export function nameOfGroup(modelPackageArn: string): string {
  return PACKAGE_ARN.exec(modelPackageArn)?.groups?.name ?? modelPackageArn;
}

/** The group of a version, from its ARN. */
export function groupOfVersion(who: Speaker, modelPackageArn: string): string {
  const parts = PACKAGE_ARN.exec(modelPackageArn)?.groups;
  if (parts !== undefined) return `${parts.head}:model-package-group/${parts.name}`;
  return refuseBecause(
    who,
    'model: batch serving reads the group from the ARN of the version: use a literal ARN, or ModelSource.latestApproved',
  );
}
