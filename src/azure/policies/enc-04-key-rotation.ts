import { isRuntime, one } from '../../terraform/policy/resource-view';
import { Rule, undecided, unless } from '../../terraform/policy/rule';

/** A key has a rotation policy by which a new version comes at least once a year. */
export const keyRotation: Rule = {
  policy: 'MLOPS-ENC-04',
  types: ['azurerm_key_vault_key'],
  fix: 'set rotation_policy.automatic.time_after_creation, at most P1Y',
  check({ attributes }) {
    const rotation = one(attributes.rotation_policy);
    const { time_after_creation: sinceCreation, time_before_expiry: beforeExpiry } = one(rotation?.automatic) ?? {};
    if (sinceCreation === undefined && beforeExpiry === undefined) return unless(['rotation_policy.automatic is missing']);
    const name = sinceCreation === undefined ? 'expire_after' : 'time_after_creation';
    const period = sinceCreation ?? rotation.expire_after;
    if (isRuntime(period)) return undecided(`${name} is known to Terraform only`);
    const days = daysOf(String(period));
    if (days === undefined) return unless([`${name} is ${period ?? 'missing'}`]);
    return unless(days <= YEAR ? [] : [`${name} is ${period}, longer than a year`]);
  },
};

/** A leap year. */
const YEAR = 366;

/** `P90D`, `P3M`, `P1Y2M`. @see https://en.wikipedia.org/wiki/ISO_8601#Durations */
function daysOf(period: string): number | undefined {
  const [whole, years, months, weeks, days] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(period) ?? [];
  if (whole === undefined || whole === 'P') return undefined;
  return Number(years ?? 0) * 365 + Number(months ?? 0) * 30 + Number(weeks ?? 0) * 7 + Number(days ?? 0);
}
