import { existsSync, readFileSync, rmSync } from 'fs';
import { join } from 'path';
import { App, AppProps, Stack, Stage, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';

/** An app whose built-in CloudFormation validation is an error, not a warning, as in every example. */
export function strictApp(props: AppProps = {}): App {
  return new App({ ...props, context: { '@aws-cdk/core:validateAgainstDefaultRules': true, ...props.context } });
}

/**
 * What the judges say about everything in the app: cdk-nag AwsSolutions, cdk-nag NIST 800-53 r5, and the built-in
 * CloudFormation validation, warnings included. One line `rule path: description` for each resource whose finding is
 * not acknowledged.
 *
 * Synthesizes the app, so it comes last in a test, once for each app; `Template.fromStack` may come before or after it.
 */
export function judge(scope: Stack | Stage): string[] {
  const app = scope.node.root as App;
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new NIST80053R5Checks(app));
  const file = join(app.outdir, 'validation-report.json');
  rmSync(file, { force: true });
  const quiet = jest.spyOn(console, 'error').mockImplementation();
  try {
    app.synth({ force: true });
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    quiet.mockRestore();
  }
  if (!existsSync(file)) return [];
  const report: ValidationReport = JSON.parse(readFileSync(file, 'utf8'));
  const broken = report.pluginReports.find((each) => each.conclusion === 'failure' && each.violations.length === 0);
  if (broken !== undefined) throw new Error(`${broken.pluginName} judges nothing: ${JSON.stringify(broken.metadata)}`);
  return report.pluginReports.flatMap((each) => each.violations).flatMap((violation) => violation.violatingConstructs.map(
    (resource) => `${violation.ruleName} ${resource.constructPath ?? resource.cloudFormationResource?.logicalId}: ${violation.description}`)).sort();
}

/** The part of `validation-report.json` that is read here; acknowledged findings are not under `violations`. */
interface ValidationReport {
  readonly pluginReports: {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly metadata?: Record<string, string>;
    readonly violations: {
      readonly ruleName: string;
      readonly description: string;
      readonly violatingConstructs: { readonly constructPath?: string; readonly cloudFormationResource?: { readonly logicalId: string } }[];
    }[];
  }[];
}
