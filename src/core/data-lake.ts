/** Versioned, encrypted, private storage for raw data, features and artifacts. */
export interface DataLakeIntent {
  /**
   * Days that a superseded version of an object is kept; the current version never expires.
   *
   * @default 365
   */
  readonly noncurrentVersionDays?: number;
  /**
   * Days after which raw data moves to a cheaper storage class with immediate access.
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
