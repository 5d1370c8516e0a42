import { cdk, TextFile } from 'projen';

/**
 * The outside judges, pinned in one place. `npm run verify` gives each group an environment of its own under `.venv`,
 * because their dependencies exclude each other.
 */
const GROUPS: Record<string, Record<string, string>> = {
  'cfn-lint': { 'cfn-lint': '1.58.0' },
  'checkov': { checkov: '3.3.30' },
  'moto': { 'boto3': '1.44.5', 'moto[all,server]': '5.2.5', 'pytest': '9.2.0' },
};

export function pythonTools(project: cdk.JsiiProject): void {
  for (const [group, pins] of Object.entries(GROUPS)) {
    new TextFile(project, `projenrc/python/${group}.txt`, {
      lines: ['# Generated from projenrc/python-tools.ts', ...Object.entries(pins).map(([name, version]) => `${name}==${version}`), ''],
    });
  }
}
