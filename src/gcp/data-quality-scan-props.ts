import { DataQualityRule } from './data-quality-scan';
import { Schedule } from '../core/schedule';

/**
 * Rules for one table of BigQuery, checked by a Dataplex data quality scan on a schedule. A scan costs what it
 * processes, by the hour of a data compute unit; sampling and the row filter make it less.
 */
export interface DataQualityScan {
  /** Id of the table; it must exist when a scan starts, not when the stack is deployed. */
  readonly tableId: string;
  /** Rules for its rows. */
  readonly rules: DataQualityRule[];
  /**
   * Dataset of the table.
   *
   * @default - the data lake's dataset of features
   */
  readonly datasetId?: string;
  /**
   * When the rules are checked.
   *
   * @default Schedule.daily()
   */
  readonly schedule?: Schedule;
  /**
   * Share of the rows that is looked at, in percent, more than 0 up to 100.
   *
   * @default 100
   */
  readonly samplingPercent?: number;
  /**
   * A condition of SQL that picks the rows that are looked at:
   * `event_time >= TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)`.
   *
   * @default - all rows
   */
  readonly rowFilter?: string;
}
