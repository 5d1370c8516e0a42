/** The first place where the value lacks what is wanted, in words; undefined where it has all of it. */
export function partialMismatch(got: any, want: any, path = ''): string | undefined {
  if (isObject(want)) {
    if (!isObject(got)) return differs(got, want, path);
    return Object.keys(want)
      .map((name) => partialMismatch(got[name], want[name], path === '' ? name : `${path}.${name}`))
      .find((each) => each !== undefined);
  }
  return JSON.stringify(got) === JSON.stringify(want) ? undefined : differs(got, want, path);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function differs(got: unknown, want: unknown, path: string): string {
  const is = got === undefined ? 'is missing' : `is ${JSON.stringify(got)}`;
  return `${path === '' ? 'it' : path} ${is}, expected ${JSON.stringify(want)}`;
}
