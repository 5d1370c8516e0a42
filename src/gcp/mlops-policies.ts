import { writeFileSync } from 'fs';
import { join } from 'path';
import { AnnotationMetadataEntryType, ISynthesisSession, TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { MEANINGLESS, PRESENCE_RULES, RULES } from './policies';
import { Policies, PolicySeverity } from '../core/policies';
import { acknowledge } from './private/base/acknowledge';
import { evaluate } from './private/policy/compliance';
import { gradeOf } from './private/policy/maturity-evidence';
import { Landscape } from './private/policy/resource-view';
import { ComplianceRow, outermost } from '../core/private/compliance';
import { complianceJson, complianceMarkdown } from '../core/private/compliance-report';
import { Speaker } from '../core/private/validation';
import { stackOf } from '../terraform/stack';

/**
 * Checks the policies of `Policies` while a stack is synthesized: a violation of an error policy stops synthesis, one of a warning policy is
 * a warning of cdktf.
 *
 * `MlopsPolicies.applyTo(scope)` is how it is used, and what `GovernanceGuardrails` does; it also writes `compliance.json` and
 * `compliance.md` beside the stack's `cdk.tf.json`, which also grade the maturity of what they see. The rules read the Terraform of the
 * stack as it will be written, overrides and aspects included.
 */
export class MlopsPolicies {
  /** Checks everything below the scope, which stands in a stack. May be called for several scopes of it; there is one report in each stack. */
  public static applyTo(scope: IConstruct): MlopsPolicies {
    const who: Speaker = { what: 'mlops policies', name: scope.node.id };
    const stack = stackOf(scope, who);
    const report = stack.node.tryFindChild(REPORT_ID) as ComplianceReport | undefined;
    const { policies } = report ?? new ComplianceReport(stack, REPORT_ID);
    policies.scopes.push(scope);
    return policies;
  }

  /**
   * Makes an exception where it is needed and says why: for the construct and everything below it. It appears in the report; without a
   * reason it is a violation itself.
   *
   * Takes findings of checkov too, on a single resource: `MlopsPolicies.acknowledge(bucket, 'CKV_GCP_62', '…')`.
   *
   * @param construct where the exception holds
   * @param id of the policy, `MLOPS-DAT-01`, or of one fault of several, `MLOPS-IAM-02[Role::roles/storage.admin]`
   * @param reason that a reader can judge
   */
  public static acknowledge(construct: IConstruct, id: string, reason: string): void {
    acknowledge(construct, id, reason);
  }

  /**
   * One for each stack.
   *
   * @internal
   */
  public static _new(): MlopsPolicies {
    return new MlopsPolicies();
  }

  private readonly scopes: IConstruct[] = [];

  private constructor() {}

  /**
   * Looks at the stack as it stands.
   *
   * @internal
   */
  public _check(): { readonly rows: readonly ComplianceRow[]; readonly json: string; readonly markdown: string } {
    const landscapes = outermost(this.scopes).map((scope) => new Landscape(scope));
    const rows = evaluate(landscapes, RULES, PRESENCE_RULES);
    const grade = gradeOf(landscapes, rows);
    return { rows, json: complianceJson(rows, grade, MEANINGLESS), markdown: complianceMarkdown(rows, grade, MEANINGLESS) };
  }
}

/**
 * Writes the report after all aspects have run and before the stack's file is written, and hands violations to the engine, which collects
 * annotations next. cdktf has this hook for its own assets and exports no name for it, only the symbol.
 */
class ComplianceReport extends Construct {
  public readonly policies = MlopsPolicies._new();

  constructor(stack: TerraformStack, id: string) {
    super(stack, id);
    const onSynthesize = ({ outdir, manifest }: ISynthesisSession) => {
      const { rows, json, markdown } = this.policies._check();
      const folder = join(outdir, manifest.forStack(stack).workingDirectory);
      writeFileSync(join(folder, 'compliance.json'), json);
      writeFileSync(join(folder, 'compliance.md'), markdown);
      rows.filter((row) => row.verdict === 'violation').forEach((row) => annotate(this, row));
    };
    Object.defineProperty(this, Symbol.for('cdktf/customSynthesis'), { value: { onSynthesize } });
  }
}

const REPORT_ID = 'MlopsCompliance';

/** Without the stack trace that the engine's own annotations have: the manifest must not depend on where the code lies. */
function annotate(report: Construct, row: ComplianceRow): void {
  const policy = Policies.find(row.policy);
  const level = policy.severity === PolicySeverity.ERROR ? AnnotationMetadataEntryType.ERROR : AnnotationMetadataEntryType.WARN;
  const message = `${policy.id} ${policy.title}: ${row.details.join('; ')} (${row.fix})`;
  const node = report.node.root.node.findAll().find((each) => each.node.path === row.resource) ?? report;
  if (node.node.metadata.some(({ type, data }) => type === level && data === message)) return;
  node.node.addMetadata(level, message);
}
