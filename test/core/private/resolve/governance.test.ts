import { RiskRating } from '../../../../src/core/governance-guardrails';
import { GovernanceInput, resolvedGovernance } from '../../../../src/core/private/resolve/governance';

const modelCard = { intendedUse: 'Tests', owner: 'Tests' };
const governance = (input: GovernanceInput = {}) => resolvedGovernance({ what: 'governance guardrails', name: 'G' }, input, 3650);

test('guardrails that no level decides about are on, and the audit log is kept a year', () => {
  expect(governance()).toEqual({
    auditLog: true, policyChecks: true, cloudGuardrails: true, auditRetentionDays: 365, auditEndpointCalls: false, tags: {}, modelCard: undefined,
  });
});

test('a choice of the user stays', () => {
  const given = {
    auditLog: false,
    policyChecks: false,
    cloudGuardrails: false,
    auditRetentionDays: 180,
    auditEndpointCalls: true,
    tags: { team: 'ml' },
    modelCard: { ...modelCard, riskRating: RiskRating.LOW },
  };
  expect(governance(given)).toEqual(given);
});

test('a card without a rating says that the risk is not assessed', () => {
  expect(governance({ modelCard }).modelCard).toEqual({ ...modelCard, riskRating: RiskRating.UNKNOWN });
});

test.each<[string, GovernanceInput, string]>([
  ['a log that goes after less than half a year', { auditRetentionDays: 179 }, 'auditRetentionDays must be a whole number between 180 and 3650, got 179'],
  ['a log for longer than the cloud keeps it', { auditRetentionDays: 3651 }, 'auditRetentionDays must be a whole number between 180 and 3650, got 3651'],
  ['a card without an owner', { modelCard: { ...modelCard, owner: '' } }, "modelCard.owner must be 1 to 1024 characters, got ''"],
  ['a model of high risk that is approved automatically',
    { modelCard: { ...modelCard, riskRating: RiskRating.HIGH }, registry: { isApprovalAutomatic: true } },
    'modelCard.riskRating is High, and the registry approves automatically: a model of high risk needs a manual approval'],
])('refuses %s', (_, input, message) => {
  expect(() => governance(input)).toThrow(new Error(`governance guardrails 'G': ${message}`));
});

test('a model of high risk may be approved manually', () => {
  const input = { modelCard: { ...modelCard, riskRating: RiskRating.HIGH }, registry: { isApprovalAutomatic: false } };
  expect(governance(input).modelCard?.riskRating).toBe(RiskRating.HIGH);
});
