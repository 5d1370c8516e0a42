import { Fn, Token } from 'cdktf';
import { Construct } from 'constructs';
import { FeatureGroupAttributes, IFeatureGroup } from './feature-group-props';
import { Grant } from './grant';
import { IPrincipal } from './principal';
import { customRole, grantRole } from './private/base/grants';
import { requireProps } from './private/base/require-props';
import { blobsBelow, requireFolder } from './private/data/blob-access';
import { redisRole } from './private/features/online-store';
import { rowsIn } from './private/features/rows';
import { refuse, refuseBecause, requireMatch, Speaker, speakerFor } from '../core/private/validation';

/**
 * Grants of a feature group, created here or imported.
 *
 * `FeatureStore` makes one for each group of its own; `fromAttributes` makes one for a group that exists.
 */
export class FeatureGroup extends Construct implements IFeatureGroup {
  /** A group that another stack, or another tool, has made. */
  public static fromAttributes(scope: Construct, id: string, attributes: FeatureGroupAttributes): IFeatureGroup {
    return new FeatureGroup(scope, id, attributes);
  }

  public readonly featureStoreId: string;
  public readonly featureSetName: string;
  public readonly featureSetVersion: string;
  public readonly sourceFolder: string;
  public readonly onlineStoreId?: string;

  private constructor(scope: Construct, id: string, private readonly attributes: FeatureGroupAttributes) {
    super(scope, id);
    const who: Speaker = speakerFor('feature group', scope, id);
    requireProps(who, 'FeatureGroupAttributes', attributes);
    const { sourceAccountId, sourceContainer, sourcePath } = attributes;
    requireMatch(
      who,
      'featureStoreId',
      attributes.featureStoreId,
      WORKSPACE,
      'the ARM id of a feature store, …/providers/Microsoft.MachineLearningServices/workspaces/<name>',
    );
    requireFolder(who, 'sourcePath', `${sourcePath}/`);
    this.featureStoreId = attributes.featureStoreId;
    this.featureSetName = attributes.featureSetName;
    this.featureSetVersion = attributes.featureSetVersion;
    this.sourceFolder = rowsIn(sourceContainer, accountName(who, sourceAccountId), sourcePath);
    this.onlineStoreId = attributes.onlineStoreId;
  }

  public grantRead(principal: IPrincipal): Grant {
    const { onlineStoreId } = this;
    if (onlineStoreId === undefined) {
      return refuseBecause(
        speakerFor('feature group', this),
        'grantRead reads the online store, which it does not have: use grantReadOffline',
      );
    }
    return Grant.all([
      this.grantDefinitions(principal),
      grantRole(this, principal, 'read-online', {
        scope: onlineStoreId,
        role: redisRole(this, 'OnlineReader', onlineStoreId),
        description: 'Reads features of the online store, whose key its clients ask for',
      }),
    ]);
  }

  public grantWrite(principal: IPrincipal): Grant {
    const { sourceAccountId, sourceContainer, sourcePath } = this.attributes;
    return grantRole(this, principal, 'write-rows', {
      scope: containerOf(sourceAccountId, sourceContainer),
      role: 'storageBlobDataContributor',
      limit: blobsBelow(`${sourcePath}/`),
      description: 'Writes rows of a feature group',
    });
  }

  public grantReadOffline(principal: IPrincipal): Grant {
    const { sourceAccountId, sourceContainer, offlineStoreId } = this.attributes;
    const rows = containerOf(sourceAccountId, sourceContainer);
    const read = (purpose: string, scope: string) => grantRole(this, principal, purpose, {
      scope, role: 'storageBlobDataReader', description: 'Reads rows of features, and what is materialized of them',
    });
    // Materialized rows of all groups lie in folders that the service names.
    return Grant.all([
      this.grantDefinitions(principal),
      read('read-rows', rows),
      ...(offlineStoreId === rows ? [] : [read('read-materialized', offlineStoreId)]),
    ]);
  }

  /**
   * Looking at feature sets, and their specifications. Microsoft's own roles that can do so may change them as well.
   */
  private grantDefinitions(principal: IPrincipal): Grant {
    const { specificationAccountId } = this.attributes;
    const role = customRole(this, 'Reader', {
      title: `Reads feature sets of ${this.featureSetName}`,
      actions: [
        'Microsoft.MachineLearningServices/workspaces/read',
        'Microsoft.MachineLearningServices/workspaces/connections/read',
        'Microsoft.MachineLearningServices/workspaces/datastores/read',
        'Microsoft.MachineLearningServices/workspaces/featuresets/read',
        'Microsoft.MachineLearningServices/workspaces/featurestoreentities/read',
        'Microsoft.MachineLearningServices/workspaces/featurestores/read',
        'Microsoft.MachineLearningServices/workspaces/jobs/read',
      ],
    });
    return Grant.all([
      grantRole(this, principal, 'read-definitions', {
        scope: this.featureStoreId,
        role,
        description: 'Looks at feature sets',
      }),
      ...(specificationAccountId === undefined
        ? []
        : [
          grantRole(this, principal, 'read-specifications', {
            scope: specificationAccountId,
            role: 'storageBlobDataReader',
            description: 'Reads specifications of feature sets',
          }),
        ]),
    ]);
  }
}

const WORKSPACE =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+$/i;

function containerOf(accountId: string, container: string): string {
  return `${accountId}/blobServices/default/containers/${container}`;
}

/** The last part of the id, which Terraform takes out where the account is its own. */
function accountName(who: Speaker, accountId: string): string {
  if (Token.isUnresolved(accountId)) return Token.asString(Fn.element(Fn.split('/', accountId), 8));
  return (
    /\/Microsoft\.Storage\/storageAccounts\/([^/]+)$/i.exec(accountId)?.[1] ??
    refuse(who, 'sourceAccountId', accountId, 'the ARM id of a storage account')
  );
}
