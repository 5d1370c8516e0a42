/** A place for raw data, features and artifacts: versioned, encrypted, private. */
export interface DataLakeIntent {
  /**
   * Days that a superseded version of an object is kept; the current one is kept for ever.
   *
   * @default 365
   */
  readonly noncurrentVersionDays?: number;
  /**
   * Days after which raw data moves to cheaper storage that still answers at once.
   *
   * @default 90
   */
  readonly coldStorageAfterDays?: number;
  /**
   * Days that captured requests and answers of endpoints are kept: they may hold personal data.
   *
   * @default 90
   */
  readonly captureRetentionDays?: number;
}
