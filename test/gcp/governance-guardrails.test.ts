import { TerraformStack } from 'cdktf';
import { RiskRating } from '../../src/core/governance-guardrails';
import { DataLake, GovernanceGuardrails, GovernanceGuardrailsProps, Grant, IModelRegistry, IPrincipal, Principal, RemovalPolicy, ServiceAccount } from '../../src/gcp';
import { RememberingRegistry } from '../support/remembering-registry';
import { googleStack, onlyResource, resourceAt, resourcesOf, synthesized } from '../support/terraform';

type Options = Partial<GovernanceGuardrailsProps>;

const budget = { monthlyUsd: 500, alertEmails: ['ml@example.com'] };
const modelCard = { intendedUse: 'ranks customers by their risk to leave', owner: 'churn team' };
const scientists = Principal.group('scientists@example.com');
const engineers = Principal.group('engineers@example.com');
const approvers = Principal.group('approvers@example.com');
const auditors = Principal.group('auditors@example.com');
const PEM = '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZI\n-----END PUBLIC KEY-----\n';

class FakeRegistry extends RememberingRegistry<IPrincipal, Grant> implements IModelRegistry {
  public readonly modelId = 'churn';
  public readonly modelResourceName = 'projects/my-project/locations/europe-west4/models/churn';
  public readonly approvalTopicId = 'projects/my-project/topics/approval';
  public readonly imageRepositoryUri = 'europe-west4-docker.pkg.dev/my-project/churn';
  public readonly templateRepositoryUri = 'europe-west4-kfp.pkg.dev/my-project/churn-templates';
  public readonly grantReadTemplates = this.remember('read templates');
  public readonly grantWriteTemplates = this.remember('write templates');

  protected nameOf({ member }: IPrincipal): string {
    return member;
  }

  protected grant(): Grant {
    return new Grant([]);
  }
}

/** Guardrails that make nothing by themselves, beside a lake. */
function guarded(options: Options | ((stack: TerraformStack) => Options) = {}, stack = googleStack()) {
  const data = new DataLake(stack, 'Data');
  const governance = new GovernanceGuardrails(stack, 'Governance', {
    data, auditLog: false, cloudGuardrails: false, policyChecks: false, ...(typeof options === 'function' ? options(stack) : options),
  });
  return { stack, data, governance, config: () => synthesized(stack) };
}

const failing = (options: Options | ((stack: TerraformStack) => Options)) => () => {
  guarded(options);
};
const isOwn = ({ name }: { name: string }) => name;

describe('labels', () => {
  test('are those of everything that the provider makes', () => {
    expect(guarded({ tags: { 'team': 'churn', 'cost-center': '4711' } }).config().provider.google[0].default_labels).toEqual({ 'team': 'churn', 'cost-center': '4711' });
    expect(guarded().config().provider.google[0].default_labels).toBeUndefined();
  });

  test.each([
    [{ CostCenter: 'x' }, 'tags must be label keys of 1 to 63 lower-case letters, digits, _ and -, starting with a letter and not with goog, got \'CostCenter\''],
    [{ 'goog-team': 'x' }, 'tags must be label keys of 1 to 63 lower-case letters, digits, _ and -, starting with a letter and not with goog, got \'goog-team\''],
    [{ team: 'Churn Team' }, 'tags.team must be a label value of at most 63 lower-case letters, digits, _ and -, got \'Churn Team\''],
    [Object.fromEntries([...Array(41).keys()].map((each) => [`t${each}`, 'x'])), 'tags must be at most 40, got 41'],
  ])('refuses %j', (tags, message) => {
    expect(failing({ tags: tags as { [key: string]: string } })).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('budget', () => {
  test('counts the project, tells at 50, 80 and 100 percent, and when 100 percent are foreseen', () => {
    const config = guarded({ budget }).config();
    expect(onlyResource(config, 'google_billing_budget')).toMatchObject({
      billing_account: expect.stringMatching(/^\$\{data\.google_project\.Governance_Budget_Project_\w+\.billing_account\}$/),
      budget_filter: { projects: ['projects/123456789012'], calendar_period: 'MONTH' },
      amount: { specified_amount: { units: '500' } },
      threshold_rules: [
        { threshold_percent: 0.5, spend_basis: 'CURRENT_SPEND' },
        { threshold_percent: 0.8, spend_basis: 'CURRENT_SPEND' },
        { threshold_percent: 1, spend_basis: 'CURRENT_SPEND' },
        { threshold_percent: 1, spend_basis: 'FORECASTED_SPEND' },
      ],
      lifecycle: { ignore_changes: ['billing_account'] },
    });
    expect(onlyResource(config, 'google_monitoring_notification_channel')).toMatchObject({
      type: 'email', labels: { email_address: 'ml@example.com' }, display_name: 'Cost of my-project: ml@example.com', force_delete: true,
    });
    expect(onlyResource(config, 'google_billing_budget').all_updates_rule.monitoring_notification_channels).toEqual([
      expect.stringMatching(/^\$\{google_monitoring_notification_channel\.Governance_Budget_Email-.*\.name\}$/),
    ]);
    expect(Object.values(config.data.google_project as object)).toMatchObject([{ project_id: 'my-project', depends_on: [expect.stringContaining('ApisReady')] }]);
    // Google takes the currency of the billing account, and refuses every other.
    expect(onlyResource(config, 'google_billing_budget').amount.specified_amount).not.toHaveProperty('currency_code');
    for (const api of ['billingbudgets', 'cloudbilling', 'monitoring']) resourceAt(config, 'google_project_service', `Api-${api}`);
  });

  test('takes its own billing account, currency, shares, cents and label', () => {
    const config = guarded({
      tags: { team: 'churn' },
      budget: { monthlyUsd: 99.25, alertEmails: ['a@example.com', 'b@example.com'], alertAtPercent: [90, 40] },
      billingAccount: '012345-678901-ABCDEF',
      budgetCurrency: 'EUR',
      budgetLabel: 'team',
    }).config();
    const made = onlyResource(config, 'google_billing_budget');
    expect(made).toMatchObject({
      billing_account: '012345-678901-ABCDEF',
      budget_filter: { labels: { team: 'churn' } },
      amount: { specified_amount: { currency_code: 'EUR', units: '99', nanos: 250_000_000 } },
      threshold_rules: [{ threshold_percent: 0.4 }, { threshold_percent: 0.9 }, { threshold_percent: 0.9, spend_basis: 'FORECASTED_SPEND' }],
    });
    expect(made.lifecycle).toBeUndefined();
    expect(config.data?.google_project).toBeUndefined();
    expect(made.all_updates_rule.monitoring_notification_channels).toHaveLength(2);
  });

  test.each<[string, Options, string]>([
    ['no money', { budget: { ...budget, monthlyUsd: 0 } }, 'budget.monthlyUsd must be between 1 and 1000000000, got 0'],
    ['nobody', { budget: { ...budget, alertEmails: [] } }, 'budget.alertEmails must be 1 to 5 addresses, got 0'],
    ['a crowd', { budget: { ...budget, alertEmails: [1, 2, 3, 4, 5, 6].map((each) => `a${each}@example.com`) } }, 'budget.alertEmails must be 1 to 5 addresses, got 6'],
    ['a name', { budget: { ...budget, alertEmails: ['ml'] } }, 'budget.alertEmails must be e-mail addresses like ml@example.com, got \'ml\''],
    ['somebody twice', { budget: { ...budget, alertEmails: ['a@example.com', 'a@example.com'] } }, 'budget.alertEmails must be without repeats, got \'a@example.com\''],
    ['a share of nothing', { budget: { ...budget, alertAtPercent: [0] } }, 'budget.alertAtPercent must be a whole number between 1 and 1000, got 0'],
    ['a share twice', { budget: { ...budget, alertAtPercent: [50, 50] } }, 'budget.alertAtPercent must be without repeats, got \'50\''],
    ['no share', { budget: { ...budget, alertAtPercent: [] } }, 'budget.alertAtPercent must be at least one share, got \'[]\''],
    ['another kind of account', { budget, billingAccount: 'my-account' }, 'billingAccount must be the id of a billing account like 012345-678901-ABCDEF, got \'my-account\''],
    ['another kind of currency', { budget, budgetCurrency: 'euro' }, 'budgetCurrency must be a currency like USD, got \'euro\''],
    ['an unknown label', { budget, budgetLabel: 'team' }, 'budgetLabel must be the key of one of the tags, got \'team\''],
    ['an account of nothing', { billingAccount: '012345-678901-ABCDEF' }, 'billingAccount is about the budget, and there is none'],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('audit log', () => {
  const audited = (options: Options = {}) => guarded({ auditLog: true, ...options }).config();

  test('is there unless it is declined, records reads and writes, and keeps them a year under the key of the lake', () => {
    const config = audited({ auditLog: undefined });
    expect(resourcesOf(config, 'google_project_iam_audit_config').map(({ service, audit_log_config: kinds }) => [service, kinds.map((each: any) => each.log_type)])).toEqual(
      ['aiplatform', 'secretmanager', 'storage'].map((service) => [`${service}.googleapis.com`, ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE']]),
    );
    const bucket = onlyResource(config, 'google_logging_project_bucket_config');
    expect(bucket).toMatchObject({
      project: 'my-project',
      location: 'europe-west4',
      retention_days: 365,
      locked: false,
      lifecycle: { prevent_destroy: true },
      cmek_settings: { kms_key_name: expect.stringContaining('google_kms_crypto_key.') },
    });
    expect(bucket.depends_on).toContainEqual(expect.stringContaining('google_kms_crypto_key_iam_member.Data_Key_Agent-logging'));
    expect(resourceAt(config, 'google_kms_crypto_key_iam_member', 'Data_Key_Agent-logging')).toMatchObject({
      role: 'roles/cloudkms.cryptoKeyEncrypterDecrypter',
      lifecycle: { ignore_changes: ['member'] },
      member: expect.stringMatching(/^serviceAccount:\$\{data\.google_logging_project_cmek_settings\.[\w-]+\.service_account_id\}$/),
    });
    expect(guarded().config().resource.google_project_iam_audit_config).toBeUndefined();
    expect(guarded().governance.auditLogBucket).toBeUndefined();
  });

  test('reaches its bucket through a sink, and is not paid a second time in _Default', () => {
    const config = audited();
    const sink = onlyResource(config, 'google_logging_project_sink');
    expect(sink).toMatchObject({
      destination: expect.stringMatching(/^logging\.googleapis\.com\/\$\{google_logging_project_bucket_config\.\w+\.id\}$/),
      unique_writer_identity: true,
      exclusions: [{ name: 'endpoint-calls', filter: 'protoPayload.methodName=~"^google\\.cloud\\.aiplatform\\.[a-z0-9]+\\.PredictionService\\."' }],
    });
    expect(sink.filter).toBe(['activity', 'data_access', 'policy', 'system_event'].map((each) => `log_id("cloudaudit.googleapis.com/${each}")`).join(' OR '));
    expect(onlyResource(config, 'google_logging_project_exclusion').filter)
      .toBe('log_id("cloudaudit.googleapis.com/data_access") OR log_id("cloudaudit.googleapis.com/policy")');
  });

  test('is kept as long as is said, records what is said, and leaves out whom it is told', () => {
    const config = audited({
      auditRetentionDays: 400, auditServices: ['storage'], auditEndpointCalls: true, auditLocked: true, auditExemptions: [Principal.serviceAccount('t@p.iam.gserviceaccount.com')],
    });
    expect(onlyResource(config, 'google_logging_project_bucket_config')).toMatchObject({ retention_days: 400, locked: true });
    expect(onlyResource(config, 'google_logging_project_sink').exclusions).toBeUndefined();
    expect(onlyResource(config, 'google_project_iam_audit_config')).toMatchObject({
      service: 'storage.googleapis.com',
      audit_log_config: ['ADMIN_READ', 'DATA_READ', 'DATA_WRITE'].map((kind) => ({ log_type: kind, exempted_members: ['serviceAccount:t@p.iam.gserviceaccount.com'] })),
    });
  });

  test('goes with the stack when both keys are turned', () => {
    const stack = googleStack({}, { 'mlops:allowDestroy': true });
    const config = guarded({ auditLog: true, removalPolicy: RemovalPolicy.DESTROY }, stack).config();
    expect(onlyResource(config, 'google_logging_project_bucket_config').lifecycle).toEqual({ prevent_destroy: false });
    expect(failing({ removalPolicy: RemovalPolicy.DESTROY })).toThrow(
      'governance guardrails \'Stack/Governance\': removalPolicy DESTROY would delete data with the stack: set the context flag \'mlops:allowDestroy\' to true as well, or keep RETAIN');
  });

  test.each<[string, Options, string]>([
    ['a short memory', { auditLog: true, auditRetentionDays: 30 }, 'auditRetentionDays must be a whole number between 180 and 3650, got 30'],
    ['a domain', { auditLog: true, auditServices: ['storage.googleapis.com'] }, 'auditServices must be APIs without their domain, like storage, got \'storage.googleapis.com\''],
    ['a service twice', { auditLog: true, auditServices: ['storage', 'storage'] }, 'auditServices must be without repeats, got \'storage\''],
    ['no service', { auditLog: true, auditServices: [] }, 'auditServices must be at least one API, got \'[]\''],
    ['settings of nothing', { auditRetentionDays: 400 }, 'auditRetentionDays is about the audit log, and auditLog is false'],
    ['exemptions from nothing', { auditExemptions: [auditors] }, 'auditExemptions is about the audit log, and auditLog is false'],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('model card', () => {
  test('lies in the bucket of artifacts, for machines and for people', () => {
    const { governance, config, data } = guarded((stack) => ({
      registry: new FakeRegistry(stack), modelCard: { ...modelCard, riskRating: RiskRating.MEDIUM, limitations: 'not for ${newcomers}' },
    }));
    const json = resourceAt(config(), 'google_storage_bucket_object', 'ModelCard_Json');
    expect(json).toMatchObject({ name: 'governance/churn/model-card.json', content_type: 'application/json' });
    expect(JSON.parse(json.content)).toEqual({
      schema_version: '0.0.2',
      model_details: {
        name: 'churn', overview: modelCard.intendedUse, owners: [{ name: 'churn team' }], references: [{ reference: 'projects/my-project/locations/europe-west4/models/churn' }],
      },
      considerations: {
        use_cases: [{ description: modelCard.intendedUse }],
        limitations: [{ description: 'not for $${newcomers}' }],
        ethical_considerations: [{ name: 'Risk of a wrong answer: Medium' }],
      },
    });
    expect(resourceAt(config(), 'google_storage_bucket_object', 'ModelCard_Markdown')).toMatchObject({
      name: 'governance/churn/model-card.md', content: expect.stringContaining('# Model card: churn\n'),
    });
    expect(governance.modelCardUri).toBe(`gs://${data.artifactBucketName}/governance/churn/model-card.md`);
  });

  test('says so when little is known', () => {
    const { content } = resourceAt(guarded({ modelCard }).config(), 'google_storage_bucket_object', 'ModelCard_Markdown');
    expect(content).toBe([
      '# Model card: Stack', '', '## What it is for', '', 'ranks customers by their risk to leave', '',
      '## What it is not for, and where it fails', '', 'Not said.', '', '## Risk of a wrong answer', '', 'Unknown', '', '## Who answers for it', '', 'churn team', '',
    ].join('\n'));
    const json = JSON.parse(resourceAt(guarded({ modelCard }).config(), 'google_storage_bucket_object', 'ModelCard_Json').content);
    expect(json.considerations.limitations).toBeUndefined();
    expect(json.model_details.references).toBeUndefined();
    expect(guarded().governance.modelCardUri).toBeUndefined();
  });

  test.each<[string, Options, string]>([
    ['no purpose', { modelCard: { ...modelCard, intendedUse: '' } }, 'modelCard.intendedUse must be 1 to 2048 characters, got \'\''],
    ['no owner', { modelCard: { ...modelCard, owner: '' } }, 'modelCard.owner must be 1 to 1024 characters, got \'\''],
    ['empty limitations', { modelCard: { ...modelCard, limitations: '' } }, 'modelCard.limitations must be 1 to 2048 characters, got \'\''],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('guardrails in the cloud', () => {
  const cloud = (options: Options = {}, stack = googleStack()) => guarded({ cloudGuardrails: true, ...options }, stack).config();

  test('by default are what an owner of the project may make: an alert on every breach', () => {
    const config = cloud({ cloudGuardrails: undefined, guardrailEmails: ['sec@example.com'] });
    const alert = onlyResource(config, 'google_monitoring_alert_policy');
    const { filter, label_extractors: labels } = alert.conditions[0].condition_matched_log;
    for (const breach of ['CreateServiceAccountKey', 'roles/owner', 'allUsers', 'auditConfigDeltas']) expect(filter).toContain(breach);
    const told = [...filter.matchAll(/methodName=~"([^"]+)"/g)].map(([, pattern]) => new RegExp(pattern));
    const tells = (method: string) => told.some((each) => each.test(method));
    expect([
      'DestroyCryptoKeyVersion', 'google.cloud.kms.v1.KeyManagementService.DestroyCryptoKeyVersion', 'google.logging.v2.ConfigServiceV2.DeleteBucket',
      'google.logging.v2.ConfigServiceV2.UpdateBucket', 'google.logging.v2.ConfigServiceV2.UpdateBucketAsync', 'google.logging.v2.ConfigServiceV2.UpdateSink',
      'google.logging.v2.ConfigServiceV2.DeleteSink',
    ].filter((each) => !tells(each))).toEqual([]);
    expect(['CreateCryptoKeyVersion', 'google.logging.v2.ConfigServiceV2.GetBucket'].filter(tells)).toEqual([]);
    expect(Object.keys(labels)).toEqual(['method', 'principal', 'resource']);
    expect(alert.alert_strategy.notification_rate_limit).toEqual({ period: '300s' });
    expect(alert.notification_channels).toHaveLength(1);
    // Terraform deletes the channel of an address that is gone before it updates the alert policy that names it.
    expect(onlyResource(config, 'google_monitoring_notification_channel')).toMatchObject({
      labels: { email_address: 'sec@example.com' }, display_name: 'Guardrails of my-project: sec@example.com', force_delete: true,
    });
    expect(config.resource.google_org_policy_policy).toBeUndefined();
    expect(config.resource.google_iam_deny_policy).toBeUndefined();
    expect(guarded().config().resource.google_monitoring_alert_policy).toBeUndefined();
  });

  test('refuse locations that leave the stack\'s own region out', () => {
    const of = (allowedLocations: string[]) => () => cloud({ orgPolicies: true, allowedLocations });
    for (const locations of [['in:us-locations'], ['europe-west1', 'in:asia-locations'], ['in:europe-west44-locations', 'europe-west3'].slice(1)]) {
      expect(of(locations)).toThrow("allowedLocations must be such that europe-west4 is among them, or the stack's next apply is refused itself, got");
    }
    for (const locations of [['in:europe-locations'], ['europe-west4'], ['in:us-locations', 'in:europe-west4-locations'], ['in:nl-locations']]) expect(of(locations)).not.toThrow();
  });

  test('warn of APIs that nobody knows', () => {
    const { governance } = guarded({ auditLog: true, auditServices: ['storge', 'storage'] });
    expect(governance.node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data)).toEqual([
      "governance guardrails 'Stack/Governance': auditServices: storge.googleapis.com is no API that the library knows: is it spelled as Google Cloud has it?",
    ]);
  });

  test('take an address that looks like a template as it is', () => {
    const config = cloud({ guardrailEmails: ['a+${x}%{y}@example.com'], budget: { monthlyUsd: 1, alertEmails: ['b+${x}@example.com'] } });
    expect(resourcesOf(config, 'google_monitoring_notification_channel').map(({ labels }) => labels.email_address).sort()).toEqual([
      'a+$${x}%%{y}@example.com', 'b+$${x}@example.com',
    ]);
  });

  test('tell those whom the budget tells, and nobody where nobody is known', () => {
    expect(onlyResource(cloud({ budget }), 'google_monitoring_alert_policy').notification_channels).toEqual([expect.stringContaining('Governance_Email-')]);
    expect(onlyResource(cloud(), 'google_monitoring_alert_policy').notification_channels).toEqual([]);
  });

  test('set policies of the organisation on the project where the deployer may', () => {
    const config = cloud({ orgPolicies: true });
    const policies = Object.fromEntries(resourcesOf(config, 'google_org_policy_policy').map((each) => [each.name.replace('projects/my-project/policies/', ''), each]));
    expect(Object.keys(policies).sort()).toEqual([
      'ainotebooks.disableRootAccess', 'ainotebooks.restrictPublicIp', 'compute.disableSerialPortAccess', 'compute.requireShieldedVm', 'compute.vmExternalIpAccess',
      'gcp.resourceLocations', 'gcp.restrictNonCmekServices', 'iam.automaticIamGrantsForDefaultServiceAccounts', 'iam.disableServiceAccountKeyCreation',
      'iam.disableServiceAccountKeyUpload', 'sql.restrictAuthorizedNetworks', 'sql.restrictPublicIp', 'storage.publicAccessPrevention', 'storage.secureHttpTransport',
      'storage.uniformBucketLevelAccess',
    ]);
    expect(policies['iam.disableServiceAccountKeyCreation']).toMatchObject({ parent: 'projects/my-project', spec: { rules: [{ enforce: 'TRUE' }] } });
    expect(policies['compute.vmExternalIpAccess'].spec.rules).toEqual([{ deny_all: 'TRUE' }]);
    expect(policies['gcp.resourceLocations'].spec.rules).toEqual([{ values: { allowed_values: ['in:europe-west4-locations'] } }]);
    expect(policies['gcp.restrictNonCmekServices'].spec.rules[0].values.denied_values).toEqual(
      ['artifactregistry', 'secretmanager', 'sqladmin', 'storage'].map((each) => `${each}.googleapis.com`));
  });

  test('set the policies of the organisation that are asked for, or only write breaches down', () => {
    const config = cloud({
      orgPolicies: true, orgPolicyDryRun: true, orgPolicyExemptions: ['compute.requireShieldedVm'], allowedLocations: ['in:eu-locations'], cmekServices: [],
    });
    const policies = resourcesOf(config, 'google_org_policy_policy');
    const names = policies.map(isOwn).join();
    expect(names).not.toContain('requireShieldedVm');
    expect(names).not.toContain('restrictNonCmekServices');
    expect(policies.every(({ spec, dry_run_spec: dry }) => spec === undefined && dry !== undefined)).toBe(true);
    expect(policies.find(({ name }) => name.endsWith('resourceLocations')).dry_run_spec.rules[0].values.allowed_values).toEqual(['in:eu-locations']);
    expect(resourcesOf(cloud({ orgPolicies: true, cmekServices: ['bigquery'] }), 'google_org_policy_policy').find(({ name }) => name.endsWith('restrictNonCmekServices')).spec.rules)
      .toEqual([{ values: { denied_values: ['bigquery.googleapis.com'] } }]);
  });

  test('take from everybody what no role should have, but for those who answer for it', () => {
    const stack = googleStack();
    const robot = new ServiceAccount(stack, 'Robot', { displayName: 'x' });
    const made = onlyResource(cloud({
      denyPolicy: true, denyExceptions: [Principal.user('a@example.com'), auditors, Principal.serviceAccount('t@p.iam.gserviceaccount.com'), robot],
    }, stack), 'google_iam_deny_policy');
    expect(made.parent).toBe('cloudresourcemanager.googleapis.com%2Fprojects%2Fmy-project');
    expect(made.rules.flatMap((each: any) => each.deny_rule.denied_permissions)).toEqual([
      'iam.googleapis.com/serviceAccountKeys.create', 'cloudkms.googleapis.com/cryptoKeyVersions.destroy', 'logging.googleapis.com/buckets.delete',
      'logging.googleapis.com/sinks.delete', 'cloudresourcemanager.googleapis.com/projects.delete',
    ]);
    expect(made.rules[0].deny_rule).toMatchObject({
      denied_principals: ['principalSet://goog/public:all'],
      exception_principals: [
        'principal://goog/subject/a@example.com', 'principalSet://goog/group/auditors@example.com',
        'principal://iam.googleapis.com/projects/-/serviceAccounts/t@p.iam.gserviceaccount.com',
        expect.stringMatching(/^principal:\/\/iam\.googleapis\.com\/projects\/-\/serviceAccounts\/\$\{google_service_account\./),
      ],
    });
    expect(onlyResource(cloud({ denyPolicy: true }), 'google_iam_deny_policy').rules[0].deny_rule.exception_principals).toBeUndefined();
  });

  test('let images run that were attested', () => {
    const { governance, config } = guarded({ cloudGuardrails: true, binaryAuthorization: { publicKeyPem: PEM } });
    const attestor = onlyResource(config(), 'google_binary_authorization_attestor');
    expect(attestor.attestation_authority_note).toMatchObject({
      note_reference: expect.stringContaining('google_container_analysis_note.'),
      public_keys: [{ pkix_public_key: { public_key_pem: PEM, signature_algorithm: 'ECDSA_P256_SHA256' } }],
    });
    expect(onlyResource(config(), 'google_binary_authorization_policy')).toMatchObject({
      global_policy_evaluation_mode: 'ENABLE',
      admission_whitelist_patterns: [],
      default_admission_rule: {
        evaluation_mode: 'REQUIRE_ATTESTATION',
        enforcement_mode: 'ENFORCED_BLOCK_AND_AUDIT_LOG',
        require_attestations_by: [expect.stringMatching(/^projects\/my-project\/attestors\/\$\{google_binary_authorization_attestor\./)],
      },
    });
    expect(governance.attestor).toMatch(/^projects\/my-project\/attestors\//);
    expect(guarded().governance.attestor).toBeUndefined();
    expect(onlyResource(cloud({
      binaryAuthorization: { publicKeyPem: PEM, signatureAlgorithm: 'RSA_PSS_4096_SHA512', exemptedImages: ['eu.gcr.io/tools/*'], dryRun: true },
    }), 'google_binary_authorization_policy')).toMatchObject({
      admission_whitelist_patterns: [{ name_pattern: 'eu.gcr.io/tools/*' }], default_admission_rule: { enforcement_mode: 'DRYRUN_AUDIT_LOG_ONLY' },
    });
  });

  test('draw a perimeter, first as a dry run', () => {
    const made = onlyResource(cloud({ servicePerimeter: { accessPolicyId: '987654321' } }), 'google_access_context_manager_service_perimeter');
    expect(made).toMatchObject({
      parent: 'accessPolicies/987654321',
      name: expect.stringMatching(/^accessPolicies\/987654321\/servicePerimeters\/[a-z][a-z0-9_]+$/),
      use_explicit_dry_run_spec: true,
      spec: {
        resources: ['projects/123456789012'],
        restricted_services: ['aiplatform', 'artifactregistry', 'bigquery', 'cloudkms', 'pubsub', 'run', 'secretmanager', 'storage'].map((each) => `${each}.googleapis.com`),
      },
    });
    expect(made.status).toBeUndefined();
    expect(onlyResource(cloud({
      servicePerimeter: { accessPolicyId: '987654321', enforced: true, restrictedServices: ['storage'], accessLevels: ['accessPolicies/987654321/accessLevels/office'] },
    }), 'google_access_context_manager_service_perimeter')).toMatchObject({
      status: { restricted_services: ['storage.googleapis.com'], access_levels: ['accessPolicies/987654321/accessLevels/office'] },
    });
  });

  test.each<[string, Options, string]>([
    ['a name to tell', { guardrailEmails: ['sec'] }, 'guardrailEmails must be e-mail addresses like ml@example.com, got \'sec\''],
    ['somebody to tell twice', { guardrailEmails: ['a@example.com', 'a@example.com'] }, 'guardrailEmails must be without repeats, got \'a@example.com\''],
    ['exemptions from what is not set', { orgPolicies: true, orgPolicyExemptions: ['compute.all'] },
      'orgPolicyExemptions must be among ainotebooks.disableRootAccess, ainotebooks.restrictPublicIp, compute.disableSerialPortAccess, compute.requireShieldedVm, '
      + 'compute.vmExternalIpAccess, gcp.resourceLocations, gcp.restrictNonCmekServices, iam.automaticIamGrantsForDefaultServiceAccounts, '
      + 'iam.disableServiceAccountKeyCreation, iam.disableServiceAccountKeyUpload, sql.restrictAuthorizedNetworks, sql.restrictPublicIp, storage.publicAccessPrevention, '
      + 'storage.secureHttpTransport, storage.uniformBucketLevelAccess, got \'compute.all\''],
    ['no location', { orgPolicies: true, allowedLocations: [] }, 'allowedLocations must be at least one location, got \'[]\''],
    ['a strange location', { orgPolicies: true, allowedLocations: ['Europe'] }, 'allowedLocations must be locations like in:europe-west4-locations, got \'Europe\''],
    ['a domain', { orgPolicies: true, cmekServices: ['storage.googleapis.com'] }, 'cmekServices must be APIs without their domain, like storage, got \'storage.googleapis.com\''],
    ['an API twice', { orgPolicies: true, cmekServices: ['storage', 'storage'] }, 'cmekServices must be without repeats, got \'storage\''],
    ['settings of policies that are not set', { allowedLocations: ['in:eu-locations'] }, 'allowedLocations is about policies of the organisation, and orgPolicies is not true'],
    ['exceptions from what is not denied', { denyExceptions: [auditors] }, 'denyExceptions are from the deny policy, and denyPolicy is not true'],
    ['an exception of another kind', { denyPolicy: true, denyExceptions: [{ member: 'domain:example.com', principalId: 'x' }] },
      'denyExceptions must be users, groups and service accounts, got \'domain:example.com\''],
    ['what is off', { cloudGuardrails: false, denyPolicy: true }, 'denyPolicy is a guardrail in the cloud, and cloudGuardrails is false'],
    ['a key of another kind', { binaryAuthorization: { publicKeyPem: 'abc' } }, 'binaryAuthorization.publicKeyPem must be a public key in PEM, got \'abc\''],
    ['another algorithm', { binaryAuthorization: { publicKeyPem: PEM, signatureAlgorithm: 'MD5' } },
      'binaryAuthorization.signatureAlgorithm must be an algorithm like ECDSA_P256_SHA256, got \'MD5\''],
    ['the name of an access policy', { servicePerimeter: { accessPolicyId: 'default' } }, 'servicePerimeter.accessPolicyId must be the number of an access policy, got \'default\''],
    ['a perimeter around nothing', { servicePerimeter: { accessPolicyId: '1', restrictedServices: [] } }, 'servicePerimeter.restrictedServices must be at least one API, got \'[]\''],
    ['a perimeter around a domain', { servicePerimeter: { accessPolicyId: '1', restrictedServices: ['a.b'] } },
      'servicePerimeter.restrictedServices must be APIs without their domain, like storage, got \'a.b\''],
    ['a level by its name alone', { servicePerimeter: { accessPolicyId: '1', accessLevels: ['office'] } },
      'servicePerimeter.accessLevels must be levels like accessPolicies/<number>/accessLevels/<name>, got \'office\''],
  ])('refuse %s', (_, options, message) => {
    expect(() => cloud(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });
});

describe('duties', () => {
  test('are apart: who reads, who makes, who approves, who audits', () => {
    const stack = googleStack();
    const registry = new FakeRegistry(stack);
    const roles = { dataScientist: scientists, mlEngineer: engineers, approver: approvers, auditor: auditors };
    const config = guarded({ auditLog: true, registry, roles }, stack).config();
    expect(registry.asked).toEqual([
      'read group:scientists@example.com', 'register group:engineers@example.com', 'pull group:engineers@example.com', 'read group:approvers@example.com',
      'approve group:approvers@example.com',
    ]);
    // No workflows.invoker for who makes: it would start rollouts as well, without an approval.
    expect(resourcesOf(config, 'google_project_iam_member').map(({ member, role }) => `${member} ${role}`).sort()).toEqual([
      'group:auditors@example.com roles/iam.securityReviewer',
      'group:engineers@example.com roles/aiplatform.user',
      'group:engineers@example.com roles/bigquery.jobUser',
      'group:scientists@example.com roles/aiplatform.viewer',
      'group:scientists@example.com roles/bigquery.jobUser',
    ]);
    expect(onlyResource(config, 'google_logging_log_view_iam_member')).toMatchObject({
      name: '_AllLogs', parent: 'projects/my-project', location: 'europe-west4', role: 'roles/logging.viewAccessor', member: 'group:auditors@example.com',
    });
    const objects = resourcesOf(config, 'google_storage_bucket_iam_member')
      .map(({ member, role, bucket, condition }) => `${member} ${role} ${/Data_(Raw|Artifacts)/.exec(bucket)![1]} ${condition?.title ?? 'all'}`);
    expect(objects).toEqual(expect.arrayContaining(['group:scientists@example.com roles/storage.objectViewer Artifacts all']));
    // What pipelines have made stays what somebody approved.
    expect(objects.filter((each) => each.includes('objectUser')).sort()).toEqual([
      'group:engineers@example.com roles/storage.objectUser Artifacts objects below notebooks/',
      'group:engineers@example.com roles/storage.objectUser Artifacts objects below training/notebooks/',
      'group:engineers@example.com roles/storage.objectUser Raw all',
    ]);
  });

  test('an auditor without an audit log reads who may do what', () => {
    const config = guarded({ roles: { auditor: auditors } }).config();
    expect(config.resource.google_logging_log_view_iam_member).toBeUndefined();
    expect(onlyResource(config, 'google_project_iam_member').role).toBe('roles/iam.securityReviewer');
  });

  test.each<[string, (stack: TerraformStack) => Options, string]>([
    ['approval by itself of a model of high risk', (stack) => ({ registry: new FakeRegistry(stack, true), modelCard: { ...modelCard, riskRating: RiskRating.HIGH } }),
      'modelCard.riskRating is High, and the registry approves automatically: a model of high risk needs a manual approval'],
    ['an approver of nothing', () => ({ roles: { approver: approvers } }), 'roles.approver approves versions, and there is no registry'],
    ['an approver who makes models', (stack) => ({ registry: new FakeRegistry(stack), roles: { approver: engineers, mlEngineer: engineers } }),
      'roles.approver is the same as roles.mlEngineer: who makes a model must not approve it'],
  ])('refuses %s', (_, options, message) => {
    expect(failing(options)).toThrow(`governance guardrails 'Stack/Governance': ${message}`);
  });

  test('a model of high risk may be approved by a person', () => {
    expect(failing((stack) => ({ registry: new FakeRegistry(stack), modelCard: { ...modelCard, riskRating: RiskRating.HIGH } }))).not.toThrow();
  });
});
