/** Types of the columns of a Delta Lake table. */
export enum DeltaColumnType {
  /** Text. */
  STRING = 'string',
  /** Whole numbers of 64 bits. */
  LONG = 'long',
  /** Floating-point numbers of 64 bits. */
  DOUBLE = 'double',
  /** True or false. */
  BOOLEAN = 'boolean',
  /** Days, without a time. */
  DATE = 'date',
  /** Points in time, with microseconds, in UTC. */
  TIMESTAMP = 'timestamp',
}

/** One column of a Delta Lake table. */
export interface DeltaColumnSpec {
  /** The column's name: letters, digits and underscores. */
  readonly name: string;
  /** Type of its values; every column may be null. */
  readonly columnType: DeltaColumnType;
}

/** A table of Delta Lake in the data lake. */
export interface DeltaTableSpec {
  /** Name of the table and of its folder: lower-case letters, digits and underscores. */
  readonly name: string;
  /**
   * Columns as the catalog lists them. Who writes may add columns later; readers of Delta Lake go by the table's own log.
   */
  readonly columns: DeltaColumnSpec[];
  /**
   * Columns that the files are divided by, in their order. A table that exists keeps its partitions.
   *
   * @default - not divided
   */
  readonly partitionBy?: string[];
}
