import { writeFileSync } from 'fs';
import { join } from 'path';
import { TerraformStack } from 'cdktf';
import { Construct, IConstruct } from 'constructs';
import { evaluate } from './evaluate';
import { Landscape, SeenAs } from './resource-view';
import { PresenceRule, Rule } from './rule';
import { Policies, PolicySeverity } from '../../core/policies';
import { ComplianceRow, outermost, SharedFinding, sharedFindings } from '../../core/private/compliance';
import { complianceJson, complianceMarkdown } from '../../core/private/compliance-report';
import { MaturityGrade } from '../../core/private/maturity-grade';
import { reportPage } from '../../core/private/report-page';
import { refuseBecause, speakerFor } from '../../core/private/validation';
import { fail, warn } from '../annotations';
import { Rendering, withTheFile } from '../files';
import { stackOf } from '../stack';

/** The policies of one cloud. */
export interface CloudPolicies {
  /** Rules about single resources. */
  readonly rules: readonly Rule[];
  /** Rules about what must be there at all. */
  readonly presenceRules: readonly PresenceRule[];
  /** Policies that the cloud leaves nothing to check of, by id, and why. */
  readonly notApplicable: { readonly [policy: string]: string };
  /** What the rules see of a resource that carries others. @default - itself */
  readonly seenAs?: SeenAs;
  /** The maturity that the resources prove. */
  readonly gradeOf: (landscapes: readonly Landscape[], rows: readonly ComplianceRow[]) => MaturityGrade;
}

/**
 * Writes `compliance.json`, `compliance.md` and `report.html` beside the stack's `cdk.tf.json`, and hands violations to the engine as
 * annotations: an error stops synthesis. One for each stack.
 */
export class ComplianceReport extends Construct {
  /** The report of the stack, made at the first call. */
  public static in(stack: TerraformStack, policies: CloudPolicies): ComplianceReport {
    const report = stack.node.tryFindChild(ID) as ComplianceReport | undefined ?? new ComplianceReport(stack, policies);
    if (report.policies !== policies) {
      refuseBecause(
        speakerFor('mlops policies', stack),
        'the stack has the compliance report of another cloud already: give each cloud a stack of its own',
      );
    }
    return report;
  }

  private readonly scopes: IConstruct[] = [];

  private constructor(stack: TerraformStack, private readonly policies: CloudPolicies) {
    super(stack, ID);
    withTheFile(stack, (folder, json) => this.write(folder, json));
  }

  /** Looks at everything below the scope as well. */
  public cover(scope: IConstruct): void {
    this.scopes.push(scope);
  }

  private write(folder: string, json: Rendering): void {
    const { rules, presenceRules, notApplicable, seenAs, gradeOf } = this.policies;
    const landscapes = outermost(this.scopes).map((scope) => new Landscape(scope, json, seenAs));
    const rows = evaluate(landscapes, rules, presenceRules);
    const grade = gradeOf(landscapes, rows);
    writeFileSync(join(folder, 'compliance.json'), complianceJson(rows, grade, notApplicable));
    writeFileSync(join(folder, 'compliance.md'), complianceMarkdown(rows, grade, notApplicable));
    const page = reportPage(TerraformStack.of(this).node.id, rows, grade, notApplicable);
    writeFileSync(join(folder, 'report.html'), page);
    const nodes = new Map(this.node.root.node.findAll().map((each) => [each.node.path, each]));
    for (const finding of sharedFindings(rows)) {
      const alone = finding.resources.length === 1 ? nodes.get(finding.row.resource) : TerraformStack.of(this);
      annotate(alone ?? this, finding);
    }
  }
}

/** The maturity of everything below the scope, which is in a stack or holds stacks. */
export function gradeIn(scope: IConstruct, policies: CloudPolicies): MaturityGrade {
  const { rules, presenceRules, seenAs, gradeOf } = policies;
  const inside = scope.node.findAll().filter((each) => TerraformStack.isStack(each));
  const landscapes = (inside.length === 0 ? [scope] : outermost(inside))
    .map((each) => new Landscape(each, stackOf(each, speakerFor('maturity report', each)).toTerraform(), seenAs));
  return gradeOf(landscapes, evaluate(landscapes, rules, presenceRules));
}

const ID = 'MlopsCompliance';

/** Resources that a warning names; the report has all. */
const NAMED = 3;

function annotate(on: IConstruct, { row, resources }: SharedFinding): void {
  const policy = Policies.find(row.policy);
  const more = resources.length > NAMED ? ` and ${resources.length - NAMED} more` : '';
  const where = resources.length === 1 ? '' : ` at ${resources.length} resources, ${resources.slice(0, NAMED).join(', ')}${more}`;
  const message = `${policy.id} ${policy.title}: ${row.details.join('; ')}${where} (${row.fix})`;
  (policy.severity === PolicySeverity.ERROR ? fail : warn)(on, message);
}
