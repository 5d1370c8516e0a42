import { aws_iam as iam, aws_lambda as lambda, aws_logs as logs, CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from '../../data-lake-props';
import { acknowledgeOwnFunction, acknowledgePolicies } from '../base/acknowledge';
import { pathText } from '../base/names';
import { afterPolicies } from '../base/ordering';
import { grantObjects } from '../data/bucket-access';

/** Files of a client in the lake. */
export interface ClientFilesInput {
  readonly data: IDataLake;
  /** Folder in the bucket of artifacts, with a slash at the end. */
  readonly folder: string;
  /** Contents, by path in the folder. */
  readonly files: { readonly [path: string]: string };
}

/**
 * Writes the files of a client into the lake, and takes away those that are none any more.
 *
 * A function, because CloudFormation has no resource for an object of S3; it may write this one folder.
 *
 * Children: `Files`, `FilesFunction`, `FilesRole`, `FilesLogs`.
 */
export function writeClientFiles(scope: Construct, { data, files, folder }: ClientFilesInput): CustomResource {
  const { artifactBucket: bucket, encryptionKey } = data;
  const logGroup = new logs.LogGroup(scope, 'FilesLogs', { encryptionKey, retention: logs.RetentionDays.ONE_YEAR });
  const role = new iam.Role(scope, 'FilesRole', {
    description: `Writes the files of clients of ${pathText(scope)}`,
    assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  grantObjects(role, { bucket, encryptionKey, prefix: folder, may: ['write', 'delete'] });
  acknowledgePolicies(role, []);
  const handler = new lambda.Function(scope, 'FilesFunction', {
    description: `Writes the files of clients of ${pathText(scope)}`.slice(0, 256),
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline(CLIENT_FILES_CODE),
    timeout: Duration.minutes(2),
    role,
    logGroup,
  });
  const once = 'runs when CloudFormation changes the files, and reports what happened to CloudFormation';
  acknowledgeOwnFunction(handler, once, `${once}; it writes one folder of the lake and reads nothing`);
  const resource = new CustomResource(scope, 'Files', {
    resourceType: 'Custom::ClientFiles',
    serviceToken: handler.functionArn,
    properties: { Bucket: bucket.bucketName, Folder: folder, Files: files },
    serviceTimeout: Duration.minutes(3),
  });
  afterPolicies(resource, role);
  return resource;
}

/** Another folder is another resource: CloudFormation deletes what was in the one before. */
export const CLIENT_FILES_CODE = String.raw`
import boto3
import cfnresponse

def handler(event, context):
  own = event["ResourceProperties"]
  physical_id = f"s3://{own['Bucket']}/{own['Folder']}"
  try:
    s3, files = boto3.client("s3"), own.get("Files", {})
    is_delete = event["RequestType"] == "Delete"
    same = event.get("PhysicalResourceId") == physical_id
    gone = files if is_delete else event.get("OldResourceProperties", {}).get("Files", {}) if same else {}
    for path, content in ({} if is_delete else files).items():
      s3.put_object(Bucket=own["Bucket"], Key=own["Folder"] + path, Body=content.encode(), ContentType="text/plain")
    for path in gone:
      if is_delete or path not in files:
        s3.delete_object(Bucket=own["Bucket"], Key=own["Folder"] + path)
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {}, physical_id)
  except Exception as error:
    print(error)
    cfnresponse.send(event, context, cfnresponse.FAILED, {}, physical_id, reason=str(error)[:500])
`.trimStart();
