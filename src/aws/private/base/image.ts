import { aws_ecr_assets as assets, aws_iam as iam, Fn, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { Place } from './places';
import { ContainerImage } from '../../../core/container-image';
import { refuse, Speaker, speakerFor } from '../../../core/private/validation';

/** An image as SageMaker wants it: an address in Amazon ECR and the right to pull from there. */
export interface ResolvedImage {
  /** `<account>.dkr.ecr.<region>.<suffix>/<repository>[:tag|@digest]`. */
  readonly imageUri: string;
  /** Lets the grantee pull the image, from whichever account it is in. */
  grantPull(grantee: iam.IGrantable): iam.Grant;
  /** Lets the grantee ask for the image's digest. */
  grantDescribe(grantee: iam.IGrantable): iam.Grant;
}

/**
 * Builds the image where it is a directory (an asset under `id`, built for x86 whatever machine deploys, with a
 * manifest of Docker's own kind: SageMaker hosts none of the OCI kind, which newer versions of Docker write by
 * default), and reads where it is where it is an address.
 *
 * The account of the repository is in the address, so that AWS's own images (Deep Learning Containers, built-in
 * algorithms) can be pulled as well.
 * @see https://aws.github.io/deep-learning-containers/reference/region_availability/
 */
export function resolveImage(scope: Construct, id: string, image: ContainerImage): ResolvedImage {
  if (image.directory !== undefined) {
    const asset = new assets.DockerImageAsset(scope, id, {
      directory: image.directory,
      file: image.dockerfile,
      exclude: image.exclude,
      platform: assets.Platform.LINUX_AMD64,
      outputs: ['type=docker'],
    });
    return {
      imageUri: asset.imageUri,
      grantPull: (grantee) => asset.repository.grantPull(grantee),
      grantDescribe: (grantee) => asset.repository.grant(grantee, 'ecr:DescribeImages'),
    };
  }
  const imageUri = image.uri!;
  const repositoryArn = repositoryOf(scope, speakerFor('container image', scope), imageUri);
  return {
    imageUri,
    grantPull: (grantee) =>
      iam.Grant.addToPrincipal({ grantee, actions: PULL_ACTIONS, resourceArns: [repositoryArn] }).combine(
        iam.Grant.addToPrincipal({ grantee, actions: ['ecr:GetAuthorizationToken'], resourceArns: ['*'] }),
      ),
    grantDescribe: (grantee) =>
      iam.Grant.addToPrincipal({ grantee, actions: ['ecr:DescribeImages'], resourceArns: [repositoryArn] }),
  };
}

/** Why the statement that `grantPull` makes has a resource of `*`, for those who acknowledge it on the role. */
export const PULL_REASON =
  'ecr:GetAuthorizationToken has no resource: the service authorization reference lists none for it';

const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];

/** Account, region and repository of an address, each of which may be a token of its own. */
const ECR_URI =
  /^(\d{12}|\$\{Token\[[^\]]*\]\})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+|\$\{Token\[[^\]]*\]\})\.[^/]+\/([^:@]+)(?:[:@].+)?$/;

/** The place of an image and the name of its repository; nothing where its address is not written out. */
export function imagePlace({
  uri,
}: ContainerImage): ({ readonly text: string; readonly repository: string } & Place) | undefined {
  const parts = uri === undefined ? null : ECR_URI.exec(uri);
  if (parts === null) return undefined;
  const [text, account, region, repository] = parts;
  const known = (part: string) => (Token.isUnresolved(part) ? undefined : part);
  return { text, account: known(account), region: known(region), repository };
}

/**
 * Whether the repository is one of AWS's own names: deep learning containers, and the images of SageMaker's algorithms.
 */
export function isImageOfAws(repository: string): boolean {
  return AWS_REPOSITORIES.test(repository);
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html */
const AWS_REPOSITORIES = new RegExp(
  `^(${[
    'autogluon-',
    'blazingtext',
    'djl-',
    'factorization-machines',
    'forecasting-deepar',
    'huggingface-',
    'image-classification',
    'ipinsights',
    'kmeans',
    'knn',
    'lda',
    'linear-learner',
    'mxnet-',
    'ntm',
    'object2vec',
    'object-detection',
    'pca',
    'pytorch-',
    'randomcutforest',
    'sagemaker-',
    'semantic-segmentation',
    'seq2seq',
    'stabilityai-',
    'tensorflow-',
    'triton',
    'vllm',
    'xgboost',
  ].join('|')})`,
);

function repositoryOf(scope: Construct, who: Speaker, imageUri: string): string {
  const stack = Stack.of(scope);
  const parts = ECR_URI.exec(imageUri);
  if (parts !== null) {
    const [, account, region, resourceName] = parts;
    return stack.formatArn({ service: 'ecr', account, region, resource: 'repository', resourceName });
  }
  if (!Token.isUnresolved(imageUri)) {
    refuse(
      who,
      'uri',
      imageUri,
      'an image in Amazon ECR, <account>.dkr.ecr.<region>.amazonaws.com/<repository>: SageMaker pulls from nowhere else',
    );
  }
  // Only the deployment knows the address: its account and region can be cut out there, the repository's name cannot.
  return stack.formatArn({
    service: 'ecr',
    account: Fn.select(0, Fn.split('.', imageUri)),
    region: Fn.select(3, Fn.split('.', imageUri)),
    resource: 'repository',
    resourceName: '*',
  });
}
