import { GcsBackend, Testing, TerraformStack } from 'cdktf';
import * as fc from 'fast-check';
import { anyFault, legalIntent } from './arbitraries';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';
import { GoogleProject, Level0Blueprint, Level1Blueprint, Level2Blueprint } from '../../src/gcp';
import { refusalOf } from '../support/refusal';
import { referenceFaults, strangeInterpolations } from '../support/terraform-graph';

const BLUEPRINTS = [Level0Blueprint, Level1Blueprint, Level2Blueprint];
const REFUSED = Parity.ROWS.filter((row) => row.cloud === Cloud.GCP && row.support === Support.REFUSED).map(({ prop }) => prop);

function build(level: number, intent: MlopsIntent): TerraformStack {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  new GcsBackend(stack, { bucket: 'state', prefix: 'model' });
  new GoogleProject(stack, 'Google', { projectId: 'my-project', region: 'europe-west4', projectNumber: '123456789012' });
  new BLUEPRINTS[level](stack, 'Mlops', intent);
  return stack;
}

test('any legal intent becomes Terraform without faults, at every level, or is refused because Google Cloud cannot', () => {
  let built = 0;
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 }), legalIntent, (level, intent) => {
    try {
      const config = JSON.parse(Testing.synth(build(level, intent)));
      expect(referenceFaults(config)).toEqual([]);
      expect(strangeInterpolations(config)).toEqual([]);
      built += 1;
    } catch (error) {
      expect(error).not.toBeInstanceOf(TypeError);
      const { message } = error as Error;
      if (!CANNOT.some((reason) => reason.test(message))) throw error;
    }
  }), { numRuns: 30, seed: 20 });
  expect(built).toBeGreaterThan(15);
}, 240_000);

test('what is illegal on AWS is legal here or refused in our own words, never a TypeError', () => {
  let refused = 0;
  fc.assert(fc.property(legalIntent, anyFault, (intent, { apply }) => {
    const refusal = refusalOf(() => build(2, apply(intent)));
    if (refusal === undefined) return;
    expect(refusal).not.toBeInstanceOf(TypeError);
    expect(refusal.message).toMatch(/^[a-z0-9 ]+( '[^']*')?: /);
    refused += 1;
  }), { numRuns: 100, seed: 20 });
  expect(refused).toBeGreaterThan(80);
}, 240_000);

/**
 * What a legal intent may be refused for here: the words of the parity table, and what the region or the service lacks.
 */
const CANNOT = [new RegExp(`\\b(${REFUSED.join('|')})\\b`), / is refused on gcp: /, /accelerator/i, /europe-west4/, /predicts in batches/];
