import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, AzurermBackend, TerraformStack } from 'cdktf';
import { AzureResourceGroup, BlueprintProps, Level2Blueprint } from '../../src/azure';
import { Approval } from '../../src/core';
import { BASE } from '../parity/samples';
import { SUBSCRIPTION, TENANT } from '../support/azure';

/** The compliance report of a whole product. */
function reportOf(props: Partial<BlueprintProps> = {}): any {
  const outdir = mkdtempSync(join(tmpdir(), 'product-'));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'Stack');
    new AzurermBackend(stack, { storageAccountName: 'state', containerName: 'state', key: 'churn.tfstate' });
    new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
    new Level2Blueprint(stack, 'Mlops', {
      ...BASE, data: { privateEndpoints: true }, workspace: { users: ['alice'], privateEndpoints: true }, ...props,
    });
    app.synth();
    return JSON.parse(readFileSync(join(outdir, 'stacks', 'Stack', 'compliance.json'), 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const verdicts = ({ policies }: any, verdict: string) => Object.keys(policies).filter((id) => policies[id].verdict === verdict);

test('a product with everything private passes every policy, with a reason for each exception', () => {
  const report = reportOf();
  expect(report.summary.violation).toBe(0);
  expect(verdicts(report, 'exception')).toEqual(['MLOPS-ENC-01', 'MLOPS-NET-03', 'MLOPS-DAT-01', 'MLOPS-IAM-01']);
  expect(verdicts(report, 'not applicable')).toEqual(['MLOPS-ENC-03']);
  // A rollout serves the image that its version was registered with.
  expect(verdicts(report, 'undecided')).toEqual(['MLOPS-REP-01']);
});

test('a product that approves by itself is a violation of a warning', () => {
  expect(reportOf({ registry: { approval: Approval.automatic() } }).policies['MLOPS-REG-01'].resources.map((each: any) => each.details)).toEqual(
    [['registers a version and approves it']]);
});

test('a product without a quality gate is a violation of a warning', () => {
  const [{ details }] = reportOf({ training: { ...BASE.training, qualityGates: [] } }).policies['MLOPS-REG-02'].resources;
  expect(details).toEqual(['no threshold of a metric stands before the registration']);
});
