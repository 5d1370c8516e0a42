import * as cdk from 'aws-cdk-lib';
import * as cdktf from 'cdktf';
import { Token } from '../../../src/core/private/tokens';
import { refuse, requireInteger, requireMatch, requireRange } from '../../../src/core/private/validation';

const LAZY = { resolve: () => 'known later' };

describe.each([
  ['the AWS CDK', { text: cdk.Token.asString(LAZY), number: cdk.Token.asNumber(LAZY), list: cdk.Token.asList(LAZY) }],
  ['CDKTF', { text: cdktf.Token.asString(LAZY), number: cdktf.Token.asNumber(LAZY), list: cdktf.Token.asList(LAZY) }],
])('of %s', (_, token) => {
  test.each(Object.entries(token))('an encoded %s is known for one', (__, value) => expect(Token.isUnresolved(value)).toBe(true));

  test('a text with a token in it is one, and no value is held against its limits', () => {
    expect(Token.isUnresolved(`a-${token.text}-b`)).toBe(true);
    const who = { what: 'feature store', name: 'F' };
    expect(() => requireMatch(who, 'name', token.text, /^x$/, 'x')).not.toThrow();
    expect(() => requireInteger(who, 'days', token.number, 1, 2)).not.toThrow();
    expect(() => requireRange(who, 'share', token.number, 0, 1)).not.toThrow();
  });

  test('an error says what it is, not how it is written', () => {
    const who = { what: 'feature store', name: 'F' };
    for (const value of [token.text, token.number, token.list, token.list[0]]) {
      expect(() => refuse(who, 'name', value, 'x')).toThrow(new Error("feature store 'F': name must be x, got a value that only the deployment knows"));
    }
  });
});

test.each([[''], ['${x}'], [-1], [0], [-1e100], [Number.NaN], [[]], [['a']], [{}], [null], [undefined]])('%p is none', (value) => {
  expect(Token.isUnresolved(value)).toBe(false);
});
