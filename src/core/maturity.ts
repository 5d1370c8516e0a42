/**
 * Maturity levels of MLOps.
 *
 * @internal
 */
export enum MaturityLevel {
  /** Manual steps on versioned and encrypted data, code and experiments. */
  MANUAL = 0,
  /** Automated pipeline: training runs on triggers and registers versions that pass the quality gate. */
  PIPELINE_AUTOMATION = 1,
  /** Automated CI/CD: code, pipelines and models are delivered automatically, and drift starts training. */
  CICD_AUTOMATION = 2,
}

/**
 * One practice of MLOps and the level from which a stack has it.
 *
 * @internal
 */
export interface MaturityPractice {
  /** Name of the practice. */
  readonly name: string;
  /** Evidence for the practice. */
  readonly evidence: string;
  /** Level from which it is part of the blueprint. */
  readonly fromLevel: MaturityLevel;
  /** Blueprint fields that provide it: `data`, `training` … */
  readonly providedBy: string[];
}

/**
 * The maturity model as data: practices that blueprints provide and reports are graded by. People read it in
 * docs/maturity.md.
 *
 * @internal
 */
export class MaturityModel {
  /** The practices, in the order of the lifecycle. */
  public static readonly PRACTICES: MaturityPractice[] = [
    practice(
      'data versioning and lineage',
      'datasets versioned, origin and transformations recorded, immutable history',
      0,
      'data',
    ),
    practice(
      'code and configuration versioning',
      'everything as code, pinned dependencies and images',
      0,
      'data',
      'registry',
    ),
    practice(
      'experiment tracking',
      'parameters, data, metrics and artifacts of each run recorded and comparable',
      0,
      'tracking',
    ),
    practice(
      'reproducible environments',
      'containers by digest, seeds and versions recorded',
      0,
      'workspace',
      'registry',
    ),
    practice(
      'encryption and access control',
      'data and models encrypted, role-based least privilege, no public path',
      0,
      'data',
      'governance',
    ),
    practice(
      'cost control',
      'budget with alerts, scale to zero, spot where it serves, idle shutdown',
      0,
      'governance',
      'workspace',
    ),
    practice('feature store', 'features defined once, the same at training and serving', 1, 'features'),
    practice('automated training pipeline', 'prepare, train, evaluate, gate, register automatically', 1, 'training'),
    practice('continuous training', 'on a schedule and on new data', 1, 'training'),
    practice('model registry with versions and approval', 'who approved what, from which data and code', 1, 'registry'),
    practice('automated deployment of approved models', 'no copying of files', 1, 'serving'),
    practice('scaling with load', 'horizontal autoscaling of serving, distributed training', 1, 'serving', 'training'),
    practice(
      'monitoring',
      'performance, latency, throughput, errors, resource use; dashboard; alerts',
      1,
      'monitoring',
    ),
    practice('drift detection', 'data and prediction drift measured against the training reference', 1, 'monitoring'),
    practice('automated tests', 'data validation, model validation on held-out data, integration tests', 1, 'training'),
    practice(
      'CI/CD of pipelines and infrastructure',
      'build, test, deploy on a commit; separate dev, staging, prod',
      2,
      'delivery',
    ),
    practice('progressive delivery', 'canary, linear, blue/green, A/B, shadow', 2, 'serving'),
    practice('rollback', 'automatic on alarm, and by hand to any earlier version', 2, 'serving'),
    practice('retraining on drift', 'closed loop from monitor to training', 2, 'monitoring', 'training'),
    practice('model quality with ground truth', 'delayed labels joined, accuracy tracked', 2, 'monitoring'),
    practice('feedback loop', 'production answers and labels flow back to the data', 2, 'monitoring', 'data'),
    practice(
      'governance',
      'approval workflow, audit trail, model and data cards, risk rating, compliance report',
      2,
      'governance',
      'registry',
    ),
    practice(
      'collaboration',
      'shared workspaces, roles for data scientist, engineer, approver, auditor; runbooks',
      2,
      'workspace',
      'governance',
    ),
  ];

  /** The practices that a level has: its own and those of the levels below. */
  public static practicesOf(level: MaturityLevel): MaturityPractice[] {
    return MaturityModel.PRACTICES.filter((each) => each.fromLevel <= level);
  }

  private constructor() {}
}

function practice(name: string, evidence: string, fromLevel: MaturityLevel, ...providedBy: string[]): MaturityPractice {
  return { name, evidence, fromLevel, providedBy };
}
