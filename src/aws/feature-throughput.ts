/** Units of provisioned throughput, paid by the hour. */
export interface ProvisionedUnits {
  /**
   * Reads of 4 KB a second; only with an online store.
   *
   * @default 0
   */
  readonly readUnits?: number;
  /** Writes of 1 KB a second. */
  readonly writeUnits: number;
}

/** How reads and writes are paid. */
export class FeatureThroughput {
  /** Per request, for unpredictable traffic. A group can switch back to it once a day. */
  public static onDemand(): FeatureThroughput {
    return new FeatureThroughput('OnDemand');
  }

  /**
   * Per hour, at most 40000 units of each, for steady traffic. More requests are throttled.
   *
   * @example
   * import { aws } from 'mlops-constructs';
   *
   * const throughput = aws.FeatureThroughput.provisioned({ readUnits: 100, writeUnits: 20 });
   */
  public static provisioned(units: ProvisionedUnits): FeatureThroughput {
    return new FeatureThroughput('Provisioned', units);
  }

  private constructor(
    /** The mode as SageMaker names it. */
    public readonly mode: string,
    /** Provisioned units; undefined on demand. */
    public readonly units?: ProvisionedUnits,
  ) {}
}
