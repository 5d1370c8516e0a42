/** Notebooks for people, next to the data and without a public address. */
export interface WorkspaceIntent {
  /**
   * Names of the people (or teams) who get a notebook of their own; letters, digits and hyphens.
   *
   * @default ['data-scientist']
   */
  readonly users?: string[];
  /**
   * Idle time after which a notebook stops and costs no more, in minutes, 60 to 525600.
   *
   * @default 120
   */
  readonly idleShutdownMinutes?: number;
}
