import { CloudbuildTrigger } from '@cdktf/provider-google/lib/cloudbuild-trigger';
import { Lazy, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { DeliveryPlan, grantDeploy } from './plan';
import { TERRAFORM } from '../../../terraform/delivery/commands';
import { openVariables, stackFolder } from '../../../terraform/delivery/plan';
import { stableName } from '../../../terraform/names';
import { literal } from '../../../terraform/text';
import { GoogleProject } from '../../google-project';
import { ServiceAccount } from '../../service-account';
import { after } from '../base/ordering';
import { grantInProject } from '../base/project-roles';

/**
 * One trigger for each stage: the first by a push, each of the others by the build before it; approvals are those of
 * Cloud Build.
 */
export class CloudBuildDelivery {
  public readonly deployers: { [stage: string]: ServiceAccount } = {};

  public constructor(
    private readonly scope: Construct,
    private readonly plan: DeliveryPlan,
    private readonly options: { connectedRepository: string; builderImage: string },
  ) {
    const project = GoogleProject.of(scope);
    plan.stages.forEach((stage, index) => {
      const account = (this.deployers[stage.name] = new ServiceAccount(scope, `Deploy-${stage.name}`, {
        displayName: `Delivers to ${stage.name}`,
      }));
      const grants = [...grantDeploy(account, plan), grantInProject(account, account, 'logging.logWriter')];
      const source = { repository: options.connectedRepository };
      new CloudbuildTrigger(scope, `Trigger-${stage.name}`, {
        name: this.triggerName(stage.name),
        project: project.projectId,
        location: project.region,
        description: `Delivers ${plan.repository.name} to ${stage.name}`,
        serviceAccount: account.resourceName,
        repositoryEventConfig:
          index === 0
            ? { ...source, push: { branch: `^${plan.repository.branch.replace(/\./g, '\\.')}$` } }
            : undefined,
        sourceToBuild:
          index === 0 ? undefined : { ...source, ref: `refs/heads/${plan.repository.branch}`, repoType: 'GITHUB' },
        approvalConfig: { approvalRequired: stage.approval },
        buildAttribute: {
          timeout: '7200s',
          options: { logging: 'CLOUD_LOGGING_ONLY' },
          step: this.steps(stage.name, plan.stages[index + 1]?.name),
        },
        dependsOn: after(project._api('cloudbuild'), ...grants),
      });
    });
  }

  private steps(stage: string, next: string | undefined) {
    const { plan } = this;
    const { region } = GoogleProject.of(this.scope);
    const folder = `${plan.workingDirectory}/${stackFolder(TerraformStack.of(this.scope))}`;
    const step = (id: string, dir: string, lines: string[], env?: string[]) => ({
      id,
      name: this.options.builderImage,
      dir,
      env,
      script: literal(['#!/usr/bin/env bash', 'set -euo pipefail', ...lines, ''].join('\n')),
    });
    return [
      step('Test and synthesize', plan.workingDirectory, [plan.install, plan.test, plan.synth]),
      step(`Deploy to ${stage}`, folder, [
        TERRAFORM.init, TERRAFORM.plan, TERRAFORM.apply,
      ], this.variables()),
      ...(next === undefined ? [] : [step(`Go on with ${next}`, '.', [
        // The commit that this stage has tried: the branch may have gone on.
        `gcloud builds triggers run ${this.triggerName(next)} --region=${region} --sha="$COMMIT_SHA"`,
      ], ['COMMIT_SHA=$COMMIT_SHA'])]),
    ];
  }

  /** Values of the stack's variables, as they were when somebody last applied it; a secret is not kept in a trigger. */
  private variables(): string[] {
    const value = (name: string, isText: boolean) =>
      `TF_VAR_${name}=\${${isText ? `var.${name}` : `jsonencode(var.${name})`}}`;
    return Lazy.listValue({
      produce: () =>
        openVariables(this.scope)
          .filter(({ sensitive }) => !sensitive)
          .map((each) => value(each.friendlyUniqueId, each.type === 'string')),
    });
  }

  private triggerName(stage: string): string {
    return stableName(this.scope, `Trigger-${stage}`, { maxLength: 63, separator: '-' });
  }
}
