/** A limit on cost; nothing is stopped, people are told. */
export interface BudgetSpec {
  /** Cost a month that is expected at most, in US dollars. */
  readonly monthlyUsd: number;
  /** Addresses that are told. */
  readonly alertEmails: string[];
  /**
   * Shares of the budget at which people are told, in percent of actual cost; the last also of forecast cost.
   *
   * @default [50, 80, 100]
   */
  readonly alertAtPercent?: number[];
}

/** How much harm a wrong answer can do. */
export enum RiskRating {
  /** Not assessed yet. */
  UNKNOWN = 'Unknown',
  /** Little. */
  LOW = 'Low',
  /** Some. */
  MEDIUM = 'Medium',
  /** Much: decisions about people, money or safety. */
  HIGH = 'High',
}

/** What a reader must know before trusting the model. */
export interface ModelCardSpec {
  /** What the model is for, in a sentence or two. */
  readonly intendedUse: string;
  /** Who answers for it. */
  readonly owner: string;
  /**
   * How much harm a wrong answer can do.
   *
   * @default RiskRating.UNKNOWN
   */
  readonly riskRating?: RiskRating;
  /**
   * What the model is not for, and where it fails.
   *
   * @default - not said
   */
  readonly limitations?: string;
}

/** Rules, limits and evidence around everything else. */
export interface GovernanceIntent {
  /**
   * Monthly budget with alerts.
   *
   * @default - none
   */
  readonly budget?: BudgetSpec;
  /**
   * Tags (labels) of everything that can be tagged without being replaced.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
  /**
   * Record of who read and wrote data and who called which API.
   *
   * @default - the level decides: from level 1 on; on when there is no level
   */
  readonly auditLog?: boolean;
  /**
   * The model's card.
   *
   * @default - none
   */
  readonly modelCard?: ModelCardSpec;
  /**
   * The policies of `Policies`, checked while synthesizing: a violation stops synthesis, and a report says what holds and why not.
   *
   * @default - the level decides: from level 2 on; on when there is no level
   */
  readonly policyChecks?: boolean;
  /**
   * Rules that the cloud enforces on what people and pipelines create later.
   *
   * @default - the level decides: from level 2 on; on when there is no level
   */
  readonly cloudGuardrails?: boolean;
}
