import { TerraformStack, Testing } from 'cdktf';
import * as fc from 'fast-check';
import { anyFault, legalIntent } from './arbitraries';
import { Cloud, MlopsIntent, Parity, Support } from '../../src/core';
import { refusalOf } from '../support/refusal';
import { referenceFaults, strangeInterpolations } from '../support/terraform-graph';
import { TerraformConfig } from '../support/terraform-json';

/** What the tests of intents need of a cloud that becomes Terraform. */
export interface IntentProof {
  readonly cloud: Cloud;
  /** A stack with the intent as the blueprint of a level. */
  readonly build: (level: number, intent: MlopsIntent) => TerraformStack;
  /** What a legal intent may be refused for here, beside the words of the parity table: what machines or regions lack. */
  readonly cannot: readonly RegExp[];
  /** How many of thirty legal intents are built at the least. */
  readonly least: number;
  /** Fails where the configuration is not what the cloud takes. */
  readonly expectMore?: (config: TerraformConfig) => void;
}

/** Tests that what is legal becomes Terraform without faults, and that what is not is refused in words. */
export function proveIntents({ cloud, build, cannot, least, expectMore }: IntentProof): void {
  const refusedWords = Parity.ROWS.filter((row) => row.cloud === cloud && row.support === Support.REFUSED).map(({ prop }) => prop);
  const reasons = [new RegExp(`\\b(${refusedWords.join('|')})\\b`), new RegExp(` is refused on ${cloud}: `), /accelerator/i, /predicts in batches/, ...cannot];

  test('any legal intent becomes Terraform without faults, at every level, or is refused because the cloud cannot', () => {
    let built = 0;
    fc.assert(fc.property(fc.integer({ min: 0, max: 2 }), legalIntent, (level, intent) => {
      try {
        const config = JSON.parse(Testing.synth(build(level, intent)));
        expect(referenceFaults(config)).toEqual([]);
        expect(strangeInterpolations(config)).toEqual([]);
        expectMore?.(config);
        built += 1;
      } catch (error) {
        expect(error).not.toBeInstanceOf(TypeError);
        const { message } = error as Error;
        if (!reasons.some((reason) => reason.test(message))) throw error;
      }
    }), { numRuns: 30, seed: 20 });
    expect(built).toBeGreaterThan(least);
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
}
