import { AzurermBackend, TerraformStack, Testing } from 'cdktf';
import * as fc from 'fast-check';
import { anyFault, legalIntent } from './arbitraries';
import { AzureResourceGroup, Level0Blueprint, Level1Blueprint, Level2Blueprint } from '../../src/azure';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';
import { expectArmBodies } from '../support/arm-types';
import { SUBSCRIPTION, TENANT } from '../support/azure';
import { refusalOf } from '../support/refusal';
import { referenceFaults, strangeInterpolations } from '../support/terraform-graph';

const BLUEPRINTS = [Level0Blueprint, Level1Blueprint, Level2Blueprint];
const REFUSED = Parity.ROWS.filter((row) => row.cloud === Cloud.AZURE && row.support === Support.REFUSED).map(({ prop }) => prop);

function build(level: number, intent: MlopsIntent): TerraformStack {
  const stack = new TerraformStack(Testing.app(), 'Stack');
  new AzurermBackend(stack, { storageAccountName: 'state', containerName: 'state', key: 'model.tfstate' });
  new AzureResourceGroup(stack, 'Azure', { subscriptionId: SUBSCRIPTION, tenantId: TENANT, location: 'westeurope' });
  new BLUEPRINTS[level](stack, 'Mlops', intent);
  return stack;
}

test('any legal intent becomes Terraform without faults, at every level, or is refused because Azure cannot', () => {
  let built = 0;
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 }), legalIntent, (level, intent) => {
    try {
      const config = JSON.parse(Testing.synth(build(level, intent)));
      expect(referenceFaults(config)).toEqual([]);
      expect(strangeInterpolations(config)).toEqual([]);
      expectArmBodies(config);
      built += 1;
    } catch (error) {
      expect(error).not.toBeInstanceOf(TypeError);
      const { message } = error as Error;
      if (!CANNOT.some((reason) => reason.test(message))) throw error;
    }
  }), { numRuns: 30, seed: 20 });
  expect(built).toBeGreaterThan(10);
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
 * What a legal intent may be refused for here: the words of the parity table, and what Azure's machines or schedules
 * lack.
 */
const CANNOT = [new RegExp(`\\b(${REFUSED.join('|')})\\b`), / is refused on azure: /, /accelerator/i, /predicts in batches/];
