import {
  ArnFormat,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
  CfnResource,
  RemovalPolicy,
  Stack,
  Token,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from './data-lake-props';
import {
  ExperimentTrackerAttributes,
  ExperimentTrackerProps,
  IExperimentTracker,
  TrackingServerOptions,
  TrackingServerSize,
} from './experiment-tracker-props';
import { acknowledgePolicies } from './private/base/acknowledge';
import { pathText, stableName } from './private/base/names';
import { afterPolicies } from './private/base/ordering';
import { requireParts } from './private/base/parts';
import { requireOwnRole } from './private/base/places';
import { watchRegion } from './private/base/regions';
import { grantObjects, ObjectAccess } from './private/data/bucket-access';
import { sharesRemoval, statefulRemoval } from './private/data/removal';
import { MLFLOW_DELETE, MLFLOW_READ, MLFLOW_WRITE } from './private/tracking/mlflow-actions';
import { requireTexts } from '../core/private/texts';
import { requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Experiments, runs and models over the MLflow protocol, with the artifacts in the lake.
 *
 * Children: `Role`, and `App` or `Server`. The files are encrypted with the lake's key; the metadata with a key of AWS,
 * since CloudFormation has no property for another. Costs: an App only what it stores, a server its hours.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow.html
 *
 * @example
 * import { Stack } from 'aws-cdk-lib';
 * import { aws } from 'mlops-constructs';
 *
 * declare const stack: Stack;
 *
 * const data = new aws.DataLake(stack, 'Data');
 * const tracker = new aws.ExperimentTracker(stack, 'Tracker', { data });
 * const workspace = new aws.Workspace(stack, 'Workspace', { data, tracking: tracker, users: ['alice'] });
 * tracker.grantUse(workspace.executionRole);
 */
export class ExperimentTracker extends Construct implements IExperimentTracker {
  /** A tracker that another stack, or another tool, has made. */
  public static fromAttributes(
    scope: Construct,
    id: string,
    attributes: ExperimentTrackerAttributes,
  ): IExperimentTracker {
    return new ImportedTracker(scope, id, attributes);
  }

  /**
   * No tracker, for what asks for one: in a region that has neither MLflow Apps nor tracking servers, or where runs are
   * recorded elsewhere.
   */
  public static none(scope: Construct, id: string): IExperimentTracker {
    return new NoTracker(scope, id);
  }

  public readonly trackingUri: string;
  public readonly environment: { [name: string]: string };
  /** Role that SageMaker uses to reach the artifacts, and to register models where `registersModels` is on. */
  public readonly role: iam.IRole;
  /** The lake that holds the artifacts. */
  public readonly data: IDataLake;
  private readonly actions: string[];

  constructor(scope: Construct, id: string, props: ExperimentTrackerProps) {
    super(scope, id);
    watchRegion(this);
    const who: Speaker = speakerFor('experiment tracker', scope, id);
    requireParts(who, props, 'data');
    requireMatch(
      who,
      'weeklyMaintenanceStart',
      props.weeklyMaintenanceStart,
      MAINTENANCE,
      'a day and a time in UTC like Tue:03:30',
    );
    requireMatch(
      who,
      'trackingServer.mlflowVersion',
      props.trackingServer?.mlflowVersion,
      /^\d+\.\d+(\.\d+)?$/,
      'a version like 3.0.0',
    );
    requireOwnRole(this, who, 'role', props.role);
    const removalPolicy = statefulRemoval(this, who, props.removalPolicy);

    this.data = props.data;
    this.role = props.role ?? newRole(this, removalPolicy);
    grantStore(this.role, props.data);
    if (props.registersModels) grantRegistration(this.role);

    const { resource, arn } = props.trackingServer ? this.newServer(props, props.trackingServer) : this.newApp(props);
    resource.applyRemovalPolicy(removalPolicy);
    afterPolicies(resource, this.role, props.data.artifactBucket);
    this.trackingUri = arn;
    this.environment = environmentOf(arn);
    this.actions = props.trackingServer ? SERVER_ACTIONS : APP_ACTIONS;
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantTracking(grantee, this, this.actions, ['read']);
  }

  public grantUse(grantee: iam.IGrantable): iam.Grant {
    return grantTracking(grantee, this, this.actions, ['read', 'write']);
  }

  public grantManage(grantee: iam.IGrantable): iam.Grant {
    return grantTracking(grantee, this, this.actions, ['read', 'write', 'delete']);
  }

  private newApp(props: ExperimentTrackerProps): Made {
    const app = new sagemaker.CfnMlflowApp(this, 'App', {
      name: stableName(this, undefined, LONGEST_NAME),
      artifactStoreUri: artifactsOf(props.data),
      roleArn: this.role.roleArn,
      modelRegistrationMode: props.registersModels ? 'AutoModelRegistrationEnabled' : 'AutoModelRegistrationDisabled',
      weeklyMaintenanceWindowStart: props.weeklyMaintenanceStart,
    });
    return { resource: app, arn: app.attrArn };
  }

  private newServer(props: ExperimentTrackerProps, server: TrackingServerOptions): Made {
    const resource = new sagemaker.CfnMlflowTrackingServer(this, 'Server', {
      trackingServerName: stableName(this, undefined, LONGEST_NAME),
      trackingServerSize: server.size ?? TrackingServerSize.SMALL,
      mlflowVersion: server.mlflowVersion,
      artifactStoreUri: artifactsOf(props.data),
      roleArn: this.role.roleArn,
      automaticModelRegistration: props.registersModels ?? false,
      weeklyMaintenanceWindowStart: props.weeklyMaintenanceStart,
    });
    return { resource, arn: resource.attrTrackingServerArn };
  }
}

class ImportedTracker extends Construct implements IExperimentTracker {
  public readonly trackingUri: string;
  public readonly environment: { [name: string]: string };
  public readonly data: IDataLake;
  private readonly actions: string[];

  constructor(scope: Construct, id: string, attributes: ExperimentTrackerAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('experiment tracker', scope, id);
    requireTexts(who, attributes, { trackingUri: 'text' });
    const arn = attributes.trackingUri;
    const shape = /:mlflow-(app|tracking-server)\//;
    requireMatch(who, 'trackingUri', arn, shape, 'the ARN of an MLflow App or of a tracking server');
    this.trackingUri = arn;
    this.environment = environmentOf(arn);
    this.data = attributes.data;
    const unknown = Token.isUnresolved(arn);
    this.actions = [
      ...(unknown || arn.includes(':mlflow-app/') ? APP_ACTIONS : []),
      ...(unknown || !arn.includes(':mlflow-app/') ? SERVER_ACTIONS : []),
    ];
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantTracking(grantee, this, this.actions, ['read']);
  }

  public grantUse(grantee: iam.IGrantable): iam.Grant {
    return grantTracking(grantee, this, this.actions, ['read', 'write']);
  }

  public grantManage(grantee: iam.IGrantable): iam.Grant {
    return grantTracking(grantee, this, this.actions, ['read', 'write', 'delete']);
  }
}

/** Records nothing, and lets nobody do so. */
class NoTracker extends Construct implements IExperimentTracker {
  public readonly trackingUri = '';
  public readonly environment: { [name: string]: string } = {};

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.drop(grantee, 'there is no tracker');
  }

  public grantUse(grantee: iam.IGrantable): iam.Grant {
    return this.grantRead(grantee);
  }

  public grantManage(grantee: iam.IGrantable): iam.Grant {
    return this.grantRead(grantee);
  }
}

/** A resource that was made, and its ARN. */
interface Made {
  readonly resource: CfnResource;
  readonly arn: string;
}

function newRole(scope: Construct, removalPolicy: RemovalPolicy): iam.Role {
  const role = new iam.Role(scope, 'Role', {
    description: `MLflow of ${pathText(scope)}: reaches its artifacts`,
    assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com'),
  });
  acknowledgePolicies(role, [
    [/:model-package(-group)?\/\*$/, 'a registered model becomes a group of the name that its author chooses'],
  ]);
  sharesRemoval(role, removalPolicy);
  return role;
}

/** The artifacts; the service looks at the bucket itself too, so that here listing is not limited to the folder. */
function grantStore(role: iam.IRole, data: IDataLake): void {
  grantObjects(role, {
    bucket: data.artifactBucket,
    encryptionKey: data.encryptionKey,
    prefix: FOLDER,
    may: ['read', 'write'],
  });
  iam.Grant.addToPrincipalOrResource({
    grantee: role,
    actions: ['s3:ListBucket'],
    resourceArns: [data.artifactBucket.bucketArn],
    resource: data.artifactBucket,
  });
}

/**
 * https://docs.aws.amazon.com/sagemaker/latest/dg/mlflow-create-tracking-server-iam.html, with the two resource types
 * instead of `*`.
 */
function grantRegistration(role: iam.IRole): void {
  const arn = (resource: string) =>
    Stack.of(role).formatArn({
      service: 'sagemaker',
      resource,
      resourceName: '*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
  iam.Grant.addToPrincipal({
    grantee: role,
    actions: [
      'sagemaker:AddTags',
      'sagemaker:CreateModelPackage',
      'sagemaker:CreateModelPackageGroup',
      'sagemaker:DescribeModelPackageGroup',
      'sagemaker:UpdateModelPackage',
    ],
    resourceArns: [arn('model-package'), arn('model-package-group')],
  });
}

/** MLflow checks what is asked of it; the files are read and written by the client itself. */
function grantTracking(
  grantee: iam.IGrantable,
  tracker: { readonly trackingUri: string; readonly data: IDataLake },
  actions: string[],
  may: ObjectAccess['may'],
): iam.Grant {
  const mlflow = may.flatMap((verb) => ({ read: MLFLOW_READ, write: MLFLOW_WRITE, delete: MLFLOW_DELETE })[verb]);
  const { artifactBucket: bucket, encryptionKey } = tracker.data;
  return iam.Grant.addToPrincipal({
    grantee,
    actions: [...actions, ...mlflow],
    resourceArns: [tracker.trackingUri],
  }).combine(grantObjects(grantee, { bucket, encryptionKey, prefix: FOLDER, may }));
}

function artifactsOf(data: IDataLake): string {
  return data.artifactBucket.s3UrlForObject(FOLDER.slice(0, -1));
}

function environmentOf(trackingUri: string): { [name: string]: string } {
  return { MLFLOW_TRACKING_URI: trackingUri };
}

const FOLDER = 'mlflow/';

const LONGEST_NAME = 64;

const MAINTENANCE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun):([01]\d|2[0-3]):[0-5]\d$/;

const APP_ACTIONS = [
  'sagemaker:CallMlflowAppApi',
  'sagemaker:CreatePresignedMlflowAppUrl',
  'sagemaker:DescribeMlflowApp',
];

const SERVER_ACTIONS = ['sagemaker:CreatePresignedMlflowTrackingServerUrl', 'sagemaker:DescribeMlflowTrackingServer'];
