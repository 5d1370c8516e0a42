import { MlopsError } from './private/errors';
/** How much a violation matters. */
export enum PolicySeverity {
  /** Synthesis fails. */
  ERROR = 'error',
  /** Synthesis succeeds and says so. */
  WARNING = 'warning',
}

/** One rule of governance, in words; each cloud has a small function that checks it. */
export interface Policy {
  /** Stable id, `MLOPS-ENC-01`: exceptions name it, so it never changes its meaning. */
  readonly id: string;
  /** Requirement, in one sentence. */
  readonly title: string;
  /** Risk where the requirement is not met. */
  readonly rationale: string;
  /** Effect of a violation on synthesis. */
  readonly severity: PolicySeverity;
  /**
   * Controls that the policy serves, `<framework>:<control>`: `NIST-800-53-r5:SC-28`, `ISO-42001:A.7.5`, `GDPR:Art.32`,
   * `EU-AI-Act:Art.12`. A policy is evidence for a control, never the whole of it.
   */
  readonly controls: string[];
}

/**
 * The policies, named once for every cloud.
 *
 * @see https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final
 * @see https://www.iso.org/standard/81230.html
 * @see https://eur-lex.europa.eu/eli/reg/2016/679/oj
 * @see https://eur-lex.europa.eu/eli/reg/2024/1689/oj
 */
export class Policies {
  /** All of them, in the order in which a report lists them. */
  public static readonly ALL: Policy[] = [
    must('MLOPS-ENC-01', 'data and models are encrypted at rest with a key of the account',
      'a customer-managed key lets access be revoked, logged and audited; the provider\'s default key is usable by every caller of the service',
      'NIST-800-53-r5:SC-28', 'NIST-800-53-r5:SC-28(1)', 'NIST-800-53-r5:SC-12', 'GDPR:Art.32', 'EU-AI-Act:Art.15'),
    must('MLOPS-ENC-02', 'data is encrypted in transit: requests without TLS are denied',
      'one misconfigured client sends data and credentials unencrypted',
      'NIST-800-53-r5:SC-8', 'NIST-800-53-r5:SC-8(1)', 'GDPR:Art.32', 'EU-AI-Act:Art.15'),
    must('MLOPS-ENC-03', 'traffic between the instances of a training job is encrypted',
      'distributed training sends gradients, which reveal training data, between instances',
      'NIST-800-53-r5:SC-8', 'NIST-800-53-r5:SC-8(1)', 'GDPR:Art.32'),
    must('MLOPS-ENC-04', 'keys rotate automatically',
      'a leaked key that is never rotated exposes all data, past and future',
      'NIST-800-53-r5:SC-12', 'GDPR:Art.32'),
    must('MLOPS-NET-01', 'nothing is public',
      'a public bucket or port exposes training data to anyone',
      'NIST-800-53-r5:AC-3', 'NIST-800-53-r5:SC-7', 'GDPR:Art.25', 'GDPR:Art.32'),
    must('MLOPS-NET-02', 'jobs and models have no egress to the internet',
      'training code and model files come from third parties; without egress they cannot exfiltrate data',
      'NIST-800-53-r5:SC-7', 'NIST-800-53-r5:AC-4', 'EU-AI-Act:Art.15'),
    must('MLOPS-NET-03', 'notebooks have neither root access nor direct internet access',
      'notebooks run arbitrary code with access to training data',
      'NIST-800-53-r5:SC-7', 'NIST-800-53-r5:AC-6', 'GDPR:Art.32'),
    must('MLOPS-DAT-01', 'data is versioned',
      'a model can be explained and reproduced only from the exact data that it was trained on',
      'NIST-800-53-r5:CP-9', 'NIST-800-53-r5:SI-12', 'ISO-42001:A.7.2', 'ISO-42001:A.7.5', 'EU-AI-Act:Art.10'),
    must('MLOPS-DAT-02', 'stateful resources are retained when their stack is deleted',
      'refactoring or deleting a stack must not delete the data that a model depends on',
      'NIST-800-53-r5:CP-9', 'NIST-800-53-r5:SI-12', 'ISO-42001:A.7.2', 'EU-AI-Act:Art.18'),
    must('MLOPS-IAM-01', 'wildcard permissions have a recorded reason',
      'an over-privileged role turns one compromised component into a breach',
      'NIST-800-53-r5:AC-6', 'NIST-800-53-r5:AC-3', 'GDPR:Art.25', 'GDPR:Art.32'),
    must('MLOPS-IAM-02', 'no managed full-access policies',
      'the provider\'s full-access policies reach unrelated data and are extended without notice',
      'NIST-800-53-r5:AC-6', 'NIST-800-53-r5:CM-7', 'GDPR:Art.25'),
    must('MLOPS-IAM-03', 'roles can be assumed only by the principals that they are for',
      'a role that any principal, or any repository of a code host, can assume is public',
      'NIST-800-53-r5:AC-3', 'NIST-800-53-r5:AC-6', 'NIST-800-53-r5:IA-9'),
    should('MLOPS-IAM-04', 'roles have a permission boundary',
      'the boundary also limits permissions that are granted to the role later, manually',
      'NIST-800-53-r5:AC-3', 'NIST-800-53-r5:AC-6'),
    must('MLOPS-SEC-01', 'no secrets in plain text',
      'templates, consoles and logs show environment variables to everyone with read access',
      'NIST-800-53-r5:IA-5(7)', 'NIST-800-53-r5:SC-28', 'GDPR:Art.32'),
    should('MLOPS-REP-01', 'images are pinned: by digest, or at least by a tag that does not move',
      'a run cannot be audited or reproduced if its tag later points to another image',
      'NIST-800-53-r5:CM-2', 'NIST-800-53-r5:SI-7', 'ISO-42001:A.4.4', 'EU-AI-Act:Art.15'),
    must('MLOPS-LOG-01', 'logs expire',
      'request logs contain personal data; kept indefinitely they are a liability, kept too briefly they are no evidence',
      'NIST-800-53-r5:AU-11', 'GDPR:Art.5(1)(e)', 'EU-AI-Act:Art.19'),
    must('MLOPS-LOG-02', 'the audit log is on, encrypted and tamper-evident',
      'an audit log that its subject can alter is no evidence',
      'NIST-800-53-r5:AU-9', 'NIST-800-53-r5:AU-12', 'ISO-42001:A.6.2.8', 'GDPR:Art.32'),
    should('MLOPS-LOG-03', 'data and models have an audit log',
      'reads of data and changes of models must be traceable afterwards',
      'NIST-800-53-r5:AU-2', 'NIST-800-53-r5:AU-12', 'ISO-42001:A.6.2.8', 'GDPR:Art.5(2)', 'EU-AI-Act:Art.12'),
    should('MLOPS-SRV-01', 'endpoints capture requests and responses',
      'without captured traffic there is no drift detection, no feedback loop and no explanation of a decision',
      'NIST-800-53-r5:AU-12', 'NIST-800-53-r5:SI-4', 'ISO-42001:A.6.2.6', 'ISO-42001:A.6.2.8', 'EU-AI-Act:Art.12', 'EU-AI-Act:Art.72'),
    must('MLOPS-SRV-02', 'rollouts roll back automatically when alarms fire',
      'alarms detect a bad model hours before people do',
      'NIST-800-53-r5:CP-10', 'NIST-800-53-r5:CM-3', 'ISO-42001:A.6.2.5', 'EU-AI-Act:Art.15'),
    should('MLOPS-REG-01', 'model versions are approved manually before they go live',
      'a metric cannot be accountable for decisions about people',
      'NIST-800-53-r5:CM-3', 'NIST-800-53-r5:AC-5', 'ISO-42001:A.6.2.5', 'ISO-42001:A.9.2', 'EU-AI-Act:Art.17'),
    should('MLOPS-REG-02', 'model versions are registered only after a quality gate',
      'a version in the registry can be deployed',
      'NIST-800-53-r5:SA-11', 'ISO-42001:A.6.2.4', 'EU-AI-Act:Art.9', 'EU-AI-Act:Art.15'),
    should('MLOPS-REG-03', 'registered model versions have lineage and metrics',
      'lineage that is not recorded at registration is lost',
      'NIST-800-53-r5:CM-8', 'NIST-800-53-r5:SR-4', 'ISO-42001:A.6.2.3', 'ISO-42001:A.7.5', 'EU-AI-Act:Art.11', 'EU-AI-Act:Art.18'),
    should('MLOPS-REG-04', 'registered models have a model card',
      'users and auditors need the intended use, the limitations and the owner of a model',
      'ISO-42001:A.6.2.7', 'ISO-42001:A.8.2', 'EU-AI-Act:Art.11', 'EU-AI-Act:Art.13'),
    should('MLOPS-TAG-01', 'billed resources are tagged',
      'untagged cost cannot be allocated to an owner',
      'NIST-800-53-r5:CM-8', 'ISO-42001:A.4.2'),
    must('MLOPS-TAG-02', 'tags do not reach resources that a tag change would replace',
      'changing a cost centre must not replace a feature group',
      'NIST-800-53-r5:CM-3', 'NIST-800-53-r5:SI-12'),
    must('MLOPS-CST-01', 'idle notebooks shut down',
      'an idle notebook costs money and widens the attack surface',
      'NIST-800-53-r5:AC-12', 'ISO-42001:A.4.5'),
    should('MLOPS-CST-02', 'a budget notifies before it is exceeded',
      'a runaway job or a misused credential shows first in the cost',
      'NIST-800-53-r5:SA-2', 'ISO-42001:A.4.5'),
    must('MLOPS-EXC-01', 'every exception names a policy that exists and gives a reason',
      'an exception without a reason cannot be reviewed',
      'NIST-800-53-r5:CM-6', 'NIST-800-53-r5:RA-7'),
  ];

  /** The policy of an id; an error where there is none. */
  public static find(id: string): Policy {
    const policy = Policies.ALL.find((each) => each.id === id);
    if (policy === undefined) throw new MlopsError('Invalid policies', `policies: no policy has the id '${id}'`);
    return policy;
  }

  private constructor() {}
}

function must(id: string, title: string, rationale: string, ...controls: string[]): Policy {
  return { id, title, rationale, severity: PolicySeverity.ERROR, controls };
}

function should(id: string, title: string, rationale: string, ...controls: string[]): Policy {
  return { id, title, rationale, severity: PolicySeverity.WARNING, controls };
}
