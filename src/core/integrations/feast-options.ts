import { FeatureGroupSpec } from '../feature-store';
import { Schedule } from '../schedule';

/** Options of Feast: those of a server that the stack hosts, or of one that exists. */
export interface FeastOptions {
  /**
   * Groups that Feast serves, as the feature store of the cloud has them: the rows that it keeps offline are Feast's
   * source. What is `online` here is online in Feast.
   *
   * @default - a server that exists has its own definitions
   */
  readonly featureGroups?: FeatureGroupSpec[];
  /**
   * Name of Feast's project: letters, digits and underscores.
   *
   * @default - made of the names in the stack; that of a server that exists must be given
   */
  readonly project?: string;
  /**
   * When new rows are taken into the online store.
   *
   * @default Schedule.hourly()
   */
  readonly materializeAt?: Schedule;
  /**
   * Address of a feature server that exists. It goes with `registry`.
   *
   * @default - the stack hosts a server
   */
  readonly endpoint?: string;
  /**
   * Registry of a server that exists: a file like `s3://bucket/registry.db` or `gs://bucket/registry.db`, or host and
   * port of a registry server, `feast.example.com:6570`.
   *
   * @default - the registry that the stack makes
   */
  readonly registry?: string;
}
