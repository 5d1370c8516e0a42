import { createHash } from 'crypto';
import { aws_sagemaker as sagemaker, Fn, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { IDataLake } from '../../data-lake-props';
import { stableName } from '../base/names';
import { shieldFromTags } from '../data/tag-shield';

/** Variables that tell a notebook where the lake is. */
export function lakeVariables(data: IDataLake): { [name: string]: string } {
  return {
    MLOPS_RAW_BUCKET: data.rawBucket.bucketName,
    MLOPS_FEATURE_BUCKET: data.featureBucket.bucketName,
    MLOPS_ARTIFACT_BUCKET: data.artifactBucket.bucketName,
    MLOPS_DATABASE: data.databaseName,
  };
}

/** Kinds of notebooks, as SageMaker calls them. */
export type NotebookApp = 'JupyterLab' | 'CodeEditor';

/**
 * Sets variables in every Python kernel of a kind of notebooks, unless the notebook has set them; returns the ARN of
 * the script that does.
 *
 * A kernel is not a child of a login shell, so a profile would not reach it: IPython reads its start-up folder in every
 * kernel. A script cannot be changed, only replaced, and its name is its own: so the name follows the content.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/jl-lcc.html
 */
export function notebookEnvironment(
  scope: Construct, app: NotebookApp, environment: () => { [name: string]: string }, removalPolicy: RemovalPolicy,
): string {
  const stack = Stack.of(scope);
  // Asked at synthesis: what is connected to the notebooks may stand in their network, and so come after them.
  const script = () => `#!/bin/bash
set -eu
folder="$HOME/.ipython/profile_default/startup"
mkdir -p "$folder"
cat > "$folder/00-mlops.py" << 'END'
import os
for name, value in ${stack.toJsonString(environment())}.items():
    os.environ.setdefault(name, value)
${reads(environment()) ? CONNECT : ''}END
`;
  const digest = () => createHash('sha256').update(JSON.stringify(stack.resolve(script()))).digest('hex').slice(0, 8);
  const config = shieldFromTags(new sagemaker.CfnStudioLifecycleConfig(scope, `Start-${app}`, {
    studioLifecycleConfigAppType: app,
    studioLifecycleConfigName: Lazy.string({ produce: () => stableName(scope, `${app}-${digest()}`, 63) }),
    studioLifecycleConfigContent: Fn.base64(Lazy.string({ produce: script })),
  }));
  // SageMaker does not delete a script that a domain names: it stays with a domain that stays.
  config.applyRemovalPolicy(removalPolicy);
  return config.attrStudioLifecycleConfigArn;
}

/** Whether a kernel has something to fetch when it starts. */
function reads(environment: { [name: string]: string }): boolean {
  return Object.keys(environment).some((name) => /^MLOPS_(SECRET_.+_REF|FILES_.+)$/.test(name));
}

/**
 * Sets the variables of secrets and copies the files of clients into the home folder, as the runtime does in jobs. What
 * cannot be read is said, and the kernel starts all the same.
 */
export const CONNECT = String.raw`
def connect():
    import re
    import boto3
    for name, place in list(os.environ.items()):
        secret = re.fullmatch("MLOPS_SECRET_(.+)_REF", name)
        try:
            if secret and secret[1] not in os.environ:
                store = boto3.client("secretsmanager", region_name=place.split(":")[3])
                os.environ[secret[1]] = store.get_secret_value(SecretId=place)["SecretString"]
            if name.startswith("MLOPS_FILES_"):
                bucket, _, folder = place[len("s3://"):].partition("/")
                s3 = boto3.client("s3")
                for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder):
                    for each in page.get("Contents", []):
                        target = os.path.join(os.path.expanduser("~"), each["Key"][len(folder):])
                        os.makedirs(os.path.dirname(target), exist_ok=True)
                        s3.download_file(bucket, each["Key"], target)
        except Exception as error:
            print(f"{name}: {error}")

connect()
`;
