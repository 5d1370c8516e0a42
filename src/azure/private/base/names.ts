import { Fn } from 'cdktf';
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
 * Limits of names. A name that soft delete keeps for a while (workspace, vault, Log Analytics) is taken until it is
 * purged: the same stack in another group, or under another id, has another name.
 *
 * @see https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
const AZURE_NAMES = {
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
  metricsWorkspace: { maxLength: 44, separator: '-', isGlobal: false },
  mlAsset: { maxLength: 60, separator: '-', isGlobal: false },
  mlRegistry: { maxLength: 32, separator: '-', isGlobal: true },
  mlWorkspace: { maxLength: 33, separator: '-', isGlobal: false },
  network: { maxLength: 60, separator: '-', isGlobal: false },
  onlineEndpoint: { maxLength: 32, separator: '-', isGlobal: true },
  postgresqlServer: { maxLength: 63, separator: '-', isGlobal: true },
  queue: { maxLength: 63, separator: '-', isGlobal: false },
  redis: { maxLength: 63, separator: '-', isGlobal: true },
  resourceGroup: { maxLength: 80, separator: '-', isGlobal: false },
  resource: { maxLength: 60, separator: '-', isGlobal: false },
  storageAccount: { maxLength: 24, separator: '', isGlobal: true },
} as const satisfies { readonly [kind: string]: AzureNameShape };

/** A kind of resource that has a name of Azure's. */
export type AzureKind = keyof typeof AZURE_NAMES;

/**
 * A physical name that never moves by itself: the same in every synthesis and at every level, different in every stack,
 * and for what is named in all of Azure in every resource group. Where only Terraform knows the subscription or the
 * group, it computes the name's last digits.
 */
export function azureName(scope: IConstruct, kind: AzureKind, suffix?: string): string {
  const { maxLength, separator, isGlobal }: AzureNameShape = AZURE_NAMES[kind];
  const path = pathInStack(scope, suffix);
  if (!isGlobal) return shaped(path, maxLength, separator);
  const { parts, text } = placeOf(scope);
  if (parts !== undefined) return shaped([...path, ...parts], maxLength, separator);
  return `${shaped(path, maxLength - DIGITS - separator.length, separator)}${separator}${Fn.substr(Fn.sha256(text!), 0, DIGITS)}`;
}

/** A deterministic UUID, for resources that are named by one. */
export function stableUuid(scope: IConstruct, suffix?: string): string {
  const path = pathInStack(scope, suffix);
  const place = placeOf(scope);
  if (place.parts === undefined) return Fn.uuidv5('url', Fn.join('/', [...path, place.text!]));
  const digits = digestOf([...path, ...place.parts]);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `5${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** Digits that tell a name in this place from the same in another one, for names that are taken in the whole tenant. */
export function placeDigits(scope: IConstruct, suffix?: string): string {
  const path = pathInStack(scope, suffix);
  const place = placeOf(scope);
  if (place.parts === undefined) return Fn.substr(Fn.sha256(Fn.join('/', [...path, place.text!])), 0, DIGITS);
  return digestOf([...path, ...place.parts]).slice(0, DIGITS);
}

const DIGITS = 8;

function shaped(parts: readonly string[], maxLength: number, separator: '-' | ''): string {
  if (separator === '') return nameOf(parts, maxLength + 1, '-').replace(/-/g, '').slice(0, maxLength);
  return nameOf(parts, maxLength, separator);
}

/**
 * The subscription and group that are deployed to: digits of them, or a text that Terraform completes where only it
 * knows them.
 */
function placeOf(scope: IConstruct): { readonly parts?: readonly string[]; readonly text?: string } {
  const { subscriptionId, _groupName } = resourceGroupOf(scope);
  if ([subscriptionId, _groupName].some((each) => Token.isUnresolved(each))) {
    return { text: Fn.join('/', [subscriptionId, _groupName]) };
  }
  return { parts: [digestOf([subscriptionId, _groupName]).slice(0, DIGITS)] };
}
