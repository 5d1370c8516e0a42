import { Policies } from '../../src/core/policies';

test('ids are unique and of one shape', () => {
  const ids = Policies.ALL.map((policy) => policy.id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^MLOPS-[A-Z]{3}-\d\d$/);
});

test('each policy serves controls, written in one way', () => {
  for (const policy of Policies.ALL) {
    expect(policy.controls.length).toBeGreaterThan(0);
    for (const control of policy.controls) {
      expect(control).toMatch(/^(NIST-800-53-r5:[A-Z]{2}-\d+(\(\d+\))?|ISO-42001:A\.\d+(\.\d+)+|GDPR:Art\.\d+(\(\d\))?(\([a-f]\))?|EU-AI-Act:Art\.\d+)$/);
    }
  }
});

test('an id leads to its policy', () => {
  expect(Policies.find('MLOPS-DAT-01').title).toBe('data is versioned');
});

test('an id that nobody has is an error', () => {
  expect(() => Policies.find('MLOPS-DAT-99')).toThrow("policies: no policy has the id 'MLOPS-DAT-99'");
});
