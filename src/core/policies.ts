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
  /** What must hold, in a sentence. */
  readonly title: string;
  /** What goes wrong where it does not hold. */
  readonly rationale: string;
  /** What a violation does to synthesis. */
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
      'only with a key of one\'s own can access be withdrawn, logged and proven; the provider\'s default key opens to every caller of the service',
      'NIST-800-53-r5:SC-28', 'NIST-800-53-r5:SC-28(1)', 'NIST-800-53-r5:SC-12', 'GDPR:Art.32', 'EU-AI-Act:Art.15'),
    must('MLOPS-ENC-02', 'data is encrypted on its way: requests without TLS are refused',
      'one client with a wrong setting puts data and credentials on the wire in the clear',
      'NIST-800-53-r5:SC-8', 'NIST-800-53-r5:SC-8(1)', 'GDPR:Art.32', 'EU-AI-Act:Art.15'),
    must('MLOPS-ENC-03', 'the machines of one job encrypt what they say to each other',
      'distributed training sends gradients, and so the data, between machines',
      'NIST-800-53-r5:SC-8', 'NIST-800-53-r5:SC-8(1)', 'GDPR:Art.32'),
    must('MLOPS-ENC-04', 'keys rotate by themselves',
      'a key that never changes makes every leak of it total and for ever',
      'NIST-800-53-r5:SC-12', 'GDPR:Art.32'),
    must('MLOPS-NET-01', 'nothing is public',
      'most leaks of training data were buckets and ports that somebody had opened',
      'NIST-800-53-r5:AC-3', 'NIST-800-53-r5:SC-7', 'GDPR:Art.25', 'GDPR:Art.32'),
    must('MLOPS-NET-02', 'jobs and models have no way to the internet',
      'training code and model files come from many hands; without a way out they cannot carry data away',
      'NIST-800-53-r5:SC-7', 'NIST-800-53-r5:AC-4', 'EU-AI-Act:Art.15'),
    must('MLOPS-NET-03', 'notebooks have neither root rights nor a direct way to the internet',
      'a notebook runs whatever is pasted into it, with the data next to it',
      'NIST-800-53-r5:SC-7', 'NIST-800-53-r5:AC-6', 'GDPR:Art.32'),
    must('MLOPS-DAT-01', 'data is versioned',
      'a model can be explained and built again only from the very data it was trained on',
      'NIST-800-53-r5:CP-9', 'NIST-800-53-r5:SI-12', 'ISO-42001:A.7.2', 'ISO-42001:A.7.5', 'EU-AI-Act:Art.10'),
    must('MLOPS-DAT-02', 'what holds data outlives its stack',
      'a refactoring or a deleted stack must not delete the records that a model rests on',
      'NIST-800-53-r5:CP-9', 'NIST-800-53-r5:SI-12', 'ISO-42001:A.7.2', 'EU-AI-Act:Art.18'),
    must('MLOPS-IAM-01', 'no permission is a wildcard without a reason',
      'a role that may do everything turns one fault into a breach',
      'NIST-800-53-r5:AC-6', 'NIST-800-53-r5:AC-3', 'GDPR:Art.25', 'GDPR:Art.32'),
    must('MLOPS-IAM-02', 'no ready-made policy of full access',
      'the provider\'s full-access policies reach other people\'s data and grow without notice',
      'NIST-800-53-r5:AC-6', 'NIST-800-53-r5:CM-7', 'GDPR:Art.25'),
    must('MLOPS-IAM-03', 'roles are taken only by whom they were made for',
      'a role that anybody, or any repository of a code host, may take is public',
      'NIST-800-53-r5:AC-3', 'NIST-800-53-r5:AC-6', 'NIST-800-53-r5:IA-9'),
    should('MLOPS-IAM-04', 'roles have a permission boundary',
      'the boundary holds also for what is granted to the role later, by hand',
      'NIST-800-53-r5:AC-3', 'NIST-800-53-r5:AC-6'),
    must('MLOPS-SEC-01', 'no secret stands in plain text',
      'templates, consoles and logs show environment variables to everybody who may look',
      'NIST-800-53-r5:IA-5(7)', 'NIST-800-53-r5:SC-28', 'GDPR:Art.32'),
    should('MLOPS-REP-01', 'images are pinned: by digest, or at least by a tag that does not move',
      'what ran cannot be said, nor run again, if a name stands for another image tomorrow',
      'NIST-800-53-r5:CM-2', 'NIST-800-53-r5:SI-7', 'ISO-42001:A.4.4', 'EU-AI-Act:Art.15'),
    must('MLOPS-LOG-01', 'logs have an end date',
      'logs of requests hold personal data; kept for ever they are a liability, kept too short no evidence',
      'NIST-800-53-r5:AU-11', 'GDPR:Art.5(1)(e)', 'EU-AI-Act:Art.19'),
    must('MLOPS-LOG-02', 'the audit trail is on, encrypted, and cannot be changed unnoticed',
      'a record that its subject can alter proves nothing',
      'NIST-800-53-r5:AU-9', 'NIST-800-53-r5:AU-12', 'ISO-42001:A.6.2.8', 'GDPR:Art.32'),
    should('MLOPS-LOG-03', 'there is an audit trail of data and models',
      'who read the data and who changed the model must be answerable afterwards',
      'NIST-800-53-r5:AU-2', 'NIST-800-53-r5:AU-12', 'ISO-42001:A.6.2.8', 'GDPR:Art.5(2)', 'EU-AI-Act:Art.12'),
    should('MLOPS-SRV-01', 'endpoints record what they are asked and what they answer',
      'without the record there is no drift detection, no feedback and no explanation of a decision',
      'NIST-800-53-r5:AU-12', 'NIST-800-53-r5:SI-4', 'ISO-42001:A.6.2.6', 'ISO-42001:A.6.2.8', 'EU-AI-Act:Art.12', 'EU-AI-Act:Art.72'),
    must('MLOPS-SRV-02', 'a new version goes back by itself when alarms go off',
      'people notice a bad model hours after the machine could have',
      'NIST-800-53-r5:CP-10', 'NIST-800-53-r5:CM-3', 'ISO-42001:A.6.2.5', 'EU-AI-Act:Art.15'),
    should('MLOPS-REG-01', 'a person approves what goes live',
      'a metric does not answer for a decision about people',
      'NIST-800-53-r5:CM-3', 'NIST-800-53-r5:AC-5', 'ISO-42001:A.6.2.5', 'ISO-42001:A.9.2', 'EU-AI-Act:Art.17'),
    should('MLOPS-REG-02', 'only what passed a quality gate is registered',
      'a version in the registry is an offer to deploy it',
      'NIST-800-53-r5:SA-11', 'ISO-42001:A.6.2.4', 'EU-AI-Act:Art.9', 'EU-AI-Act:Art.15'),
    should('MLOPS-REG-03', 'a registered version says how it was made and what it scored',
      'lineage that is not written down at registration cannot be found again',
      'NIST-800-53-r5:CM-8', 'NIST-800-53-r5:SR-4', 'ISO-42001:A.6.2.3', 'ISO-42001:A.7.5', 'EU-AI-Act:Art.11', 'EU-AI-Act:Art.18'),
    should('MLOPS-REG-04', 'a model that is registered has a card',
      'users and auditors must know what a model is for, what it is not for, and who answers for it',
      'ISO-42001:A.6.2.7', 'ISO-42001:A.8.2', 'EU-AI-Act:Art.11', 'EU-AI-Act:Art.13'),
    should('MLOPS-TAG-01', 'what costs money is tagged',
      'cost without an owner is nobody\'s cost',
      'NIST-800-53-r5:CM-8', 'ISO-42001:A.4.2'),
    must('MLOPS-TAG-02', 'tags stay away from resources that a changed tag replaces',
      'a new cost centre must not delete a feature group',
      'NIST-800-53-r5:CM-3', 'NIST-800-53-r5:SI-12'),
    must('MLOPS-CST-01', 'notebooks stop when nobody works in them',
      'an idle notebook is an open door with a running meter',
      'NIST-800-53-r5:AC-12', 'ISO-42001:A.4.5'),
    should('MLOPS-CST-02', 'a budget tells somebody before the money is gone',
      'a runaway job or an abused key shows first on the bill',
      'NIST-800-53-r5:SA-2', 'ISO-42001:A.4.5'),
    must('MLOPS-EXC-01', 'every exception names a policy that exists and gives a reason',
      'an exception without a reason is a hole that nobody remembers',
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
