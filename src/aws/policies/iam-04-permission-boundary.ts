import { mustBeGiven } from '../private/policy/property-checks';
import { Rule } from '../private/policy/rule';

/** Every role has a permission boundary, so that no later grant reaches beyond it. */
export const permissionBoundary: Rule = {
  policy: 'MLOPS-IAM-04',
  types: ['AWS::IAM::Role'],
  fix: 'switch on cloudGuardrails, or apply a boundary of your own with iam.PermissionsBoundary.of(scope)',
  check: ({ properties }) => mustBeGiven(properties, 'PermissionsBoundary'),
};
