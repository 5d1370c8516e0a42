import { denies, documentsFor, listed, Statement } from '../private/policy/iam-statements';
import { Rule, unless } from '../private/policy/rule';

/** Where the policy of a bucket, a topic or a queue stands. */
const POLICIES: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'AWS::S3::BucketPolicy',
  'AWS::SNS::Topic': 'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue': 'AWS::SQS::QueuePolicy',
};

/** Actions that a denial must name at least; `Publish` is all that outsiders do with a topic. */
const ACTIONS: Readonly<Record<string, RegExp>> = {
  'AWS::S3::Bucket': /^(\*|s3:\*)$/i,
  'AWS::SNS::Topic': /^(\*|sns:(\*|Publish))$/i,
  'AWS::SQS::Queue': /^(\*|sqs:\*)$/i,
};

/** A resource policy denies everybody whose request did not come over TLS. */
export const encryptionInTransit: Rule = {
  policy: 'MLOPS-ENC-02',
  types: Object.keys(POLICIES),
  fix: 'set enforceSSL: true',
  reasonedBy: [
    ['AwsSolutions-S10', 'AWS::S3::Bucket'], ['AwsSolutions-SNS3', 'AWS::SNS::Topic'], ['AwsSolutions-SQS4', 'AWS::SQS::Queue'],
    ['NIST.800.53.R5-S3BucketSSLRequestsOnly', 'AWS::S3::Bucket'],
  ],
  check(resource, around) {
    const refused = documentsFor(resource, around, POLICIES[resource.type]).some((document) =>
      denies(document, (statement) => coversAll(statement, ACTIONS[resource.type]) && asksForNothingButTls(statement)),
    );
    return unless(refused ? [] : ['no policy denies requests without aws:SecureTransport']);
  },
};

function coversAll(statement: Statement, action: RegExp): boolean {
  return listed(statement.Action).some((each) => action.test(String(each)));
}

/** A denial with a further condition leaves requests without TLS that it does not meet. */
function asksForNothingButTls({ Condition: condition = {} }: Statement): boolean {
  const asked = Object.entries(condition).flatMap(([operator, operands]) =>
    Object.entries(operands as object).map(([key, value]) => `${operator} ${key} ${String(value)}`),
  );
  return asked.length === 1 && /^Bool(IfExists)? aws:SecureTransport false$/i.test(asked[0]);
}
