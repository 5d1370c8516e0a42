/** What a feature's values are. */
export enum FeatureType {
  /** Text. */
  STRING = 'string',
  /** Whole numbers of 64 bits. */
  INTEGER = 'integer',
  /** Floating-point numbers of 64 bits. */
  FLOAT = 'float',
}

/** One column of a feature group. */
export interface FeatureSpec {
  /** The column's name. */
  readonly name: string;
  /** What its values are. */
  readonly valueType: FeatureType;
}

/** Features of one kind of entity, written together. */
export interface FeatureGroupSpec {
  /** Name within the store; features of the same name in two groups are different features. */
  readonly name: string;
  /** The column that says which entity a row is about, `customer_id`; one of `features`, of type STRING or INTEGER. */
  readonly entityKey: string;
  /** The column that says when the row was true; one of `features`. Text is ISO 8601, a number is seconds since 1970. */
  readonly eventTime: string;
  /** All columns. Adding is always possible; removing or retyping is refused, because history would be lost. */
  readonly features: FeatureSpec[];
  /**
   * Whether the latest row of each entity can be read in milliseconds.
   *
   * @default true
   */
  readonly online?: boolean;
  /**
   * Days after which a row leaves the online store.
   *
   * @default - rows stay until they are replaced
   */
  readonly onlineTtlDays?: number;
  /**
   * Whether all rows are kept for training, point in time correct.
   *
   * @default true
   */
  readonly offline?: boolean;
}

/** Features defined once, the same at training and at serving. */
export interface FeatureStoreIntent {
  /** The groups of the store. */
  readonly featureGroups: FeatureGroupSpec[];
  /**
   * A JSON file in your repository that remembers the schema: what would lose history is refused at synthesis, before a cloud is asked.
   *
   * The file is written, and additions are taken into it, by synthesizing once with the context flag `mlops:updateSchemaLock`.
   * Without the flag a schema that the file does not know is an error, so that the file under review is the whole truth.
   *
   * @default - nothing is compared, and the cloud's own answer comes at deployment
   */
  readonly schemaLock?: string;
}
