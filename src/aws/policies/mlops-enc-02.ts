import { Rule, unless } from '../private/policy-rule';
import { denies, documentsFor } from '../private/statements';

/** Where the policy of a bucket, a topic or a queue stands. */
const POLICIES: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'AWS::S3::BucketPolicy',
  'AWS::SNS::Topic': 'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue': 'AWS::SQS::QueuePolicy',
};

/** A resource policy denies everybody whose request did not come over TLS. */
export const encryptionInTransit: Rule = {
  policy: 'MLOPS-ENC-02',
  types: Object.keys(POLICIES),
  fix: 'set enforceSSL: true',
  reasonedBy: ['AwsSolutions-S10', 'AwsSolutions-SNS3', 'AwsSolutions-SQS4', 'NIST.800.53.R5-S3BucketSSLRequestsOnly'],
  check(resource, around) {
    const refused = documentsFor(resource, around, POLICIES[resource.type]).some((document) => denies(document, (statement) =>
      String(statement.Condition?.Bool?.['aws:SecureTransport']) === 'false'));
    return unless(refused ? [] : ['no policy denies requests without aws:SecureTransport']);
  },
};
