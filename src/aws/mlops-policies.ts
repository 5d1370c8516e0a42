import { writeFileSync } from 'fs';
import { join } from 'path';
import {
  attachCustomSynthesis,
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  ISynthesisSession,
  PolicyValidationPluginReport,
  PolicyViolation,
  Stage,
  Validations,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { PRESENCE_RULES, RULES } from './policies';
import { Policies, PolicySeverity } from '../core/policies';
import { ComplianceRow, evaluate, landscapesOf } from './private/policy/compliance';
import { gradeOf, MaturityGrade } from './private/policy/maturity-evidence';
import { Landscape } from './private/policy/resource-view';
import { SharedFinding, sharedFindings } from '../core/private/compliance';
import { complianceJson, complianceMarkdown } from '../core/private/compliance-report';
import { reportPage } from '../core/private/report-page';

/**
 * Checks the policies of `Policies` while an app is synthesized: a violation of an error policy stops synthesis.
 *
 * `MlopsPolicies.applyTo(scope)` is how it is used, and what `GovernanceGuardrails` does; it also writes
 * `compliance.json` and `compliance.md` into the cloud assembly, which also grade the maturity of what they see,
 * and `report.html`, the same for people on one page. An
 * exception is made where it is needed and says why:
 * `Validations.of(bucket).acknowledge({ id: 'MLOPS-DAT-01', reason: '…' })`. It counts for everything below that
 * construct and appears in the report; without a reason it is a violation itself.
 *
 * The rules read the construct tree as it stands when the templates are made, overrides, aspects and tags included.
 */
export class MlopsPolicies implements IPolicyValidationPlugin {
  /**
   * Checks everything below the scope. May be called for several scopes of an app, and more than once for one: there is
   * one plugin in an app, each resource is checked once, and there is one report in each assembly (an app has one, and
   * each stage has its own).
   */
  public static applyTo(scope: IConstruct): MlopsPolicies {
    const root = scope.node.root;
    let policies = REGISTERED.get(root);
    if (policies === undefined) {
      policies = new MlopsPolicies();
      REGISTERED.set(root, policies);
      Validations.of(root).addPlugins(policies);
    }
    policies.scopes.push(scope);
    const assembly = assemblyOf(scope);
    if (assembly.node.tryFindChild(REPORT_ID) === undefined) {
      new ComplianceReport(assembly as Construct, REPORT_ID, policies);
    }
    return policies;
  }

  /**
   * The maturity of everything below the scope.
   *
   * @internal
   */
  public static _gradeOf(scope: IConstruct): MaturityGrade {
    const landscapes = landscapesOf([scope]);
    return gradeOf(landscapes, evaluate(landscapes, RULES, PRESENCE_RULES));
  }

  /** Name in the validation report, and the namespace of ids that are acknowledged as `mlops-policies::MLOPS-…`. */
  public readonly name = 'mlops-policies';
  /** Ids of the policies. */
  public readonly ruleIds?: string[] = Policies.ALL.map((policy) => policy.id);
  private readonly scopes: IConstruct[] = [];
  /** Findings of the reports, until the validation that follows in the same synthesis takes it. */
  private readonly found = new Map<IConstruct, ComplianceRow[]>();
  /** Resources that were checked while the tree was validated, until the report of the same synthesis takes it. */
  private readonly seen = new Map<IConstruct, Landscape>();

  /** A plugin that looks at the whole app, to be registered by hand where no report is wanted. */
  public constructor() {}

  /** Called by the CDK after the templates are written. */
  public validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const assemblies = new Set(this.scopes.map(assemblyOf));
    const rows =
      this.scopes.length === 0
        ? evaluate(landscapesOf([context.appConstruct]), RULES, PRESENCE_RULES)
        : [...assemblies].flatMap(
          (assembly) => this.found.get(assembly) ?? evaluate(this.landscapes(assembly), RULES, PRESENCE_RULES),
        );
    this.found.clear();
    const violations = sharedFindings(rows).map(violationOf);
    return { success: violations.every((each) => each.severity !== PolicySeverity.ERROR), violations };
  }

  /**
   * The landscape of a scope for a check that runs when the tree is validated: nothing moves between then and the
   * report, which looks at the same one.
   *
   * @internal
   */
  public _landscapeOf(scope: IConstruct): Landscape {
    const landscape = new Landscape(scope);
    this.seen.set(scope, landscape);
    return landscape;
  }

  /**
   * Writes the report of an assembly.
   *
   * @internal
   */
  public _report(assembly: IConstruct, outdir: string): void {
    const landscapes = this.landscapes(assembly);
    this.seen.clear();
    const rows = evaluate(landscapes, RULES, PRESENCE_RULES);
    this.found.set(assembly, rows);
    const grade = gradeOf(landscapes, rows);
    writeFileSync(join(outdir, 'compliance.json'), complianceJson(rows, grade));
    writeFileSync(join(outdir, 'compliance.md'), complianceMarkdown(rows, grade));
    writeFileSync(join(outdir, 'report.html'), reportPage(assembly.node.path || namesOf(landscapes), rows, grade));
  }

  private landscapes(assembly: IConstruct) {
    return landscapesOf(this.scopes.filter((scope) => assemblyOf(scope) === assembly), this.seen);
  }
}

/**
 * Writes the report while the assembly is being built: a plugin runs later, and must not touch the assembly.
 *
 * At that moment aspects have run and references are resolved, so the tree is what the templates are made of.
 */
class ComplianceReport extends Construct {
  constructor(assembly: Construct, id: string, policies: MlopsPolicies) {
    super(assembly, id);
    attachCustomSynthesis(this, {
      onSynthesize: ({ outdir }: ISynthesisSession) => policies._report(assembly, outdir),
    });
  }
}

/** Names of the stacks and parts that were looked at: an app has none of its own. */
function namesOf(landscapes: readonly Landscape[]): string {
  return landscapes.map(({ scope }) => scope.node.path || 'App').join(', ');
}

/** One plugin for an app; the key is the app. */
const REGISTERED = new WeakMap<IConstruct, MlopsPolicies>();
const REPORT_ID = 'MlopsCompliance';

/**
 * The app or stage whose cloud assembly holds the scope; the engine's own `Stage.of` says of a stage the one around it.
 */
function assemblyOf(scope: IConstruct): IConstruct {
  return Stage.isStage(scope) ? scope : Stage.of(scope) ?? scope.node.root;
}

function violationOf({ row, resources }: SharedFinding): PolicyViolation {
  const policy = Policies.find(row.policy);
  return {
    ruleName: policy.id,
    description: `${policy.title}: ${row.details.join('; ')}`,
    fix: row.fix,
    severity: policy.severity,
    ruleMetadata: { controls: policy.controls.join(', ') },
    violatingResources: resources.map((constructPath) => ({ constructPath, locations: [] })),
  };
}
