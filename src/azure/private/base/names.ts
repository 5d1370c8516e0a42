import { IConstruct } from 'constructs';
import { resourceGroupOf } from './resource-group-of';
import { digestOf, nameOf } from '../../../core/private/names';
import { Token } from '../../../core/private/tokens';
import { pathInStack } from '../../../terraform/names';

/** What the service takes for the name of a kind of resource. */
interface AzureNameShape {
  readonly maxLength: number;
  /** Between the parts; none where the service takes letters and digits alone. */
  readonly separator: '-' | '';
  /** Names are taken in all of Azure, or of the region: subscription and group go into the hash. */
  readonly isGlobal: boolean;
}

/**
 * Limits of names. A name that soft delete keeps for a while (workspace, vault, Log Analytics) is taken until it is purged: the same stack in another
 * group, or under another id, has another name.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export const AZURE_NAMES = {
  actionGroup: { maxLength: 260, separator: '-', isGlobal: false },
  applicationInsights: { maxLength: 64, separator: '-', isGlobal: false },
  batchEndpoint: { maxLength: 32, separator: '-', isGlobal: true },
  computeCluster: { maxLength: 16, separator: '-', isGlobal: false },
  computeInstance: { maxLength: 24, separator: '-', isGlobal: true },
  containerApp: { maxLength: 32, separator: '-', isGlobal: false },
  containerAppEnvironment: { maxLength: 60, separator: '-', isGlobal: false },
  containerRegistry: { maxLength: 50, separator: '', isGlobal: true },
  eventGridTopic: { maxLength: 50, separator: '-', isGlobal: false },
  identity: { maxLength: 64, separator: '-', isGlobal: false },
  keyVault: { maxLength: 24, separator: '-', isGlobal: true },
  logAnalytics: { maxLength: 63, separator: '-', isGlobal: false },
  logicApp: { maxLength: 43, separator: '-', isGlobal: false },
  mlAsset: { maxLength: 60, separator: '-', isGlobal: false },
  mlRegistry: { maxLength: 32, separator: '-', isGlobal: true },
  mlWorkspace: { maxLength: 33, separator: '-', isGlobal: false },
  network: { maxLength: 60, separator: '-', isGlobal: false },
  onlineEndpoint: { maxLength: 32, separator: '-', isGlobal: true },
  queue: { maxLength: 63, separator: '-', isGlobal: false },
  redis: { maxLength: 63, separator: '-', isGlobal: true },
  resourceGroup: { maxLength: 80, separator: '-', isGlobal: false },
  resource: { maxLength: 60, separator: '-', isGlobal: false },
  storageAccount: { maxLength: 24, separator: '', isGlobal: true },
} as const satisfies { readonly [kind: string]: AzureNameShape };

/** A kind of resource that has a name of Azure's. */
export type AzureKind = keyof typeof AZURE_NAMES;

/**
 * A physical name that never moves by itself: the same in every synthesis and at every level, different in every stack, and for what is named in all
 * of Azure in every resource group.
 */
export function azureName(scope: IConstruct, kind: AzureKind, suffix?: string): string {
  const { maxLength, separator, isGlobal }: AzureNameShape = AZURE_NAMES[kind];
  const path = pathInStack(scope, suffix);
  const parts = isGlobal ? [...path, placeOf(scope)] : path;
  if (separator === '') return nameOf(parts, maxLength + 1, '-').replace(/-/g, '').slice(0, maxLength);
  return nameOf(parts, maxLength, separator);
}

/** A deterministic UUID, for resources that are named by one. */
export function stableUuid(scope: IConstruct, suffix?: string): string {
  const digits = digestOf([...pathInStack(scope, suffix), placeOf(scope)]);
  return [digits.slice(0, 8), digits.slice(8, 12), `5${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`, digits.slice(20, 32)].join('-');
}

/** Eight digits for the place that is deployed to; a place that only Terraform knows is told apart by its stack alone. */
function placeOf(scope: IConstruct): string {
  const { subscriptionId, _groupName } = resourceGroupOf(scope);
  return digestOf([subscriptionId, _groupName].map((each) => (Token.isUnresolved(each) ? '' : each))).slice(0, 8);
}
