/** What a YAML document is made of here. */
export type Yaml = string | number | boolean | readonly Yaml[] | { readonly [key: string]: Yaml | undefined };

/**
 * Writes a value as block-style YAML: keys in the order they were written, texts of several lines as literal blocks.
 *
 * Enough for workflow files, whose text must be the same in every synthesis and read well in a review.
 */
export function toYaml(value: Yaml): string {
  return `${lines(value).join('\n')}\n`;
}

function lines(value: Yaml): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => hang(empty(item) ?? lines(item)));
  if (typeof value !== 'object') return scalar(value as string | number | boolean);
  return Object.entries(value).filter(([, each]) => each !== undefined).flatMap(([key, each]) => entry(key, each!));
}

function entry(key: string, value: Yaml): string[] {
  const nothing = empty(value);
  if (nothing !== undefined) return [`${key}: ${nothing[0]}`];
  const below = lines(value);
  if (typeof value !== 'object') {
    return [`${key}: ${below[0]}`, ...below.slice(1).map((line) => (line === '' ? '' : `  ${line}`))];
  }
  return [`${key}:`, ...below.map((line) => (line === '' ? '' : `  ${line}`))];
}

/** Collections without anything in them have no block style. */
function empty(value: Yaml): string[] | undefined {
  if (typeof value !== 'object' || Object.values(value).some((each) => each !== undefined)) return undefined;
  return [Array.isArray(value) ? '[]' : '{}'];
}

/** The first line after the dash, the others under it. */
function hang(block: string[]): string[] {
  return block.map((line, index) => (index === 0 ? `- ${line}` : line === '' ? '' : `  ${line}`));
}

function scalar(value: string | number | boolean): string[] {
  if (typeof value !== 'string') return [String(value)];
  if (value.includes('\n')) return ['|', ...value.replace(/\n$/, '').split('\n')];
  if (PLAIN.test(value) && !/^(true|false|null|yes|no|y|n|on|off|[.+-]?\d[\w.+-]*|\.(inf|nan))$/i.test(value)) {
    return [value];
  }
  return [value.includes("'") && !/["\\]/.test(value) ? `"${value}"` : `'${value.replace(/'/g, "''")}'`];
}

/** Texts that no YAML reader takes for anything else. */
const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./@=-]*( [A-Za-z0-9_./@=-]+)*$/;
