import { IConstruct } from 'constructs';
import { MlopsPolicies } from './mlops-policies';
import { MaturityAssessment } from '../core/maturity-assessment';

/**
 * Grades the maturity of any stack by its resources: no blueprint and no construct of this library is needed. The same
 * grade stands in `compliance.md` where `MlopsPolicies` or guardrails look at the stack.
 *
 * ```ts
 * import { App, aws_s3 as s3, Stack } from 'aws-cdk-lib';
 * import { MaturityReport } from 'mlops-constructs/aws';
 *
 * const stack = new Stack(new App(), 'Churn');
 * new s3.Bucket(stack, 'Data', { versioned: true });
 * const missing = MaturityReport.of(stack).missingFor(0);
 * ```
 */
export class MaturityReport {
  /**
   * Grades everything below the scope together. Aspects, tags among them, count from the moment that the app is
   * synthesized.
   *
   * @param scope an app, a stack, or any construct in one
   */
  public static of(scope: IConstruct): MaturityAssessment {
    return MaturityAssessment._of(MlopsPolicies._gradeOf(scope));
  }

  private constructor() {}
}
