import { CloudRunV2Service } from '@cdktf/provider-google/lib/cloud-run-v2-service';
import { VertexAiTensorboard } from '@cdktf/provider-google/lib/vertex-ai-tensorboard';
import { Construct } from 'constructs';
import { ExperimentTrackerAttributes, ExperimentTrackerProps, IExperimentTracker } from './experiment-tracker-props';
import { GoogleProject } from './google-project';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { after } from './private/base/ordering';
import { newContainerService, ServiceAddress, serviceAddress } from './private/integrations/container-service';
import { newDatabase, PrivateDatabase, requireDatabaseTier } from './private/integrations/database';
import { grantRunInvoke } from './private/serving/cloud-run-caller';
import { mlflowContainer, trackerImage } from './private/tracking/server';
import { ServiceAccount } from './service-account';
import { IServiceAccount } from './service-account-props';
import { Cloud, Parity } from '../core/parity';
import { requireTexts } from '../core/private/texts';
import { Token } from '../core/private/tokens';
import { refuse, requireInteger, requireMatch, Speaker, speakerFor } from '../core/private/validation';
import { stableName } from '../terraform/names';
import { mayDestroy } from '../terraform/removal';

/**
 * Experiments, runs and models over the MLflow protocol: a server on Cloud Run, a PostgreSQL database without a public
 * address, artifacts in the lake under `mlflow/`.
 *
 * The server answers inside the project's network alone, to who has a grant. The password of the database is made while
 * applying and lies in Secret Manager: neither the template nor Terraform's state has it, which takes Terraform 1.11
 * (or OpenTofu 1.11). Children: `Server`, `Database`, `ServiceAccount`, `Password`, `Images` (the mirror),
 * `TensorBoard`. Costs: the database, about 26 USD a month while it is there; the server only while it answers, unless
 * `minInstances` says otherwise.
 *
 * @see https://mlflow.org/docs/latest/self-hosting/
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * new gcp.ExperimentTracker(stack, 'Tracker', { data });
 */
export class ExperimentTracker extends Construct implements IExperimentTracker {
  /** A tracker that another stack has made. */
  public static fromAttributes(
    scope: Construct,
    id: string,
    attributes: ExperimentTrackerAttributes,
  ): IExperimentTracker {
    return new ImportedTracker(scope, id, attributes);
  }

  public readonly trackingUri: string;
  public readonly publicAddress?: boolean;
  public readonly environment: { [name: string]: string };
  /** Service account of the server. */
  public readonly serviceAccount: IServiceAccount;
  /** Name of the Cloud Run service. */
  public readonly serviceName: string;
  /** Name of the Cloud SQL instance. */
  public readonly databaseInstance: string;
  /**
   * Resource name of the TensorBoard, what a custom job takes; undefined unless asked for. Who writes to it needs
   * `roles/aiplatform.user`.
   */
  public readonly tensorboardName?: string;

  public constructor(scope: Construct, id: string, props: ExperimentTrackerProps) {
    super(scope, id);
    const who: Speaker = speakerFor('experiment tracker', scope, id);
    check(who, props);
    const isDestroyable = mayDestroy(this, who, props.removalPolicy);
    const { encryptionKey } = props.data;

    this.serviceAccount = new ServiceAccount(this, 'ServiceAccount', { displayName: `MLflow of ${this.node.path}` });
    const database = newDatabase(this, {
      engine: 'postgresql',
      name: 'mlflow',
      encryptionKey,
      client: this.serviceAccount,
      tier: props.databaseTier ?? 'db-g1-small',
      highlyAvailable: props.highlyAvailable ?? false,
      passwordVersion: props.passwordVersion ?? 1,
      isDestroyable,
    });
    this.databaseInstance = database.instance.name;

    const address = serviceAddress(this);
    this.trackingUri = address.uri;
    this.publicAddress = props.publicAddress ?? false;
    this.environment = environmentOf(this.trackingUri);
    const service = this.newServer(address, database, props);
    this.serviceName = service.name;
    if (props.tensorboard) this.tensorboardName = this.newTensorboard(props, isDestroyable);
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantRunInvoke(this, this.serviceName, principal, 'use');
  }

  private newServer(
    address: ServiceAddress,
    database: PrivateDatabase,
    props: ExperimentTrackerProps,
  ): CloudRunV2Service {
    const { encryptionKey } = props.data;
    const image =
      props.image === undefined ? trackerImage(this, encryptionKey, props.mlflowVersion ?? MLFLOW) : undefined;
    const artifacts = props.data.grantReadWrite(this.serviceAccount, FOLDER);
    return newContainerService(this, 'Server', {
      address,
      description: `MLflow of ${this.node.path}`,
      encryptionKey,
      runsAs: this.serviceAccount.email,
      publicAddress: props.publicAddress ?? false,
      checksCallers: true,
      timeoutSeconds: 900,
      scaling: { minInstanceCount: props.minInstances ?? 0, maxInstanceCount: props.maxInstances ?? 2 },
      container: mlflowContainer({
        image: image?.uri ?? props.image!,
        host: address.host,
        artifacts: `gs://${props.data.artifactBucketName}/${FOLDER.slice(0, -1)}`,
        database,
      }),
      needs: [artifacts, ...database.ready, ...(image?.ready ?? [])],
    });
  }

  private newTensorboard(props: ExperimentTrackerProps, isDestroyable: boolean): string {
    const project = GoogleProject.of(this);
    return new VertexAiTensorboard(this, 'TensorBoard', {
      displayName: stableName(this, undefined, { maxLength: 63, separator: '-' }),
      project: project.projectId,
      region: project.region,
      description: `Curves of training of ${this.node.path}`,
      encryptionSpec: { kmsKeyName: props.data.encryptionKey.keyId },
      lifecycle: { preventDestroy: !isDestroyable },
      dependsOn: after(project._api('aiplatform'), props.data.encryptionKey.grantServiceAgent('aiplatform')),
    }).name;
  }
}

class ImportedTracker extends Construct implements IExperimentTracker {
  public readonly trackingUri: string;
  public readonly publicAddress?: boolean;
  public readonly environment: { [name: string]: string };
  private readonly serviceName: string;

  public constructor(scope: Construct, id: string, attributes: ExperimentTrackerAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('experiment tracker', scope, id);
    requireMatch(
      who,
      'trackingUri',
      attributes.trackingUri,
      /^https:\/\/[^/\s]+$/,
      'the address of the service, https://….run.app',
    );
    requireMatch(
      who,
      'serviceName',
      attributes.serviceName,
      /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'the name of a Cloud Run service',
    );
    requireTexts(who, attributes, { trackingUri: 'text', serviceName: 'text' });
    this.trackingUri = attributes.trackingUri;
    this.publicAddress = attributes.publicAddress ?? false;
    this.environment = environmentOf(attributes.trackingUri);
    this.serviceName = attributes.serviceName;
  }

  public grantUse(principal: IPrincipal): Grant {
    return grantRunInvoke(this, this.serviceName, principal, 'use');
  }
}

function check(who: Speaker, props: ExperimentTrackerProps): void {
  Parity._refuse(who, 'ExperimentTrackerIntent', Cloud.GCP, props);
  requireMatch(who, 'mlflowVersion', props.mlflowVersion, /^3\.\d+\.\d+$/, `a version of MLflow 3 like ${MLFLOW}`);
  requireDatabaseTier(who, props.databaseTier);
  requireMatch(
    who,
    'image',
    props.image,
    /^\S+\/\S+$/,
    'the address of an image, europe-west4-docker.pkg.dev/my-project/images/mlflow:3.15.1',
  );
  if (props.image !== undefined && props.mlflowVersion !== undefined) {
    refuse(
      who,
      'mlflowVersion',
      props.mlflowVersion,
      'left out where image is given: it is the image that has a version',
    );
  }
  requireInteger(who, 'minInstances', props.minInstances, 0, 10);
  requireInteger(who, 'maxInstances', props.maxInstances, 1, 10);
  requireInteger(who, 'passwordVersion', props.passwordVersion, 1, 1_000_000);
  const { minInstances = 0, maxInstances = 2 } = props;
  const isKnown = !Token.isUnresolved(minInstances) && !Token.isUnresolved(maxInstances);
  if (isKnown && minInstances > maxInstances) {
    refuse(who, 'minInstances', minInstances, `at most maxInstances, ${maxInstances}`);
  }
}

function environmentOf(trackingUri: string): { [name: string]: string } {
  return { MLFLOW_TRACKING_URI: trackingUri };
}

const FOLDER = 'mlflow/';

const MLFLOW = '3.15.1';
