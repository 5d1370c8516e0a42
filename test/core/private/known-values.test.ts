import { Token as CdkToken } from 'aws-cdk-lib';
import { Fn, TerraformVariable, TerraformStack, Testing, Token } from 'cdktf';
import { Construct } from 'constructs';
import { QualityGate } from '../../../src/core';
import { requireKnown, requireKnownText } from '../../../src/core/private/known-values';

const who = { what: 'feature store', name: 'F' };
const LATER = CdkToken.asNumber({ Ref: 'Days' });
const variable = new TerraformVariable(new TerraformStack(Testing.app(), 'Stack'), 'days', {});
const because = (prop: string) =>
  new Error(`feature store 'F': ${prop} must be known at synthesis, because other values are made from it, got a value that only the deployment knows`);

test.each<[string, object, string]>([
  ['of the CDK', { days: LATER }, 'days'],
  ['of Terraform', { days: variable.numberValue }, 'days'],
  ['in a part', { drift: { maxDriftShare: LATER } }, 'drift.maxDriftShare'],
  ['in a list', { groups: [{ days: 1 }, { days: LATER }] }, 'groups.days'],
  ['in a word of the vocabulary', { gates: [QualityGate.atLeast('auc', LATER)] }, 'gates.threshold'],
  ['among options', { serving: { options: { memoryGiB: LATER } } }, 'serving.memoryGiB'],
])('refuses a number %s that only the deployment knows', (_, props, prop) => {
  expect(() => requireKnown(who, props)).toThrow(because(prop));
});

test('lets pass what is named, what is known, text, and what constructs hold', () => {
  const construct = Object.assign(new Construct(undefined as never, ''), { days: LATER });
  expect(() => requireKnown(who, { days: LATER, drift: { share: LATER } }, 'days', 'drift.share')).not.toThrow();
  expect(() => requireKnown(who, { days: 1, none: undefined, nothing: null, name: CdkToken.asString({ Ref: 'Name' }), construct })).not.toThrow();
});

test('refuses text that only the deployment knows, alone, in a list and as a list', () => {
  const text = Token.asString({ resolve: () => 'x' });
  expect(() => requireKnownText(who, 'prefix', text)).toThrow(because('prefix'));
  expect(() => requireKnownText(who, 'users', ['ana', text])).toThrow(because('users'));
  expect(() => requireKnownText(who, 'users', CdkToken.asList({ Ref: 'Users' }))).toThrow(because('users'));
  expect(() => requireKnownText(who, 'users', Token.asList(Fn.split(',', text)))).toThrow(because('users'));
  for (const known of [undefined, 'ana', ['ana', 'eve']]) expect(() => requireKnownText(who, 'users', known)).not.toThrow();
});
