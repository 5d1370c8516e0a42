/** The error that an action throws; undefined where it throws none. */
export function refusalOf(action: () => unknown): Error | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
