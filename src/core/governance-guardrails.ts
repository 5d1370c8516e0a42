/** Monthly cost budget with notifications; it stops no resource. */
export interface BudgetSpec {
  /** Cost a month that is expected at most, in US dollars. */
  readonly monthlyUsd: number;
  /** E-mail addresses that are notified. */
  readonly alertEmails: string[];
  /**
   * Thresholds of notifications, in percent of the budget by actual cost; the last one also by forecast cost.
   *
   * @default [50, 80, 100]
   */
  readonly alertAtPercent?: number[];
}

/** Risk rating of a model: the harm that a wrong prediction can do. */
export enum RiskRating {
  /** Not assessed yet. */
  UNKNOWN = 'Unknown',
  /** Low. */
  LOW = 'Low',
  /** Medium. */
  MEDIUM = 'Medium',
  /** High: decisions about people, money or safety. */
  HIGH = 'High',
}

/** Content of the model card. */
export interface ModelCardSpec {
  /** Intended use, in a sentence or two. */
  readonly intendedUse: string;
  /** Owner who is accountable for the model. */
  readonly owner: string;
  /**
   * Risk rating of a model: the harm that a wrong prediction can do.
   *
   * @default RiskRating.UNKNOWN
   */
  readonly riskRating?: RiskRating;
  /**
   * Limitations and uses that are out of scope.
   *
   * @default - the card names no limitations
   */
  readonly limitations?: string;
}

/** Guardrails: policies, budget, audit log and compliance evidence. */
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
   * Audit log of data access and API calls.
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
   * The policies of `Policies`, checked while synthesizing: a violation fails synthesis, and a report lists every
   * verdict.
   *
   * @default - the level decides: from level 2 on; on when there is no level
   */
  readonly policyChecks?: boolean;
  /**
   * Guardrails that the cloud enforces on resources that people and pipelines create later.
   *
   * @default - the level decides: from level 2 on; on when there is no level
   */
  readonly cloudGuardrails?: boolean;
}
