/** Fields of an API structure, in the API's own names. */
export type ApiFields = Readonly<Record<string, unknown>>;

/** The fields that the CDK writes with other capitals than the API. */
const OTHER_CAPITALS: Readonly<Record<string, string>> = {
  memorySizeInMb: 'MemorySizeInMB',
  volumeSizeInGb: 'VolumeSizeInGB',
};

/**
 * The properties of a CDK resource as the parameters of the API call that does the same: both are made from one model,
 * and differ in the first letter.
 *
 * So a variant is described once, whether the template makes it or the rollout workflow does.
 */
export function toApi(properties: object): ApiFields {
  return Object.fromEntries(Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [OTHER_CAPITALS[name] ?? name[0].toUpperCase() + name.slice(1), toApiValue(value)]));
}

function toApiValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toApiValue);
  return typeof value === 'object' && value !== null ? toApi(value) : value;
}
