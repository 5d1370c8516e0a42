import * as fs from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import * as fc from 'fast-check';
import { anyFault, legalIntent } from './arbitraries';
import { Level0Blueprint } from '../../src/aws/blueprints/level0';
import { Level1Blueprint } from '../../src/aws/blueprints/level1';
import { Level2Blueprint } from '../../src/aws/blueprints/level2';
import { MlopsIntent } from '../../src/core';
import { refusalOf } from '../support/refusal';

const BLUEPRINTS = [Level0Blueprint, Level1Blueprint, Level2Blueprint];

function build(level: number, intent: MlopsIntent, validated: boolean): App {
  const app = new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: validated,
    context: { '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  new BLUEPRINTS[level](new Stack(app, 'Stack'), 'Mlops', intent);
  return app;
}

test('any legal intent synthesizes, at every level, to templates that validate', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 }), legalIntent, (level, intent) => {
    const { directory } = build(level, intent, true).synth();
    fs.rmSync(directory, { recursive: true });
  }), { numRuns: 25, seed: 20 });
}, 240_000);

test('any illegal intent is refused by an error of ours that names the prop', () => {
  fc.assert(fc.property(legalIntent, anyFault, (intent, { prop, apply }) => {
    const refusal = refusalOf(() => build(2, apply(intent), false));
    expect(refusal).toBeInstanceOf(Error);
    expect(refusal).not.toBeInstanceOf(TypeError);
    expect(refusal!.message).toContain(prop);
    expect(refusal!.message).toMatch(/^[a-z0-9 ]+( '[^']*')?: /);
  }), { numRuns: 150, seed: 20 });
}, 240_000);
