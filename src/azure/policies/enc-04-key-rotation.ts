import { listed } from '../../core/private/listed';
import { Attributes, isRuntime, one } from '../../terraform/policy/resource-view';
import { Rule, undecided, unless } from '../../terraform/policy/rule';

const KEY = 'Microsoft.KeyVault/vaults/keys';

/** When a new version of a key comes: so long after the one before, or so long before that one expires. */
interface Rotation {
  readonly sinceCreation?: unknown;
  readonly beforeExpiry?: unknown;
  readonly expiry?: unknown;
}

/** A key has a rotation policy by which a new version comes at least once a year. */
export const keyRotation: Rule = {
  policy: 'MLOPS-ENC-04',
  types: ['azurerm_key_vault_key', KEY],
  fix: 'let a new version come automatically, at most a year after the one before',
  check({ type, attributes }) {
    const { sinceCreation, beforeExpiry, expiry } = type === KEY ? inBody(attributes) : inTerraform(attributes);
    if (sinceCreation === undefined && beforeExpiry === undefined) return unless(['nothing rotates it automatically']);
    const period = sinceCreation ?? expiry;
    const what = sinceCreation === undefined ? 'the time after which it expires' : 'the time after which it rotates';
    if (isRuntime(period)) return undecided(`${what} is known to Terraform only`);
    const days = daysOf(String(period));
    if (days === undefined) return unless([`${what} is ${period ?? 'missing'}`]);
    return unless(days <= YEAR ? [] : [`${what} is ${period}, longer than a year`]);
  },
};

function inTerraform({ rotation_policy: policy }: Attributes): Rotation {
  const { automatic, expire_after: expiry } = one(policy) ?? {};
  const { time_after_creation: sinceCreation, time_before_expiry: beforeExpiry } = one(automatic) ?? {};
  return { sinceCreation, beforeExpiry, expiry };
}

function inBody({ properties }: Attributes): Rotation {
  const { lifetimeActions, attributes } = properties?.rotationPolicy ?? {};
  const rotates = listed(lifetimeActions).find(({ action }) => /^rotate$/i.test(String(action?.type)));
  return {
    sinceCreation: rotates?.trigger?.timeAfterCreate,
    beforeExpiry: rotates?.trigger?.timeBeforeExpiry,
    expiry: attributes?.expiryTime,
  };
}

/** A leap year. */
const YEAR = 366;

/** `P90D`, `P3M`, `P1Y2M`. @see https://en.wikipedia.org/wiki/ISO_8601#Durations */
function daysOf(period: string): number | undefined {
  const [whole, years, months, weeks, days] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(period) ?? [];
  if (whole === undefined || whole === 'P') return undefined;
  return Number(years ?? 0) * 365 + Number(months ?? 0) * 30 + Number(weeks ?? 0) * 7 + Number(days ?? 0);
}
