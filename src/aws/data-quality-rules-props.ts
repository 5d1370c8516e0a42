import { Schedule } from '../core/schedule';

/**
 * Rules that the rows of one table must keep, checked by Glue Data Quality on a schedule.
 *
 * A run costs at least the two DPUs that it takes, by the minute.
 *
 * @see https://docs.aws.amazon.com/glue/latest/dg/data-quality-gs-catalog.html
 */
export interface DataQualityRules {
  /** The table; it must exist when a run starts, not when the stack is deployed. */
  readonly tableName: string;
  /**
   * Rules in the data quality definition language, `IsComplete "customer_id"` or
   * `ColumnValues "age" between 0 and 120`.
   *
   * @see https://docs.aws.amazon.com/glue/latest/dg/dqdl.html
   */
  readonly rules: string[];
  /**
   * The Glue database of the table.
   *
   * @default - the data lake's
   */
  readonly databaseName?: string;
  /**
   * Where the table's files are, in the data lake's buckets.
   *
   * @default 'offline/' - the offline features
   */
  readonly dataPrefix?: string;
  /**
   * When the rules are checked.
   *
   * @default Schedule.daily()
   */
  readonly schedule?: Schedule;
}
