/** Address of a folder of rows. */
export function rowsIn(container: string, account: string, path: string): string {
  return `abfss://${container}@${account}.dfs.core.windows.net/${path}`;
}
