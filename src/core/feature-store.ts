/** Value types of features. */
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
  /** Type of its values. */
  readonly valueType: FeatureType;
}

/** Feature group: the features of one kind of entity, written together. */
export interface FeatureGroupSpec {
  /** Name within the store; features of the same name in two groups are different features. */
  readonly name: string;
  /** Column with the key of the entity, `customer_id`; one of `features`, of type STRING or INTEGER. */
  readonly entityKey: string;
  /**
   * Column with the time at which the row was valid; one of `features`. Text is ISO 8601, a number is seconds since
   * 1970.
   */
  readonly eventTime: string;
  /** All columns. Features can be added; removing or retyping one is refused, because its history would be lost. */
  readonly features: FeatureSpec[];
  /**
   * Whether the latest row of each entity can be read in milliseconds.
   *
   * @default true
   */
  readonly online?: boolean;
  /**
   * Time to live of rows in the online store, in days.
   *
   * @default - rows do not expire
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
   * JSON file in your repository that pins the schema: changes that would lose history are refused at synthesis.
   *
   * The file is written, and additions are taken into it, by synthesizing once with the context flag
   * `mlops:updateSchemaLock`. Without the flag a schema that the file does not know is an error, so that a review sees
   * every change of the schema.
   *
   * @default - the schema is not compared at synthesis; the cloud refuses at deployment
   */
  readonly schemaLock?: string;
}
