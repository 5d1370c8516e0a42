import { BigqueryDataset } from '@cdktf/provider-google/lib/bigquery-dataset';
import { BigqueryDatasetIamMember } from '@cdktf/provider-google/lib/bigquery-dataset-iam-member';
import { FirestoreDatabase } from '@cdktf/provider-google/lib/firestore-database';
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member';
import { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { storeFolderOf } from './folders';
import { FeastOptions } from '../../../core/integrations/feast-options';
import { feastConfiguration, feastDefinitions } from '../../../core/private/integrations/feast';
import { PlaceholderValues } from '../../../core/private/integrations/placeholders';
import { acknowledge } from '../../../terraform/acknowledge';
import { stableName } from '../../../terraform/names';
import { onceInStack } from '../../../terraform/once';
import { IDataLake } from '../../data-lake-props';
import { IFeatureGroup } from '../../feature-group-props';
import { IFeatureStore } from '../../feature-store-props';
import { GoogleProject } from '../../google-project';
import { Grant } from '../../grant';
import { IPrincipal } from '../../principal';
import { grantOnce } from '../base/grants';
import { after } from '../base/ordering';
import { grantInProject } from '../base/project-roles';

/** Parts of Feast's stores. */
export interface FeastStoresInput {
  readonly feast: FeastOptions;
  /** The feature store that has the groups. */
  readonly features: IFeatureStore;
  readonly data: IDataLake;
  readonly isDestroyable: boolean;
}

/**
 * Where Feast keeps what it knows: the registry is a file in the lake, the online store a database of Firestore in
 * Datastore mode, which costs by what is read, written and kept. The offline store is the tables of the feature store.
 *
 * Children: `Online`, `Temporary`, a dataset for the tables of queries, which go after an hour.
 *
 * @see https://docs.feast.dev/reference/online-stores/datastore
 * @see https://docs.feast.dev/reference/offline-stores/bigquery
 */
export class FeastStores {
  /** Files of Feast, as placeholders. */
  public readonly values: PlaceholderValues;
  public readonly ready: ITerraformDependable[];
  private readonly groups: readonly IFeatureGroup[];
  private readonly online: FirestoreDatabase;
  private readonly temporary: BigqueryDataset;

  public constructor(private readonly scope: Construct, private readonly input: FeastStoresInput) {
    const { data, feast, features } = input;
    const groups = feast.featureGroups!;
    const project = GoogleProject.of(scope);
    this.groups = groups.map(({ name }) => features.featureGroup(name));
    this.online = this.newOnlineStore();
    this.temporary = this.newTemporaryDataset();
    this.ready = [this.online, this.temporary];
    this.values = {
      'feast.configuration': feastConfiguration({
        project: feast.project ?? stableName(scope, undefined, { maxLength: 63, separator: '_' }),
        provider: 'gcp',
        registry: { path: `gs://${data.artifactBucketName}/${storeFolderOf(scope)}registry.db`, cache_ttl_seconds: 60 },
        offlineStore: {
          type: 'bigquery',
          project_id: project.projectId,
          dataset: this.temporary.datasetId,
          location: project.region,
        },
        onlineStore: { type: 'datastore', project_id: project.projectId, database: this.online.name },
      }),
      'feast.definitions': feastDefinitions(groups, ({ eventTime, name }) => ({
        module: 'feast',
        className: 'BigQuerySource',
        arguments: { table: features.featureGroup(name).tableName, timestamp_field: eventTime },
      })),
    };
  }

  /** Allows what a client does: reading features of both stores by the registry. */
  public grantUse(principal: IPrincipal): Grant {
    return Grant.all([
      ...this.grantStores(principal, 'viewer'),
      this.input.data.grantRead(principal, storeFolderOf(this.scope)),
    ]);
  }

  /** Allows what the server does, which also writes the online store; its registry is granted with its place. */
  public grantServe(principal: IPrincipal): Grant {
    return Grant.all(this.grantStores(principal, 'user'));
  }

  private grantStores(principal: IPrincipal, role: 'user' | 'viewer'): Grant[] {
    const { projectId } = GoogleProject.of(this.scope);
    const { artifactBucketName: bucket } = this.input.data;
    return [
      grantInProject(this.scope, principal, `datastore.${role}`, {
        title: `online store ${this.online.nameInput}`,
        expression: `resource.name == "projects/${projectId}/databases/${this.online.nameInput}"`,
      }),
      grantOnce(this.scope, principal, 'make tables', (scope, id) => new BigqueryDatasetIamMember(scope, id, {
        project: projectId,
        datasetId: this.temporary.datasetId,
        role: 'roles/bigquery.dataEditor',
        member: principal.member,
      })),
      // Feast asks for the bucket before it asks for its registry.
      grantOnce(this.scope, principal, 'see bucket', (scope, id) =>
        onceInStack(scope, ['bucket', bucket, 'bucketViewer', principal.member], () => new StorageBucketIamMember(scope, id, {
          bucket, role: 'roles/storage.bucketViewer', member: principal.member,
        }))),
      ...this.groups.map((group) => group.grantReadOffline(principal)),
    ];
  }

  private newOnlineStore(): FirestoreDatabase {
    const { data: { encryptionKey }, isDestroyable } = this.input;
    const project = GoogleProject.of(this.scope);
    return new FirestoreDatabase(this.scope, 'Online', {
      name: stableName(this.scope, 'Online', { maxLength: 63, separator: '-' }),
      project: project.projectId,
      locationId: project.region,
      type: 'DATASTORE_MODE',
      concurrencyMode: 'OPTIMISTIC',
      pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_DISABLED',
      deleteProtectionState: isDestroyable ? 'DELETE_PROTECTION_DISABLED' : 'DELETE_PROTECTION_ENABLED',
      deletionPolicy: isDestroyable ? 'DELETE' : 'ABANDON',
      cmekConfig: { kmsKeyName: encryptionKey.keyId },
      lifecycle: isDestroyable ? undefined : { preventDestroy: true },
      dependsOn: after(project._api('firestore', 'datastore'), encryptionKey.grantServiceAgent('firestore')),
    });
  }

  private newTemporaryDataset(): BigqueryDataset {
    const { encryptionKey } = this.input.data;
    const project = GoogleProject.of(this.scope);
    const dataset = new BigqueryDataset(this.scope, 'Temporary', {
      datasetId: stableName(this.scope, 'Temporary', { maxLength: 100, separator: '_' }),
      project: project.projectId,
      location: project.region,
      description: `Tables that queries of Feast need for an hour, of ${this.scope.node.path}`,
      defaultTableExpirationMs: 3_600_000,
      defaultEncryptionConfiguration: { kmsKeyName: encryptionKey.keyId },
      deleteContentsOnDestroy: true,
      dependsOn: after(encryptionKey.grantServiceAgent('bigquery')),
    });
    acknowledge(dataset, 'MLOPS-DAT-02', 'its tables go after an hour');
    return dataset;
  }
}
