import { ResourceGroupPolicyAssignment } from '@cdktf/provider-azurerm/lib/resource-group-policy-assignment';
import { Construct } from 'constructs';
import { POLICIES, REMEDIATIONS } from './built-in-policies';
import { acknowledge } from '../../../terraform/acknowledge';
import { jsonText } from '../../../terraform/text';
import { GuardrailPolicy, GuardrailRemediation } from '../../governance-guardrails-props';
import { Grant } from '../../grant';
import { ManagedIdentity } from '../../managed-identity';
import { grantRole } from '../base/grants';
import { azureName } from '../base/names';
import { after } from '../base/ordering';
import { resourceGroupOf } from '../base/resource-group-of';

/** Which policies are assigned, and how. */
export interface PolicyAssignmentsSpec {
  readonly denied: readonly GuardrailPolicy[];
  readonly exempted: readonly GuardrailPolicy[];
  readonly dryRun: boolean;
  readonly remediations: readonly GuardrailRemediation[];
  readonly locations: readonly string[];
  /** Publishers of models; without them the policy is not assigned. */
  readonly modelPublishers: readonly string[] | undefined;
  /** ARM id of the workspace that logs are sent to. */
  readonly logAnalyticsWorkspaceId: string;
}

/**
 * Built-in policies of Azure, assigned to the resource group: they hold for whatever people and pipelines make later.
 * Assigning one needs `Microsoft.Authorization/policyAssignments/write`, which the roles Resource Policy Contributor
 * and Owner have. Costs nothing; an assignment takes up to half an hour to hold.
 */
export class PolicyAssignments extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly spec: PolicyAssignmentsSpec,
  ) {
    super(scope, id);
    resourceGroupOf(this)._register('Microsoft.PolicyInsights');
    const assigned = Object.values(GuardrailPolicy).filter(
      (policy) =>
        !spec.exempted.includes(policy) &&
        (policy !== GuardrailPolicy.APPROVED_MODELS || spec.modelPublishers !== undefined),
    );
    for (const policy of assigned) {
      const { definition, audits, canDeny, message } = POLICIES[policy];
      this.assign(policy, definition, {
        message,
        parameters: { effect: canDeny && spec.denied.includes(policy) ? 'Deny' : audits, ...this.parametersOf(policy) },
      });
    }
    if (spec.remediations.length > 0) this.remediate(spec.remediations);
  }

  private parametersOf(policy: GuardrailPolicy): { readonly [name: string]: unknown } {
    switch (policy) {
      case GuardrailPolicy.ALLOWED_LOCATIONS:
        return { listOfAllowedLocations: this.spec.locations };
      case GuardrailPolicy.APPROVED_MODELS:
        return { allowedPublishers: this.spec.modelPublishers };
      case GuardrailPolicy.APPROVED_OUTBOUND:
        return { isolationMode: 'AllowOnlyApprovedOutbound' };
      case GuardrailPolicy.MINIMUM_TLS:
        return { minimumTlsVersion: 'TLS1_2' };
      default:
        return {};
    }
  }

  /** What changes resources acts as an identity, with the roles that the definition asks for. */
  private remediate(remediations: readonly GuardrailRemediation[]): void {
    const identity = new ManagedIdentity(this, 'Remediator');
    const { subscriptionId, resourceGroupId } = resourceGroupOf(this);
    const roles = [...new Set(remediations.flatMap((each) => REMEDIATIONS[each].roles))];
    const why = 'the built-in policy names the role that its identity needs; it acts only on what the policy is about';
    for (const check of ['MLOPS-IAM-01', 'MLOPS-IAM-02']) acknowledge(this, check, why);
    const grants = roles.map((role) =>
      grantRole(this, identity, `remediate ${role.slice(0, 8)}`, {
        scope: resourceGroupId,
        role: {
          definitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        },
        description: 'Changes what does not comply with a policy of the guardrails',
      }),
    );
    for (const remediation of remediations) {
      const { definition, effect } = REMEDIATIONS[remediation];
      this.assign(`remediate-${remediation}`, definition, {
        message: 'The policy changes it by itself',
        parameters: {
          effect,
          ...(remediation === GuardrailRemediation.RESOURCE_LOGS
            ? { logAnalytics: this.spec.logAnalyticsWorkspaceId }
            : {}),
        },
        identity,
        needs: Grant.all(grants),
      });
    }
  }

  private assign(
    childId: string,
    definition: string,
    how: {
      readonly message: string;
      readonly parameters: { readonly [name: string]: unknown };
      readonly identity?: ManagedIdentity;
      readonly needs?: Grant;
    },
  ): void {
    const { resourceGroupId, location } = resourceGroupOf(this);
    new ResourceGroupPolicyAssignment(this, childId, {
      name: azureName(this, 'resource', childId),
      displayName: `${childId} of ${this.node.scope!.node.path}`.slice(0, 128),
      resourceGroupId,
      policyDefinitionId: `/providers/Microsoft.Authorization/policyDefinitions/${definition}`,
      enforce: !this.spec.dryRun,
      parameters: jsonText(
        Object.fromEntries(Object.entries(how.parameters).map(([name, value]) => [name, { value }])),
      ),
      nonComplianceMessage: [{ content: how.message }],
      ...(how.identity === undefined
        ? {}
        : { location, identity: { type: 'UserAssigned', identityIds: [how.identity.identityId] } }),
      dependsOn: after(how.needs),
    });
  }
}
