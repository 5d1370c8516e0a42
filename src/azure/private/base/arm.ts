import { TerraformStack, Token } from 'cdktf';
import { Construct } from 'constructs';
import { ArmType, armTypeFacts } from './api-versions';
import {
  ArmActionConfig,
  ArmCall,
  ArmIdentity,
  ArmPatchConfig,
  ArmResource,
  ArmResourceConfig,
  ArmRetry,
  ArmTimeouts,
} from './arm-config';
import { Exports, lasting } from './arm-exports';
import { exportOfTemplate, idInTemplate, resourceIdOf, templateDeployment } from './arm-template';
import { azureText, entriesOf } from './arm-text';
import { azapiProvider } from './azapi';
import { ResourceGroupContext, resourceGroupOf } from './resource-group-of';
import { tagInside } from './tags';
import { refuse, refuseBecause, Speaker, speakerFor } from '../../../core/private/validation';
import { stableName } from '../../../terraform/names';
import { RawResource } from '../../../terraform/raw-resource';

export type {
  ArmActionConfig,
  ArmCall,
  ArmIdentity,
  ArmPatchConfig,
  ArmResource,
  ArmResourceConfig,
  ArmRetry,
  ArmTimeouts,
} from './arm-config';

/**
 * A resource by the body of its API: through the provider `azapi`, or a template where the stack's `armRenderer` says
 * so.
 */
export function armResource<Type extends ArmType>(
  scope: Construct,
  id: string,
  config: ArmResourceConfig<Type>,
): ArmResource {
  const group = resourceGroupOf(scope);
  const who = speakerOf(config.type, scope, id);
  const facts = armTypeFacts(config.type);
  if (config.location !== undefined && !facts.isTracked) {
    refuseBecause(who, `${config.type} has no location of its own`);
  }
  if (config.tags !== undefined && !facts.isTracked) {
    refuseBecause(who, `${config.type} has no tags of its own: they go into its body`);
  }
  group._register(config.type.split('/')[0]);
  return group.armRenderer === 'template' ? byTemplate(scope, id, config, who) : byAzapi(scope, id, config, who, group);
}

/** A call on a resource. A template cannot make one. */
export function armAction(scope: Construct, id: string, config: ArmActionConfig): ArmCall {
  const group = azapiOnly(scope, id, config.type, 'a call on a resource');
  const exports = new Exports(speakerOf(config.type, scope, id), config.exports);
  const resource = new RawResource(scope, id, {
    resourceType: 'azapi_resource_action',
    attributes: () => ({
      type: typeOf(config),
      resource_id: config.resourceId,
      action: config.action,
      method: config.method,
      when: config.when,
      body: config.body === undefined ? undefined : azureText(config.body),
      ignore_not_found: config.ignoreNotFound,
      query_parameters: azureText(config.queryParameters),
      ...common(config, exports),
    }),
    provider: azapiProvider(TerraformStack.of(scope), group.subscriptionId),
    dependsOn: config.dependsOn,
    lifecycle: config.lifecycle,
  });
  return { fqn: resource.fqn, resource, exported: (path) => lasting(scope, id, path, exports.read(resource, path), resource) };
}

/**
 * Some members of a resource. A template cannot set a part of a resource: it puts the whole, and would delete it with
 * itself.
 */
export function armPatch(scope: Construct, id: string, config: ArmPatchConfig): ArmCall {
  const group = azapiOnly(scope, id, config.type, 'a change of some members of a resource');
  const exports = new Exports(speakerOf(config.type, scope, id), config.exports);
  const resource = new RawResource(scope, id, {
    resourceType: 'azapi_update_resource',
    attributes: () => ({
      type: typeOf(config),
      resource_id: config.resourceId,
      body: azureText(config.body),
      replace_triggers_external_values: azureText(config.repeatOn),
      ...common(config, exports),
    }),
    provider: azapiProvider(TerraformStack.of(scope), group.subscriptionId),
    dependsOn: config.dependsOn,
    lifecycle: config.lifecycle,
  });
  return { fqn: resource.fqn, resource, exported: (path) => lasting(scope, id, path, exports.read(resource, path), resource) };
}

function byAzapi(
  scope: Construct,
  id: string,
  config: ArmResourceConfig,
  who: Speaker,
  group: ResourceGroupContext,
): ArmResource {
  const exports = new Exports(who, config.exports);
  const { sensitive, tags } = config;
  const resource = new RawResource(scope, id, {
    resourceType: 'azapi_resource',
    attributes: () => ({
      type: typeOf(config),
      name: azureText(config.name),
      parent_id: config.parentId,
      location: config.location,
      identity: config.identity === undefined ? undefined : [identityBlock(config.identity)],
      ...(isTagged(config) ? { tags: tags === undefined ? undefined : azureText(tags) } : {}),
      // Asked for when it is written, and not by who looks for tags: a workflow's is large.
      get body() { return azureText(config.body); },
      sensitive_body: sensitive === undefined ? undefined : azureText(sensitive.body),
      sensitive_body_version: azureText(sensitive?.versions),
      replace_triggers_external_values: azureText(config.replaceOn),
      replace_triggers_refs: config.replaceOnPaths,
      delete_query_parameters: azureText(config.deleteParameters),
      ...common(config, exports),
    }),
    provider: azapiProvider(TerraformStack.of(scope), group.subscriptionId),
    dependsOn: config.dependsOn,
    lifecycle: config.lifecycle,
  });
  return {
    id: resource.getStringAttribute('id'),
    name: config.name,
    fqn: resource.fqn,
    resource,
    exported: (path) => lasting(scope, id, path, exports.read(resource, path), resource),
  };
}

/** What a template cannot say, and why. */
const NOT_IN_TEMPLATES: { readonly [member in keyof ArmResourceConfig]?: string } = {
  sensitive: 'its parameters are in Terraform\'s state',
  replaceOn: 'it changes a resource in place or not at all',
  replaceOnPaths: 'it changes a resource in place or not at all',
  deleteParameters: 'the provider deletes its resources without parameters',
  retry: 'the resource manager decides which errors it repeats',
};

function byTemplate(scope: Construct, id: string, config: ArmResourceConfig, who: Speaker): ArmResource {
  for (const [member, why] of Object.entries(NOT_IN_TEMPLATES)) {
    if (config[member as keyof ArmResourceConfig] === undefined) continue;
    refuseBecause(who, `a template deployment cannot have ${member}, because ${why}: use ArmRenderer.AZAPI`);
  }
  requireGroup(who, config);
  const exports = new Exports(who, config.exports);
  let { tags } = config;
  const resource = templateDeployment(scope, id, {
    resourceType: config.type,
    apiVersion: config.apiVersion ?? armTypeFacts(config.type).apiVersion,
    parentId: config.parentId,
    name: config.name,
    deploymentName: stableName(scope, id, { maxLength: 64, separator: '-' }),
    members: () => defined({
      location: config.location,
      identity: config.identity === undefined ? undefined : identityObject(config.identity),
      tags,
      ...config.body,
    }),
    exports: () => exports.paths(),
    dependsOn: config.dependsOn,
    lifecycle: config.lifecycle,
  });
  if (config.timeouts !== undefined) resource.putTimeouts(config.timeouts);
  if (isTagged(config)) {
    tagInside(resource, (more) => { tags = { ...more, ...tags }; });
  }
  return {
    id: idInTemplate(resource, resourceIdOf(config.type, config.parentId, config.name)),
    name: config.name,
    fqn: resource.fqn,
    resource,
    exported: (path) => lasting(scope, id, path, exportOfTemplate(resource, exports.add(path)), resource),
  };
}

/** A template is deployed to a resource group: what lies elsewhere is out of its reach. */
function requireGroup(who: Speaker, { parentId }: ArmResourceConfig): void {
  if (Token.isUnresolved(parentId) || /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+(\/|$)/.test(parentId)) return;
  refuse(
    who,
    'parentId',
    parentId,
    'in a resource group, because a template deployment reaches no further: use ArmRenderer.AZAPI',
  );
}

function azapiOnly(scope: Construct, id: string, resourceType: ArmType, what: string): ResourceGroupContext {
  const group = resourceGroupOf(scope);
  if (group.armRenderer === 'template') {
    refuseBecause(
      speakerOf(resourceType, scope, id),
      `${what} cannot be rendered as a template deployment: use ArmRenderer.AZAPI`,
    );
  }
  return group;
}

/** Tags of the stack reach it, beside those of its own. */
function isTagged({ type, tags }: ArmResourceConfig): boolean {
  const { isTracked, isRewrittenByTags } = armTypeFacts(type);
  return tags !== undefined || (isTracked === true && isRewrittenByTags !== true);
}

function speakerOf(resourceType: ArmType, scope: Construct, id: string): Speaker {
  return { ...speakerFor(resourceType, scope, id), kind: 'azure resource' };
}

function typeOf({ type, apiVersion }: { readonly type: ArmType; readonly apiVersion?: string }): string {
  return `${type}@${apiVersion ?? armTypeFacts(type).apiVersion}`;
}

function common(
  { retry, timeouts }: { readonly retry?: ArmRetry; readonly timeouts?: ArmTimeouts },
  exports: Exports,
): object {
  return {
    response_export_values: exports.paths(),
    retry:
      retry === undefined
        ? undefined
        : defined({
          error_message_regex: retry.errors.map(azureText),
          interval_seconds: retry.intervalSeconds,
          max_interval_seconds: retry.maxIntervalSeconds,
        }),
    timeouts: timeouts === undefined ? undefined : defined({ ...timeouts }),
  };
}

function identityKind({ isSystemAssigned, userAssigned = [] }: ArmIdentity): string {
  const kinds = [
    ...(isSystemAssigned ? ['SystemAssigned'] : []),
    ...(userAssigned.length === 0 ? [] : ['UserAssigned']),
  ];
  return kinds.join(', ') || 'None';
}

function identityBlock(identity: ArmIdentity): object {
  const ids = identity.userAssigned ?? [];
  return { type: identityKind(identity), ...(ids.length === 0 ? {} : { identity_ids: ids }) };
}

function identityObject(identity: ArmIdentity): object {
  const ids = identity.userAssigned ?? [];
  return {
    type: identityKind(identity),
    ...(ids.length === 0 ? {} : { userAssignedIdentities: Object.fromEntries(ids.map((each) => [each, {}])) }),
  };
}

function defined(attributes: { readonly [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(entriesOf(attributes));
}
