import { ComplianceRow } from './compliance';
import { MaturityLevel, MaturityModel } from '../maturity';

/** One practice of the maturity model and what in the stacks proves it. */
export interface PracticeGrade {
  readonly practice: string;
  readonly fromLevel: MaturityLevel;
  /** Paths of the resources that prove it; empty where nothing does. */
  readonly evidence: readonly string[];
}

/** How mature the stacks are, by what is in them and not by what they are called. */
export interface MaturityGrade {
  /**
   * The highest level whose practices, and those of the levels below, are all proven; undefined when not even level 0's
   * are.
   */
  readonly level?: MaturityLevel;
  readonly practices: readonly PracticeGrade[];
}

/** The resources that prove a practice; undefined where one breaks it, so that nothing elsewhere can prove it. */
export type ProofIn<Around> = (around: Around, rows: readonly ComplianceRow[]) => readonly Proving[] | undefined;

/** A resource that can prove something. */
export interface Proving {
  readonly path: string;
}

/** What every cloud's landscape can be asked. */
export interface ProvingGround {
  readonly resources: readonly Proving[];
  ofType(...types: readonly string[]): readonly Proving[];
}

/** Proven by there being a resource of one of the types. */
export function having(...types: readonly string[]): ProofIn<ProvingGround> {
  return (around) => around.ofType(...types);
}

/**
 * Proven by what keeps the first policy, if nothing breaks the policies: a breach anywhere is a breach of the practice.
 */
export function keeping(...policies: readonly string[]): ProofIn<ProvingGround> {
  return (around, rows) => {
    const about = rows.filter((row) => policies.includes(row.policy));
    if (about.some((row) => row.verdict === 'violation')) return [];
    const kept = new Set(
      about.filter((row) => row.policy === policies[0] && row.verdict === 'compliant').map((row) => row.resource),
    );
    return around.resources.filter((resource) => kept.has(resource.path));
  };
}

/** What records runs of trainings, and what they are recorded in. */
export interface Recording<Around, Training extends Proving> {
  /** What trains automatically and registers versions. */
  readonly trainings: (around: Around) => readonly Training[];
  /** Whether such a training records its runs. */
  readonly records: (training: Training) => boolean;
  /** What is there to record in. */
  readonly trackers: (around: Around) => readonly Proving[];
}

/**
 * Proven by the trainings that record their runs; one that does not breaks it, however many trackers are there. Where
 * nothing trains yet people do, and a tracker is all that can be asked for.
 */
export function recording<Around, Training extends Proving>(
  { trainings, records, trackers }: Recording<Around, Training>,
): ProofIn<Around> {
  return (around) => {
    const found = trainings(around);
    if (found.length === 0) return trackers(around);
    return found.every(records) ? found : undefined;
  };
}

/** The grade of everything in the landscapes together. */
export function gradeBy<Around>(
  proofs: Readonly<Record<string, ProofIn<Around>>>, landscapes: readonly Around[], rows: readonly ComplianceRow[],
): MaturityGrade {
  const practices = MaturityModel.PRACTICES.map(({ name, fromLevel }) => {
    const found = landscapes.map((around) => proofs[name](around, rows));
    const proving = found.includes(undefined) ? [] : found.flatMap((each) => each ?? []);
    return { practice: name, fromLevel, evidence: proving.map(({ path }) => path).sort() };
  });
  const levels = [MaturityLevel.MANUAL, MaturityLevel.PIPELINE_AUTOMATION, MaturityLevel.CICD_AUTOMATION];
  const reached = levels.filter((level) =>
    practices.every(({ fromLevel, evidence }) => fromLevel > level || evidence.length > 0),
  );
  return { ...(reached.length === 0 ? {} : { level: reached[reached.length - 1] }), practices };
}
