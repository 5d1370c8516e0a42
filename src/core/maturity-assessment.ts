import { MaturityModel } from './maturity';
import { MlopsError } from './private/errors';
import { MaturityGrade } from './private/maturity-grade';

/** One practice of the maturity model and its proof in a stack. */
export interface AssessedPractice {
  /** Name of the practice, as docs/maturity.md has it. */
  readonly name: string;
  /** Evidence that the practice asks for. */
  readonly evidence: string;
  /** Level from which the practice is needed, 0 to 2. */
  readonly fromLevel: number;
  /** Paths of the resources that prove it; empty where none does. */
  readonly provenBy: string[];
}

/**
 * Maturity of stacks by the resources that they have, whoever made them. `MaturityReport.of(scope)` of a cloud returns
 * it.
 */
export class MaturityAssessment {
  /** @internal */
  public static _of(grade: MaturityGrade): MaturityAssessment {
    return new MaturityAssessment(grade);
  }

  /**
   * Highest level whose practices, and those of the levels below, are all proven.
   *
   * @default - practices of level 0 are missing
   */
  public readonly level?: number;
  /** The practices, in the order of the lifecycle. */
  public readonly practices: AssessedPractice[];

  private constructor(grade: MaturityGrade) {
    this.level = grade.level;
    this.practices = grade.practices.map(({ practice, fromLevel, evidence }, index) => ({
      name: practice,
      evidence: MaturityModel.PRACTICES[index].evidence,
      fromLevel,
      provenBy: [...evidence],
    }));
  }

  /**
   * Practices that are not proven and that the level needs, those of the levels below among them.
   *
   * @param level 0, 1 or 2
   */
  public missingFor(level: number): AssessedPractice[] {
    if (![0, 1, 2].includes(level)) {
      throw new MlopsError('Invalid maturity level', `maturity: level must be 0, 1 or 2, got ${level}`);
    }
    return this.practices.filter(({ fromLevel, provenBy }) => fromLevel <= level && provenBy.length === 0);
  }
}
