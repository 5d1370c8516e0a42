import { createHash } from 'crypto';
import { aws_sagemaker as sagemaker, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { stableName } from '../base/names';
import { shieldFromTags } from '../data/tag-shield';

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
  scope: Construct, app: NotebookApp, environment: { [name: string]: string }, removalPolicy: RemovalPolicy,
): string {
  const stack = Stack.of(scope);
  const script = `#!/bin/bash
set -eu
folder="$HOME/.ipython/profile_default/startup"
mkdir -p "$folder"
cat > "$folder/00-mlops.py" << 'END'
import os
for name, value in ${stack.toJsonString(environment)}.items():
    os.environ.setdefault(name, value)
END
`;
  const digest = createHash('sha256').update(JSON.stringify(stack.resolve(script))).digest('hex').slice(0, 8);
  const config = shieldFromTags(new sagemaker.CfnStudioLifecycleConfig(scope, `Start-${app}`, {
    studioLifecycleConfigAppType: app,
    studioLifecycleConfigName: stableName(scope, `${app}-${digest}`, 63),
    studioLifecycleConfigContent: Fn.base64(script),
  }));
  // SageMaker does not delete a script that a domain names: it stays with a domain that stays.
  config.applyRemovalPolicy(removalPolicy);
  return config.attrStudioLifecycleConfigArn;
}
