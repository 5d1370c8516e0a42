import { IConstruct } from 'constructs';
import { INAPPLICABLE, PRESENCE_RULES, RULES } from './policies';
import { MaturityGrade } from '../core/private/maturity-grade';
import { speakerFor } from '../core/private/validation';
import { acknowledge } from '../terraform/acknowledge';
import { stackOf } from '../terraform/stack';
import { seenAsArm } from './private/policy/arm-view';
import { gradeOf } from './private/policy/maturity-evidence';
import { CloudPolicies, ComplianceReport, gradeIn } from '../terraform/policy/report';

/**
 * Checks the policies of `Policies` while a stack is synthesized: a violation of an error policy stops synthesis, one
 * of a warning policy is a warning of cdktf.
 *
 * `MlopsPolicies.applyTo(scope)` is how it is used, and what `GovernanceGuardrails` does; it also writes
 * `compliance.json` and `compliance.md` beside the stack's `cdk.tf.json`, which also grade the maturity of what they
 * see, and `report.html`, the same for people on one page. The rules read the Terraform of the stack as it will be written, overrides and aspects included, and the bodies
 * of Azure's resource manager in it by their own types.
 */
export class MlopsPolicies {
  /**
   * Checks everything below the scope, which stands in a stack. May be called for several scopes of it; there is one
   * report in each stack.
   */
  public static applyTo(scope: IConstruct): MlopsPolicies {
    const report = ComplianceReport.in(stackOf(scope, speakerFor('mlops policies', scope)), AZURE);
    report.cover(scope);
    const policies = OF_REPORT.get(report) ?? new MlopsPolicies();
    OF_REPORT.set(report, policies);
    return policies;
  }

  /**
   * Makes an exception where it is needed and says why: for the construct and everything below it. It appears in the
   * report; without a reason it is a violation itself.
   *
   * Takes findings of checkov too, on a single resource: `MlopsPolicies.acknowledge(account, 'CKV_AZURE_33', '…')`.
   *
   * @param construct where the exception holds
   * @param id of the policy, `MLOPS-DAT-01`, or of one fault of several,
   *   `MLOPS-IAM-02[Role::Storage Account Contributor]`
   * @param reason that a reader can judge
   */
  public static acknowledge(construct: IConstruct, id: string, reason: string): void {
    acknowledge(construct, id, reason);
  }

  /**
   * The maturity of everything below the scope.
   *
   * @internal
   */
  public static _gradeOf(scope: IConstruct): MaturityGrade {
    return gradeIn(scope, AZURE);
  }

  private constructor() {}
}

const AZURE: CloudPolicies = {
  rules: RULES,
  presenceRules: PRESENCE_RULES,
  notApplicable: INAPPLICABLE,
  seenAs: seenAsArm,
  gradeOf,
};

/** One for each report, so for each stack. */
const OF_REPORT = new WeakMap<ComplianceReport, MlopsPolicies>();
