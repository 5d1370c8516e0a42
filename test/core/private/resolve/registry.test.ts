import { Approval } from '../../../../src/core/model-registry';
import { resolvedRegistry } from '../../../../src/core/private/resolve/registry';

const who = { what: 'model registry', name: 'Registry' };

test('a version is approved manually unless automatic approval is asked for', () => {
  expect(resolvedRegistry(who, {})).toEqual({ modelName: undefined, isApprovalAutomatic: false });
  expect(resolvedRegistry(who, { modelName: 'churn', approval: Approval.automatic() })).toEqual({ modelName: 'churn', isApprovalAutomatic: true });
});

test('a name has at most 63 characters, hyphens included', () => {
  for (const modelName of ['', '-a', 'a_b', 'a'.repeat(64), `a${'-'.repeat(62)}b`]) {
    expect(() => resolvedRegistry(who, { modelName })).toThrow(
      new Error(`model registry 'Registry': modelName must be letters, digits and hyphens between them, at most 63, got '${modelName}'`));
  }
  expect(resolvedRegistry(who, { modelName: `a${'-'.repeat(61)}b` }).modelName).toHaveLength(63);
});
