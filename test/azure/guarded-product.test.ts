import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, TerraformStack } from 'cdktf';
import { ArmRenderer, AzureResourceGroup } from '../../src/azure';
import { Approval, MlopsIntent } from '../../src/core';
import { composed } from '../parity/azure-stack';
import { BASE } from '../parity/samples';
import { SUBSCRIPTION, TENANT } from '../support/azure';

/** The compliance report of a whole product. */
function reportOf(intent: Partial<MlopsIntent> = {}): any {
  const outdir = mkdtempSync(join(tmpdir(), 'product-'));
  try {
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'Stack');
    new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope', armRenderer: ArmRenderer.AZAPI });
    composed(stack, { ...BASE, workspace: { users: ['alice'] }, ...intent });
    app.synth();
    return JSON.parse(readFileSync(join(outdir, 'stacks', 'Stack', 'compliance.json'), 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const verdicts = ({ policies }: any, verdict: string) => Object.keys(policies).filter((id) => policies[id].verdict === verdict);

test('a product with everything private passes every policy, with a reason for each exception', () => {
  const report = reportOf();
  expect(report.summary).toMatchObject({ violation: 0, undecided: 0 });
  expect(verdicts(report, 'exception')).toEqual(['MLOPS-ENC-01', 'MLOPS-NET-02', 'MLOPS-NET-03', 'MLOPS-DAT-01', 'MLOPS-IAM-01']);
  expect(verdicts(report, 'not applicable').filter((id) => !['MLOPS-ENC-03', 'MLOPS-SRV-01', 'MLOPS-SRV-02'].includes(id))).toEqual([]);
});

test('a product that approves by itself is a violation of a warning', () => {
  expect(reportOf({ registry: { approval: Approval.automatic() } }).policies['MLOPS-REG-01'].resources.map((each: any) => each.details)).toEqual(
    [['registers a version and approves it']]);
});

test('a product without a quality gate is a violation of a warning', () => {
  const [{ details }] = reportOf({ training: { ...BASE.training, qualityGates: [] } }).policies['MLOPS-REG-02'].resources;
  expect(details).toEqual(['no threshold of a metric stands before the registration']);
});
