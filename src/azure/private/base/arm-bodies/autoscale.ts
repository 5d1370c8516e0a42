/** @see https://learn.microsoft.com/azure/templates/microsoft.insights/2022-10-01/autoscalesettings */
export interface AutoscaleSettingBody {
  readonly properties: AutoscaleProperties;
}

/** Texts may be expressions of a workflow, which writes the setting. */
export interface AutoscaleProperties {
  readonly name?: string;
  readonly enabled?: boolean;
  readonly targetResourceUri: unknown;
  readonly profiles: readonly AutoscaleProfile[];
}

export interface AutoscaleProfile {
  readonly name: string;
  /** Numbers as text. */
  readonly capacity: { readonly minimum: string; readonly maximum: string; readonly default: string };
  readonly rules: readonly AutoscaleRule[];
}

export interface AutoscaleRule {
  readonly metricTrigger: {
    readonly metricName: string;
    readonly metricResourceUri: unknown;
    readonly timeAggregation: 'Average' | 'Total' | 'Maximum';
    readonly statistic: 'Average';
    /** Durations in ISO 8601. */
    readonly timeGrain: string;
    readonly timeWindow: string;
    readonly operator: 'GreaterThan' | 'LessThan';
    readonly threshold: number;
    readonly dividePerInstance?: boolean;
    readonly dimensions?: readonly {
      readonly DimensionName: string;
      readonly Operator: 'Equals';
      readonly Values: readonly unknown[];
    }[];
  };
  readonly scaleAction: {
    readonly direction: 'Increase' | 'Decrease';
    readonly type: 'ChangeCount';
    readonly value: string;
    readonly cooldown: string;
  };
}
