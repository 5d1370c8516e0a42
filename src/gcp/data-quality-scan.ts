import { MlopsError } from '../core/private/errors';
import { requireText, requireTexts } from '../core/private/texts';

/**
 * One rule that the rows of a table must keep.
 *
 * @see https://cloud.google.com/dataplex/docs/auto-data-quality-overview#rule-types
 */
export class DataQualityRule {
  /**
   * The column has a value in every row, or in so many percent of them.
   *
   * @example
   * import { gcp } from 'mlops-constructs';
   *
   * const rules = [
   *   gcp.DataQualityRule.complete('customer_id'),
   *   gcp.DataQualityRule.between('age', 0, 120, 99),
   *   gcp.DataQualityRule.table('COUNT(*) > 1000'),
   * ];
   */
  public static complete(column: string, percent: number = 100): DataQualityRule {
    given('complete', { column });
    return new DataQualityRule({
      column,
      dimension: 'COMPLETENESS',
      threshold: share(column, percent),
      nonNullExpectation: {},
    });
  }

  /** No value of the column appears twice. */
  public static unique(column: string): DataQualityRule {
    given('unique', { column });
    return new DataQualityRule({ column, dimension: 'UNIQUENESS', uniquenessExpectation: {} });
  }

  /** The column lies between two numbers, both included, in every row or in so many percent of them. */
  public static between(column: string, min: number, max: number, percent: number = 100): DataQualityRule {
    given('between', { column });
    if (!(min <= max)) {
      throw new MlopsError(
        'Invalid data quality rule',
        `data quality rule '${column}': between must name the smaller number first, got ${min} and ${max}`,
      );
    }
    return new DataQualityRule({
      column,
      dimension: 'VALIDITY',
      threshold: share(column, percent),
      ignoreNull: true,
      rangeExpectation: { minValue: `${min}`, maxValue: `${max}` },
    });
  }

  /** The column has one of these values, in every row or in so many percent of them. */
  public static oneOf(column: string, values: string[], percent: number = 100): DataQualityRule {
    given('oneOf', { column });
    requireTexts({ what: 'data quality rule', name: column }, { values }, { values: 'words' });
    if (values.length === 0) {
      throw new MlopsError(
        'Invalid data quality rule',
        `data quality rule '${column}': oneOf must name one value at least, got none`,
      );
    }
    return new DataQualityRule({
      column,
      dimension: 'VALIDITY',
      threshold: share(column, percent),
      ignoreNull: true,
      setExpectation: { values },
    });
  }

  /** The column matches a regular expression (RE2), in every row or in so many percent of them. */
  public static matches(column: string, regex: string, percent: number = 100): DataQualityRule {
    given('matches', { column, regex });
    return new DataQualityRule({
      column,
      dimension: 'VALIDITY',
      threshold: share(column, percent),
      ignoreNull: true,
      regexExpectation: { regex },
    });
  }

  /** A condition of SQL that each row meets, or so many percent of them: `amount >= 0 OR kind = 'refund'`. */
  public static rows(sqlExpression: string, percent: number = 100): DataQualityRule {
    given('rows', { sqlExpression });
    return new DataQualityRule({
      dimension: 'VALIDITY',
      threshold: share('rows', percent),
      rowConditionExpectation: { sqlExpression },
    });
  }

  /**
   * A condition of SQL on the whole table: `COUNT(*) > 1000`, or
   * `MAX(updated) > TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 DAY)`.
   */
  public static table(sqlExpression: string): DataQualityRule {
    given('table', { sqlExpression });
    return new DataQualityRule({ dimension: 'VOLUME', tableConditionExpectation: { sqlExpression } });
  }

  /** @internal */
  public readonly _rule: { readonly [attribute: string]: unknown };

  private constructor(rule: { readonly [attribute: string]: unknown }) {
    this._rule = rule;
  }
}

/** Refuses parameters that are no text. */
function given(rule: string, texts: { readonly [parameter: string]: string }): void {
  for (const [parameter, value] of Object.entries(texts)) {
    requireText({ what: 'data quality rule', name: rule }, parameter, value);
  }
}

function share(what: string, percent: number): number {
  if (percent > 0 && percent <= 100) return Number((percent / 100).toPrecision(6));
  throw new MlopsError(
    'Invalid data quality rule',
    `data quality rule '${what}': percent must be more than 0 and at most 100, got ${percent}`,
  );
}
