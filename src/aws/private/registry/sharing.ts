import { Annotations, aws_iam as iam, Aws, CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ModelRegistryProps } from '../../model-registry-props';

/** Besides its entry in the registry a version is files, their key and images. */
export type SharedInput = Required<Pick<ModelRegistryProps, 'data'>> & Pick<ModelRegistryProps, 'repositories'>;

/** Lets the accounts read the files, use the key for that, and pull the images. */
export function shareVersions(scope: Construct, accounts: string[], { data, repositories = [] }: SharedInput): void {
  const principals = accounts.map((account) => new iam.AccountPrincipal(account));
  const { artifactBucket: bucket } = data;
  const key = bucket.encryptionKey ?? data.encryptionKey;

  allow(
    scope,
    'Files',
    `the bucket ${describe(scope, bucket.bucketName)}`,
    [
      new iam.PolicyStatement({
        sid: 'VersionsOfModels',
        principals,
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: FOLDERS.map((folder) => bucket.arnForObjects(`${folder}*`)),
      }),
      new iam.PolicyStatement({
        sid: 'ListVersionsOfModels',
        principals,
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': FOLDERS.map((folder) => `${folder}*`) } },
      }),
    ],
    (statement) => bucket.addToResourcePolicy(statement),
  );

  allow(scope, 'Key', `the key ${describe(scope, key.keyArn)}`, [
    new iam.PolicyStatement({
      sid: 'VersionsOfModels',
      principals,
      actions: ['kms:Decrypt', 'kms:DescribeKey'],
      resources: ['*'],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
    }),
  ], (statement) => key.addToResourcePolicy(statement));

  repositories.forEach((repository, index) => {
    allow(
      scope,
      `Images${index + 1}`,
      `the repository ${describe(scope, repository.repositoryName)}`,
      [
        new iam.PolicyStatement({
          sid: 'VersionsOfModels',
          principals,
          actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        }),
      ],
      (statement) => repository.addToResourcePolicy(statement),
    );
  });
}

/**
 * Adds the statements, or says where the owner must add them: a policy of something imported cannot be changed from
 * here.
 */
function allow(
  scope: Construct, id: string, where: string, statements: iam.PolicyStatement[],
  add: (statement: iam.PolicyStatement) => iam.AddToResourcePolicyResult,
): void {
  const missing = statements.filter((statement) => !add(statement).statementAdded);
  if (missing.length === 0) return;
  const description = `Statements that the policy of ${where} needs, so that other accounts can serve the models`;
  new CfnOutput(scope, `Missing${id}`, {
    description,
    value: Stack.of(scope).toJsonString(missing.map((statement) => statement.toStatementJson())),
  });
  Annotations.of(scope).addWarningV2(`mlops-constructs:registry-sharing-${id}`,
    `the policy of ${where} is not part of this app: add the statements of the output Missing${id} there`);
}

function describe(scope: Construct, name: string): string {
  return Stack.of(scope).resolve(name) === name ? name : 'of the data lake';
}

/** Where the pipeline puts models, and the evaluations and references that versions name. */
const FOLDERS = ['training/', 'evaluation/'];
