import { Construct } from 'constructs';
import { GoogleProject } from './google-project';
import { GovernanceGuardrailsProps } from './governance-guardrails-props';
import { MlopsPolicies } from './mlops-policies';
import { acknowledge } from '../terraform/acknowledge';
import { grantPlace } from '../terraform/grants';
import { mayDestroy } from '../terraform/removal';
import { stackOf } from '../terraform/stack';
import { notePerimeter } from './private/base/dedicated-addresses';
import { KNOWN_APIS } from './private/base/known-apis';
import { newEmailChannels } from './private/base/notification-channels';
import { holdInProject } from './private/base/project-holders';
import { grantInProject } from './private/base/project-roles';
import { grantObjects, OF_PEOPLE } from './private/data/bucket-access';
import { AuditLog } from './private/governance/audit-log';
import { ImageAuthorization } from './private/governance/binary-authorization';
import { GuardrailWatch } from './private/governance/change-alarm';
import { checkGuardrails } from './private/governance/checks';
import { claim } from './private/governance/claims';
import { CostBudget } from './private/governance/cost-budget';
import { DenyPolicy } from './private/governance/deny-policy';
import { ModelCard } from './private/governance/model-card';
import { CMEK_SERVICES, OrgPolicies } from './private/governance/org-policies';
import { recordedBy, recordProject } from './private/governance/recorded-projects';
import { PROTECTED_SERVICES, ServicePerimeter } from './private/governance/service-perimeter';
import { holdSingletons } from './private/governance/singletons';
import { resolvedGovernance } from '../core/private/resolve/governance';
import { Token } from '../core/private/tokens';
import { Speaker, speakerFor } from '../core/private/validation';
import { warn } from '../terraform/annotations';

/**
 * Rules, limits and evidence around a machine-learning product: policies checked at synthesis with a report, audit logs
 * of the project, a budget, labels, a model card, alerts on what must not happen, and, where the deployer administers
 * the organisation, policies of the organisation and an IAM deny policy.
 *
 * Children: `Audit` (with `Bucket`), `Budget`, `ModelCard`, `Watch`, `OrgPolicies`, `DenyPolicy`,
 * `BinaryAuthorization`, `Perimeter`, `Roles`. Costs: audit logs, 0.50 USD a GiB beyond the free allotment; an alert;
 * budgets, policies and roles cost nothing.
 *
 * Google Cloud lets only the organisation prevent what a project's owner does. So `cloudGuardrails` by itself makes
 * what an owner may make, an alert on every breach, and `orgPolicies` and `denyPolicy` add what prevents them.
 *
 * @example
 * import { TerraformStack } from 'cdktf';
 * import { gcp } from 'mlops-constructs';
 *
 * declare const stack: TerraformStack;
 *
 * const data = new gcp.DataLake(stack, 'Data');
 * new gcp.GovernanceGuardrails(stack, 'Governance', { data, tags: { product: 'churn' } });
 */
export class GovernanceGuardrails extends Construct {
  /**
   * Name of the log bucket of audit logs, `projects/<id>/locations/<region>/buckets/<name>`; undefined without
   * `auditLog`.
   */
  public readonly auditLogBucket?: string;
  /** Where the model card is read, `gs://<bucket>/governance/<model>/model-card.md`; undefined without `modelCard`. */
  public readonly modelCardUri?: string;
  /** Name of the attestor that images are signed for; undefined without `binaryAuthorization`. */
  public readonly attestor?: string;
  /** Policies checked at synthesis; undefined without `policyChecks`. */
  public readonly policies?: MlopsPolicies;

  public constructor(scope: Construct, id: string, props: GovernanceGuardrailsProps) {
    super(scope, id);
    const who: Speaker = speakerFor('governance guardrails', scope, id);
    const { region } = GoogleProject.of(this);
    const governance = resolvedGovernance(who, props, 3650);
    checkGuardrails(who, { ...props, region: Token.isUnresolved(region) ? undefined : region });
    warnOfUnknownApis(this, who, props);
    const destroyable = mayDestroy(this, who, props.removalPolicy);
    const project = GoogleProject.of(this);
    const { data, registry } = props;
    const auditServices = governance.auditLog ? props.auditServices ?? ['aiplatform', 'secretmanager', 'storage'] : [];
    const modelName = registry?.modelName ?? scope.node.id;
    const card = props.modelCard && `${data.artifactBucketName} ${modelName}`;
    claim({ ...who, name: this.node.path }, project, {
      auditServices, exempted: (props.auditExemptions ?? []).map(({ member }) => member), card, tags: governance.tags,
    });

    const audit = governance.auditLog ? new AuditLog(this, 'Audit', {
      encryptionKey: data.encryptionKey,
      services: auditServices,
      retentionDays: governance.auditRetentionDays,
      endpointCalls: governance.auditEndpointCalls,
      exempted: props.auditExemptions ?? [],
      locked: props.auditLocked ?? false,
      destroyable,
    }) : undefined;
    const keeper = recordedBy(this);
    warnOfSharedAudit(this, who, auditServices);
    if (audit !== undefined) {recordProject(this, auditServices);} else if (keeper !== undefined) {
      acknowledge(
        props.guardedScope ?? scope,
        'MLOPS-LOG-03',
        `${keeper.node.path} keeps the audit log of the project`,
      );
    }
    this.auditLogBucket = audit?.bucketName;
    if (props.budget) {
      new CostBudget(this, 'Budget', props.budget, {
        billingAccount: props.billingAccount,
        currency: props.budgetCurrency,
        label:
          props.budgetLabel === undefined
            ? undefined
            : { key: props.budgetLabel, value: props.tags![props.budgetLabel] },
      });
    }
    this.modelCardUri = governance.modelCard && new ModelCard(this, 'ModelCard', governance.modelCard, {
      bucket: data.artifactBucketName, modelName, model: registry?.modelResourceName,
    }).uri;
    holdSingletons(who, this, props);
    if (governance.cloudGuardrails) this.guardCloud(props);
    this.attestor = props.binaryAuthorization && new ImageAuthorization(this, 'BinaryAuthorization', {
      publicKeyPem: props.binaryAuthorization.publicKeyPem,
      signatureAlgorithm: props.binaryAuthorization.signatureAlgorithm ?? 'ECDSA_P256_SHA256',
      exemptedImages: props.binaryAuthorization.exemptedImages ?? [],
      dryRun: props.binaryAuthorization.dryRun ?? false,
    }).attestor;
    if (props.servicePerimeter) {
      const restrictedServices = props.servicePerimeter.restrictedServices ?? [...PROTECTED_SERVICES];
      if (restrictedServices.includes('aiplatform')) notePerimeter(who, this, props.servicePerimeter.enforced ?? false);
      new ServicePerimeter(this, 'Perimeter', {
        accessPolicyId: props.servicePerimeter.accessPolicyId,
        restrictedServices,
        accessLevels: props.servicePerimeter.accessLevels ?? [],
        enforced: props.servicePerimeter.enforced ?? false,
      });
    }
    if (props.roles) giveDuties(new Construct(this, 'Roles'), props, audit);
    project._addLabels({ ...governance.tags });
    if (governance.policyChecks) this.policies = MlopsPolicies.applyTo(props.guardedScope ?? scope);
  }

  private guardCloud(props: GovernanceGuardrailsProps): void {
    const project = GoogleProject.of(this);
    const emails = props.guardrailEmails ?? props.budget?.alertEmails ?? [];
    const channels = newEmailChannels(this, emails, (address) => `Guardrails of ${project.projectId}: ${address}`);
    new GuardrailWatch(this, 'Watch', channels);
    if (props.orgPolicies) {
      new OrgPolicies(this, 'OrgPolicies', {
        exempted: props.orgPolicyExemptions ?? [],
        locations: props.allowedLocations ?? [`in:${project.region}-locations`],
        cmekServices: props.cmekServices ?? CMEK_SERVICES,
        dryRun: props.orgPolicyDryRun ?? false,
      });
    }
    if (props.denyPolicy) new DenyPolicy(this, 'DenyPolicy', props.denyExceptions ?? []);
  }
}

/**
 * The audit configuration belongs to the project: of two stacks that have it, the one that is destroyed ends it for the
 * other.
 */
function warnOfSharedAudit(scope: Construct, who: Speaker, services: readonly string[]): void {
  const others = services.map(
    (service) =>
      [
        service,
        holdInProject(scope, `audit ${service}`).find((each) => stackOf(each, who) !== stackOf(scope, who)),
      ] as const,
  );
  const shared = others.flatMap(([service, other]) =>
    other === undefined ? [] : [{ service, path: other.node.path }],
  );
  if (shared.length === 0) return;
  warn(
    scope,
    `${who.what} '${who.name}': '${shared[0].path}' of another stack records ${shared.map(({ service }) => service).join(', ')} in the same ` +
      'project, which has one such setting: destroying one stack ends the records of both. Set auditLog: false, or other auditServices, in one of them',
  );
}

/** A name that no API has would be refused by the apply. New APIs come, so it is a warning. */
function warnOfUnknownApis(scope: Construct, who: Speaker, props: GovernanceGuardrailsProps): void {
  const given: [prop: string, services: readonly string[] | undefined][] = [
    ['auditServices', props.auditServices], ['cmekServices', props.cmekServices], ['servicePerimeter.restrictedServices', props.servicePerimeter?.restrictedServices],
  ];
  for (const [prop, services] of given) {
    for (const service of services ?? []) {
      if (Token.isUnresolved(service) || KNOWN_APIS.includes(service)) continue;
      warn(
        scope,
        `${who.what} '${who.name}': ${prop}: ${service}.googleapis.com is no API that the library knows: is it spelled as Google Cloud has it?`,
      );
    }
  }
}

function giveDuties(
  scope: Construct,
  { roles = {}, data, registry }: GovernanceGuardrailsProps,
  audit: AuditLog | undefined,
): void {
  const { dataScientist, mlEngineer, approver, auditor } = roles;
  if (dataScientist) {
    data.grantRead(dataScientist);
    registry?.grantRead(dataScientist);
    grantInProject(scope, dataScientist, 'aiplatform.viewer');
    grantInProject(scope, dataScientist, 'bigquery.jobUser');
  }
  if (mlEngineer) {
    data.grantRead(mlEngineer);
    const write = (bucket: string, prefix?: string) => {
      const place = grantPlace(scope, mlEngineer, `write-${prefix ?? 'raw'}`);
      grantObjects(place.scope, place.id, { bucket, prefix, role: 'objectUser', member: mlEngineer.member });
    };
    write(data.rawBucketName);
    // Not all artifacts: what pipelines have made stays what somebody approved, and what notebooks run as root is
    // nobody's.
    for (const prefix of OF_PEOPLE) write(data.artifactBucketName, prefix);
    registry?.grantRegister(mlEngineer);
    registry?.grantPullImages(mlEngineer);
    for (const role of ['aiplatform.user', 'bigquery.jobUser']) grantInProject(scope, mlEngineer, role);
  }
  if (approver) {
    registry?.grantRead(approver);
    registry?.grantApprove(approver);
  }
  if (auditor) {
    audit?.grantRead(auditor);
    grantInProject(scope, auditor, 'iam.securityReviewer');
  }
}
