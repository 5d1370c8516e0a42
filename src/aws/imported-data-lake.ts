import { aws_iam as iam, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DataLakeAttributes, IDataLake } from './data-lake-props';
import { requireMatch, speakerFor } from '../core/private/validation';
import { arnPlace, requireOwnRegion } from './private/base/places';
import { KEY_IS_REGIONAL } from './private/data/checks';
import { glueArn, grantAll, grantCatalog } from './private/data/lake-access';
import { requireTexts } from '../core/private/texts';

/**
 * A lake of another stack or tool, by the names of its parts.
 *
 * @internal
 */
export class ImportedDataLake extends Construct implements IDataLake {
  public readonly rawBucket: s3.IBucket;
  public readonly featureBucket: s3.IBucket;
  public readonly artifactBucket: s3.IBucket;
  public readonly encryptionKey: kms.IKey;
  public readonly databaseName: string;
  public readonly databaseArn: string;

  constructor(scope: Construct, id: string, attributes: DataLakeAttributes) {
    super(scope, id);
    const who = speakerFor('data lake', scope, id);
    requireTexts(who, attributes, { encryptionKeyArn: 'text', databaseName: 'text' });
    for (const prop of ['rawBucketName', 'featureBucketName', 'artifactBucketName'] as const) {
      requireTexts(who, attributes, { [prop]: 'text' });
      requireMatch(who, prop, attributes[prop], BUCKET, 'the name of a bucket, without s3://');
    }
    requireMatch(
      who,
      'encryptionKeyArn',
      attributes.encryptionKeyArn,
      /:key\//,
      'the ARN of a key and not of an alias, which permissions do not hold for',
    );
    requireOwnRegion(
      this,
      speakerFor('data lake', scope, id),
      'encryptionKeyArn',
      arnPlace(attributes.encryptionKeyArn),
      KEY_IS_REGIONAL,
    );
    this.encryptionKey = kms.Key.fromKeyArn(this, 'Key', attributes.encryptionKeyArn);
    const bucket = (bucketId: string, bucketName: string) =>
      s3.Bucket.fromBucketAttributes(this, bucketId, { bucketName, encryptionKey: this.encryptionKey });
    this.rawBucket = bucket('Raw', attributes.rawBucketName);
    this.featureBucket = bucket('Features', attributes.featureBucketName);
    this.artifactBucket = bucket('Artifacts', attributes.artifactBucketName);
    this.databaseName = attributes.databaseName;
    this.databaseArn = glueArn(this, 'database', this.databaseName);
  }

  public grantRead(grantee: iam.IGrantable, prefix?: string): iam.Grant {
    return grantAll(this, grantee, ['read'], prefix);
  }

  public grantReadWrite(grantee: iam.IGrantable, prefix?: string): iam.Grant {
    return grantAll(this, grantee, ['read', 'write', 'delete'], prefix);
  }

  public grantReadCatalog(grantee: iam.IGrantable): iam.Grant {
    return grantCatalog(this, grantee);
  }
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const BUCKET = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
