import { ComplianceRow } from '../../../src/core/private/compliance';
import { complianceJson, complianceMarkdown } from '../../../src/core/private/compliance-report';

const row = (verdict: ComplianceRow['verdict'], more: Partial<ComplianceRow> = {}): ComplianceRow =>
  ({ policy: 'MLOPS-DAT-01', resource: 'Stack/Bucket', verdict, details: [], reasons: [], ...more });
const report = (...rows: ComplianceRow[]) => JSON.parse(complianceJson(rows, { practices: [] }));

test.each<[ComplianceRow['verdict'], ComplianceRow['verdict'][]]>([
  ['violation', ['compliant', 'exception', 'undecided', 'violation']],
  ['undecided', ['compliant', 'exception', 'undecided']],
  ['exception', ['compliant', 'exception']],
  ['compliant', ['compliant']],
])('the worst speaks for a policy and for the controls that it serves: %s', (worst, verdicts) => {
  const { policies, controls } = report(...verdicts.map((verdict) => row(verdict)));
  expect(policies['MLOPS-DAT-01'].verdict).toBe(worst);
  expect(controls['ISO-42001:A.7.2'].verdict).toBe(worst);
  expect(controls['ISO-42001:A.8.2'].verdict).toBe('not applicable');
});

test('a reason is told where it is the reason of a whole policy', () => {
  const meaningless = { 'MLOPS-ENC-03': 'the cloud encrypts it by itself' };
  const { policies } = JSON.parse(complianceJson([], { practices: [] }, meaningless));
  expect(policies['MLOPS-ENC-03']).toMatchObject({ verdict: 'not applicable', reason: 'the cloud encrypts it by itself' });
  expect(complianceMarkdown([], { practices: [] }, meaningless)).toContain('not applicable: the cloud encrypts it by itself');
});

test('the page keeps a table a table, whatever a resource is called', () => {
  const text = complianceMarkdown([row('violation', { resource: 'Stack/A|B', details: ['line one\n  line two'] })], { practices: [] });
  expect(text).toContain('| MLOPS-DAT-01 | Stack/A\\|B |  | violation | line one line two |');
});
