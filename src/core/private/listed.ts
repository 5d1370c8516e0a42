/** A list of a template's, or the one thing that stands for it; none where it is left out. */
export function listed(value: any): any[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
