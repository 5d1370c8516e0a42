import { ITerraformDependable, TerraformResource, TerraformResourceLifecycle } from 'cdktf';
import { ArmType } from './api-versions';
import { ArmBodies } from './arm-bodies';

/** Identities that a resource acts as. */
export interface ArmIdentity {
  /** An identity of its own, which goes with it. */
  readonly isSystemAssigned?: boolean;
  /** Ids of managed identities. */
  readonly userAssigned?: readonly string[];
}

/** Errors of the resource manager that pass by themselves: the provider asks again until its timeout. */
export interface ArmRetry {
  /** Regular expressions of error messages. */
  readonly errors: readonly string[];
  readonly intervalSeconds?: number;
  readonly maxIntervalSeconds?: number;
}

/** Longest times that Terraform waits, `30m`. */
export interface ArmTimeouts {
  readonly create?: string;
  readonly update?: string;
  readonly delete?: string;
}

/** A resource of Azure that is written as the body of its own API. */
export interface ArmResourceConfig<Type extends ArmType = ArmType> {
  readonly type: Type;
  /** Another version than the one of the table, where the body needs it. */
  readonly apiVersion?: string;
  readonly name: string;
  /** Id of what it lies in: the resource group, or the resource above it. */
  readonly parentId: string;
  readonly location?: string;
  readonly identity?: ArmIdentity;
  readonly tags?: { readonly [name: string]: string };
  /**
   * What the API takes beside name, location, identity and tags: `properties`, `sku`, `kind`. Tokens are resolved,
   * Azure's own `${{…}}` stays.
   */
  readonly body: ArmBodies[Type];
  /** Paths of the response that are read by `exported`; those that are asked for later are added. */
  readonly exports?: readonly string[];
  /** Members of the body that never reach Terraform's state; each needs a version whose change sends it again. */
  readonly sensitive?: { readonly body: object; readonly versions: { readonly [path: string]: string } };
  /** Values whose change recreates the resource. */
  readonly replaceOn?: unknown;
  /** Paths of the body whose change recreates the resource: `properties.jobDefinition`. */
  readonly replaceOnPaths?: readonly string[];
  /** Parameters of the call that deletes it: `{ forceToPurge: ['true'] }`. */
  readonly deleteParameters?: { readonly [name: string]: readonly string[] };
  readonly retry?: ArmRetry;
  readonly timeouts?: ArmTimeouts;
  readonly dependsOn?: ITerraformDependable[];
  readonly lifecycle?: TerraformResourceLifecycle;
}

/**
 * A call on a resource that is no resource itself, made when Terraform creates it or, with `when: 'destroy'`, when it
 * deletes it.
 */
export interface ArmActionConfig {
  readonly type: ArmType;
  readonly apiVersion?: string;
  /** Id of the resource that is called. */
  readonly resourceId: string;
  /** The last part of the address, `start`; the resource itself without. */
  readonly action?: string;
  /** @default 'POST' */
  readonly method?: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly body?: object;
  /** @default 'apply' */
  readonly when?: 'apply' | 'destroy';
  /** A resource that is gone already is no error. */
  readonly ignoreNotFound?: boolean;
  readonly queryParameters?: { readonly [name: string]: readonly string[] };
  readonly exports?: readonly string[];
  readonly retry?: ArmRetry;
  readonly timeouts?: ArmTimeouts;
  readonly dependsOn?: ITerraformDependable[];
  readonly lifecycle?: TerraformResourceLifecycle;
}

/** Members that are set on a resource that another statement made, and stay when this one is deleted. */
export interface ArmPatchConfig {
  readonly type: ArmType;
  readonly apiVersion?: string;
  readonly resourceId: string;
  /** The members that change; all others keep their values. */
  readonly body: object;
  readonly exports?: readonly string[];
  /** Values whose change sends the patch again. */
  readonly repeatOn?: unknown;
  readonly retry?: ArmRetry;
  readonly timeouts?: ArmTimeouts;
  readonly dependsOn?: ITerraformDependable[];
  readonly lifecycle?: TerraformResourceLifecycle;
}

/** What others read of a resource that is written as a body. */
export interface ArmResource extends ITerraformDependable {
  /** The id that Azure knows it by. */
  readonly id: string;
  readonly name: string;
  /** The resource of Terraform behind it. */
  readonly resource: TerraformResource;
  /**
   * A value of the response as text, `exported('properties.scoringUri')`: of those that Azure sets when it makes the
   * resource and does not change.
   */
  exported(path: string): string;
}

/** What others read of a call or a patch. */
export type ArmCall = Pick<ArmResource, 'fqn' | 'resource' | 'exported'>;
